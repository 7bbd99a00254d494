/** People in browsers of their own, and the server they meet on. */
import { type BrowserContextOptions, expect, type Page, test as base } from "@playwright/test";
import axe from "axe-core";
import type { Question } from "../src/generated/Question";
import { ChorusServer } from "./server";

export { expect };

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

/** Opens a page as a new guest, with a cookie jar of its own. */
export type NewPerson = (options?: BrowserContextOptions) => Promise<Page>;

export const test = base.extend<{ person: NewPerson }, { server: ChorusServer }>({
  server: [
    async ({}, use) => {
      const server = await ChorusServer.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  person: async ({ browser, server }, use) => {
    const faults: string[] = [];
    const contexts: { close: () => Promise<void> }[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        baseURL: server.url,
        locale: "en-US",
        viewport: PHONE,
        reducedMotion: "reduce",
        ...options,
      });
      contexts.push(context);
      context.on("weberror", (fault) => faults.push(String(fault.error().stack)));
      return context.newPage();
    });
    for (const context of contexts) await context.close();
    expect(faults, "errors thrown in pages").toEqual([]);
  },
});

const common = { changeable: true, hidden: false, seconds: null };

export const SINGLE: Question = {
  ...common,
  kind: "single",
  text: "What should we build next?",
  options: ["Offline mode", "A public API", "Better search"],
};
export const MULTIPLE: Question = {
  ...common,
  kind: "multiple",
  text: "Which of these do you use every week?",
  options: ["Editor", "Terminal", "Browser", "Paper"],
  max: 2,
};
export const RATING: Question = {
  ...common,
  kind: "rating",
  text: "How likely are you to recommend us?",
  scale: 5,
  low: "Not at all",
  high: "Very",
};

/** Makes a poll over HTTP, for tests that are about something else. */
export async function makePoll(host: Page, questions: Question[], title = "All-hands"): Promise<string> {
  await host.request.post("/api/session");
  const answer = await host.request.post("/api/polls", { data: { title, questions } });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { code: string }).code;
}

/** The host's console, with the question of this place opened. */
export async function openQuestion(host: Page, place = 0) {
  await host.locator(".choose").nth(place).click();
  await nextStep(host, "Open voting").click();
  await expect(host.locator("[data-stage]").getByText("Open", { exact: true })).toBeVisible();
}

/** The one big button, wherever the size of the screen puts it. */
export function nextStep(host: Page, name: string) {
  return host.getByRole("button", { name, exact: true }).filter({ visible: true }).first();
}

export async function vote(voter: Page, ...options: string[]) {
  for (const option of options) await voter.locator("label", { hasText: option }).click();
  await voter.getByRole("button", { name: "Vote", exact: true }).click();
}

export const receipt = (voter: Page, state: string) => voter.locator(`[data-receipt=${state}]`);

/** No serious or critical issue and no scrolling sideways; with a picture of each size. */
export async function looksRight(page: Page, name: string, sizes: Size[]) {
  const before = page.viewportSize();
  for (const size of sizes) {
    await page.setViewportSize(size);
    // what depends on the width is drawn anew first
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    await page.screenshot({ path: `test-results/screens/${name}-${size.width}.png`, fullPage: true });
    expect(await issues(page), `${name} at ${size.width}`).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, `${name} at ${size.width} scrolls sideways`).toBeLessThanOrEqual(0);
  }
  if (before) await page.setViewportSize(before);
}

type Size = { width: number; height: number };

/** The serious and critical issues that axe finds. */
async function issues(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}
