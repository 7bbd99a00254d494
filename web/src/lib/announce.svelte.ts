/** The page's one live region. */
import { Announcer } from "./announcer";

class Region {
  text = $state("");
}

export const region = new Region();

const announcer = new Announcer((text) => (region.text = text));

export const announce = (text: string, subject?: string) => announcer.announce(text, subject);
