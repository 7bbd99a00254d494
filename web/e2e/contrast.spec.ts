import type { Locator } from "@playwright/test";
import { DESK, expect, makePoll, openQuestion, RATING, receipt, SINGLE, test, vote } from "./fixtures";

const style = (part: Locator, name: "backgroundColor" | "outlineStyle") =>
  part.evaluate((element, name) => getComputedStyle(element)[name], name);

/** The bars stand out from what they stand on. */
async function standOut(bars: Locator) {
  await expect(bars.first()).toBeVisible();
  const track = await style(bars.locator(".track").first(), "backgroundColor");
  for (const fill of await bars.locator(".fill").all()) {
    expect(await style(fill, "backgroundColor")).not.toBe(track);
  }
}

test("with forced colours bars, columns and the chosen option can be seen", async ({ person }) => {
  const host = await person({ viewport: DESK, forcedColors: "active" });
  const voter = await person({ forcedColors: "active" });
  const code = await makePoll(host, [SINGLE, RATING]);
  const picture = (name: string) => ({ path: `test-results/screens/forced-${name}.png`, fullPage: true });
  await host.goto(`/host/${code}`);
  await voter.goto(`/${code}`);
  await openQuestion(host, 0);
  await voter.locator("label", { hasText: "A public API" }).click();
  expect(await style(voter.locator("label.chosen"), "outlineStyle")).toBe("solid");
  await voter.screenshot(picture("single"));
  await vote(voter);
  await expect(receipt(voter, "changeable")).toBeVisible();
  await standOut(voter.locator(".bars li"));
  await voter.screenshot(picture("voted"));

  await openQuestion(host, 1);
  await voter.locator("label", { hasText: "4" }).click();
  const chosen = await style(voter.locator("label.chosen"), "backgroundColor");
  expect(chosen).not.toBe(await style(voter.locator("fieldset label").first(), "backgroundColor"));
  await voter.screenshot(picture("rating"));
  await vote(voter);
  await expect(voter.locator(".columns li").nth(3)).toContainText("1 vote");
  await standOut(voter.locator(".columns li"));
  await voter.screenshot(picture("rated"));
  await host.screenshot(picture("host"));
});
