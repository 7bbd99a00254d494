import { type Page } from "@playwright/test";
import { facilitator, finish, SCREEN, start } from "./exercise";
import { DESK, expect, looksRight, PHONE, test } from "./fixtures";

const BOTH = [DESK, PHONE];
const tab = (page: Page, name: string) => page.getByRole("tab", { name }).click();

/** A copy of the demonstration, in the editor. */
async function copied(page: Page) {
  await page.goto("/scenarios/demonstration");
  await page.getByRole("button", { name: "Make a copy" }).click();
  await page.waitForURL(/scenarios\/[0-9a-f]{16}/);
  await expect(page.getByLabel("Title")).toBeEditable();
}

const choose = (page: Page, files: { name: string; content: string }[]) =>
  page
    .locator("input[type=file]")
    .setInputFiles(
      files.map(({ name, content }) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) })),
    );

test("a scenario is copied, edited with faults told while typing, saved, and played", async ({ person }) => {
  const author = await person({ viewport: DESK });
  await copied(author);
  await author.getByLabel("Title").first().fill("Our own morning");
  await tab(author, "Threats");
  await author.locator(".choose").nth(1).click();
  await author.getByLabel("Title").fill("");
  await author.getByLabel("Change of support").fill("-2000");
  await expect(author.getByRole("button", { name: "2 faults" })).toBeVisible();
  await looksRight(author, "scenario-faults", BOTH);
  await author.getByLabel("Title").fill("A new beginning");
  await author.getByLabel("Change of support").fill("-2.5");
  await expect(author.getByRole("button", { name: /fault/ })).toHaveCount(0);
  await author.getByRole("button", { name: "Save" }).click();
  await expect(author.getByText("Saved", { exact: true })).toBeVisible();
  await author.reload();
  await tab(author, "Threats");
  await expect(author.getByText("A new beginning").first()).toBeVisible();

  await author.goto("/scenarios");
  await expect(author.getByText("Our own morning")).toBeVisible();
  await looksRight(author, "scenarios", BOTH);
  const made = await author.request.get("/api/scenarios");
  const mine = ((await made.json()) as { id: string; from: string }[]).find(({ from }) => from === "mine");
  await author.goto(`/?scenario=${mine?.id}`);
  await author.getByRole("button", { name: "Create exercise" }).click();
  await author.getByRole("tab", { name: "Threats" }).click();
  await expect(author.getByText("A new beginning")).toBeVisible();
});

test("who saves over what another window has saved is asked", async ({ person }) => {
  const author = await person({ viewport: DESK });
  await copied(author);
  const other = await author.context().newPage();
  await other.goto(author.url());
  await other.getByLabel("Title").first().fill("From the other window");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("Saved", { exact: true })).toBeVisible();
  await author.getByLabel("Title").first().fill("From this window");
  await author.getByRole("button", { name: "Save" }).click();
  await expect(author.getByText("It was changed elsewhere")).toBeVisible();
  await author.getByRole("button", { name: "Load the other" }).click();
  await expect(author.getByLabel("Title").first()).toHaveValue("From the other window");
});

test("what is imported is looked at first, and faults are named by file, row and field", async ({
  person,
}) => {
  const author = await person({ viewport: DESK });
  await author.goto("/scenarios");
  await choose(author, [
    {
      name: "bad.yaml",
      content: "format: chorus-scenario/1\ntitle: X\nthreats:\n  - id: T1\n    at: later\n    titel: a\n",
    },
  ]);
  const dialog = author.getByRole("dialog");
  await expect(dialog).toContainText("bad.yaml");
  await expect(dialog).toContainText("T1");
  await looksRight(author, "scenario-import-faults", BOTH);
  await dialog.getByRole("button", { name: "Close" }).last().click();

  // CyberSim's tables
  await choose(author, [
    {
      name: "1_injection.json",
      content:
        '[{"id":"I1","title":"A break-in","description":"d","trigger_time":60000,"location":"hq","type":"Table","poll_change":-1,"systems_to_disable":["S1"],"skipper_mitigation":"M1"}]',
    },
    {
      name: "2_mitigation.json",
      content: '[{"id":"M1","description":"Locks","category":"Office","cost":500}]',
    },
    { name: "4_system.json", content: '[{"id":"S1","name":"Website","description":"","type":"party"}]' },
  ]);
  await expect(dialog).toContainText(/Threats\s*1/);
  await dialog.getByRole("button", { name: "Import" }).click();
  await author.waitForURL(/scenarios\/[0-9a-f]{16}/);
  await tab(author, "What prevents what");
  await expect(author.getByText("A break-in").first()).toBeVisible();
});

test("timeline and graph look right, and show the same to the keyboard", async ({ person }) => {
  const author = await person({ viewport: DESK });
  await copied(author);
  await tab(author, "Timeline");
  await looksRight(author, "scenario-timeline", BOTH);
  await tab(author, "What prevents what");
  await looksRight(author, "scenario-graph", BOTH);
});

test("a facilitator's slider moves the projector", async ({ person }) => {
  const [ada, code] = await facilitator(person, { delivery: "automatic", speed: 2000 });
  const screen = await person({ viewport: SCREEN });
  await screen.goto(`/screen/${code}`);
  await start(ada);
  await expect(ada.locator("[data-threat=T5]")).toHaveAttribute("data-standing", "open", { timeout: 20_000 });
  await finish(ada);
  await expect(screen.locator("input[type=range]")).toBeVisible();
  await ada.locator("input[type=range]").fill("65000");
  await expect(ada.locator(".at")).toContainText("1:05");
  await expect(screen.locator(".at")).toContainText("1:05");
});
