/** The texts of the screens, in the words of the scenario. */
import { createContext } from "svelte";
import { language, type PluralKey, t, tn } from "../../lib/language.svelte";
import { fill, type Params } from "../../lib/text";
import type { MessageKey } from "../../messages/en";
import { wording, wordsIn } from "../words";
import type { Reach, Review } from "./types";

export class Speech {
  readonly #review: () => Review | null;
  readonly #wording = $derived.by(() => wording(wordsIn(this.#review(), language.current)));

  constructor(review: () => Review | null) {
    this.#review = review;
  }

  /** What is filled in stays as it is: it is the scenario's own text. */
  readonly t = (key: MessageKey, params: Params = {}) => this.#say(t(key), params);

  readonly tn = (key: PluralKey, n: number, params: Params = {}) => this.#say(tn(key, n), params);

  readonly place = (reach: Reach): string => {
    const places = this.#review()?.places;
    return reach === "party" || !places ? t("review.place.party") : places[reach];
  };

  #say(message: string, params: Params): string {
    return fill(this.#wording(message), params, language.current);
  }
}

export const [speech, setSpeech] = createContext<Speech>();
