/** The people of an exercise, each in a browser of their own. */
import { expect, type Page } from "@playwright/test";
import { DESK, type NewPerson, PHONE } from "./fixtures";

export const SCREEN = { width: 1280, height: 720 };

interface Changed {
  budget?: number;
  speed?: number;
  delivery?: "manual" | "automatic";
}

const SETTINGS = {
  budget: 800,
  support: 55,
  support_min: 0,
  support_max: 100,
  duration: "10:00",
  speed: 100,
  carry_over: false,
  delivery: "manual",
  resale: "preparation",
  restart: "pause",
};

/** Plays the demonstration, ten times as fast unless said otherwise. */
export async function makeExercise(
  host: Page,
  changed: Changed = {},
  scenario = "demonstration",
): Promise<string> {
  await host.request.post("/api/session");
  const settings = { ...SETTINGS, speed: 1000, ...changed };
  const data = { scenario, title: "Tuesday's exercise", settings };
  const answer = await host.request.post("/api/exercises", { data });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { code: string }).code;
}

/** A link's end, for a facilitator or an observer. */
export async function keyFor(host: Page, code: string, role: "host" | "observer"): Promise<string> {
  const answer = await host.request.post(`/api/rooms/${code}/keys`, { data: { role } });
  return `${code}#key=${((await answer.json()) as { key: string }).key}`;
}

export async function facilitator(person: NewPerson, changed: Changed = {}): Promise<[Page, string]> {
  const host = await person({ viewport: DESK });
  const code = await makeExercise(host, changed);
  await openDesk(host, `/host/${code}`, "Ada");
  return [host, code];
}

/** The desk of a facilitator or an observer, who says a name. */
export async function openDesk(page: Page, address: string, name: string) {
  await page.goto(address);
  const card = page.locator("[data-namecard]").filter({ visible: true }).first();
  await card.getByLabel("Your name").fill(name);
  await card.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.").first()).toBeAttached();
}

export async function participant(
  person: NewPerson,
  code: string,
  who: { name: string; role: string; place: string },
) {
  const phone = await person({ viewport: PHONE });
  await phone.goto(`/${code}`);
  await introduce(phone, who);
  return phone;
}

export async function introduce(
  phone: Page,
  { name, role, place }: { name: string; role: string; place: string },
) {
  await phone.getByLabel("Your name").fill(name);
  await phone.getByLabel("Your role").selectOption({ label: role });
  await phone.getByText(place, { exact: true }).click();
  await phone.getByRole("button", { name: "Take part" }).click();
  await expect(phone.getByRole("button", { name: "Take part" })).toHaveCount(0);
}

export async function start(host: Page) {
  await host.getByRole("button", { name: "Start simulation" }).click();
  await host.getByRole("dialog").getByRole("button", { name: "Start simulation" }).click();
  await expect(host.locator("[data-phase=simulation]").first()).toBeVisible();
}

export async function finish(host: Page) {
  await host.getByRole("button", { name: "Finish" }).click();
  await host.getByRole("dialog").getByRole("button", { name: "Finish" }).click();
  await expect(host.getByRole("heading", { name: "After-action review" })).toBeVisible();
}

export const threat = (page: Page, id: string) => page.locator(`[data-threat=${id}]`);
export const card = (page: Page, id: string) => page.locator(`[data-card=${id}]`);
export const figure = (page: Page, name: "budget" | "support" | "clock") =>
  page.locator(`[data-figure=${name}]`).filter({ visible: true }).first();

/** Delivers a threat, waiting until it is due. */
export async function deliver(host: Page, id: string) {
  await threat(host, id).getByRole("button", { name: "Deliver", exact: true }).click({ timeout: 30_000 });
  await expect(threat(host, id)).toHaveAttribute("data-standing", /open|quiet/);
}

/** Answers a delivered threat with responses of these words. */
export async function answer(host: Page, id: string, ...responses: string[]) {
  await threat(host, id).getByRole("button", { name: "Respond" }).click();
  const dialog = host.getByRole("dialog");
  for (const response of responses) await dialog.locator("label", { hasText: response }).click();
  await dialog.getByRole("button", { name: /^Save response/ }).click();
  await expect(threat(host, id)).toHaveAttribute("data-standing", "answered");
  await host.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
}

/** The menu of what can be done with somebody. */
export const menuOf = (host: Page, name: string) =>
  host.locator("[data-person]", { hasText: name }).getByRole("button").first();

/** Opens a panel where the size of the screen hides it behind a tab. */
export async function panel(host: Page, name: string) {
  await host.getByRole("tab", { name }).click();
}
