import {
  DESK,
  expect,
  looksRight,
  makePoll,
  openQuestion,
  PHONE,
  receipt,
  SINGLE,
  test,
  vote,
} from "./fixtures";
import { Wire } from "./wire";

test("a refused change can be left, and then the vote is as it was", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  const wire = await Wire.of(voter);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  await voter.getByRole("button", { name: "Change my vote" }).click();
  await voter.locator("label", { hasText: "A public API" }).click();
  wire.refuseVotes({ code: "storage", message: "" });
  await voter.getByRole("button", { name: "Change my vote" }).click();
  await expect(voter.getByRole("alert")).toContainText("The server could not save this.");
  await expect(voter.getByRole("radio", { name: "A public API" })).toBeChecked();
  await voter.getByRole("button", { name: "Cancel" }).click();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: Offline mode");
  await expect(receipt(voter, "changeable")).toBeFocused();
  await expect(voter.getByRole("alert")).toBeHidden();
});

test("a second final vote shows the first one, and says why", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [{ ...SINGLE, changeable: false }]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  const wire = await Wire.of(voter);
  await voter.goto(`/${code}`);
  await expect(voter.getByRole("radio")).toHaveCount(3);
  const second = await voter.context().newPage();
  await second.goto(`/${code}`);
  await expect(second.getByRole("radio")).toHaveCount(3);
  wire.hold();
  await vote(second, "Better search");
  await expect(receipt(second, "final")).toContainText("Your vote: Better search");
  await vote(voter, "Offline mode");
  await expect(receipt(voter, "sending")).toBeVisible();
  wire.release();
  await expect(receipt(voter, "final")).toContainText("Your vote: Better search");
  await expect(voter.getByRole("alert")).toContainText("You have already voted");
  await expect(voter.getByRole("radio")).toHaveCount(0);
});

test("who finds no place is told, and comes in without a reload when there is one", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  const wire = await Wire.of(voter);
  for (const [refusal, title] of [
    ["too_many_attempts", "Please wait a moment"],
    ["full", "This poll is full"],
  ] as const) {
    wire.refuseEntry({ code: refusal, message: "" });
    await voter.goto(`/${code}`);
    await expect(voter.getByRole("heading", { name: title })).toBeVisible();
    await expect(voter.getByText("tries again by itself")).toBeVisible();
    await looksRight(voter, `light-voter-${refusal}`, [PHONE]);
  }
  const again = voter.getByRole("button", { name: "Try again" });
  await again.click();
  await expect(again).not.toHaveAttribute("aria-busy");
  await expect(voter.getByRole("heading", { name: "This poll is full" })).toBeVisible();
  wire.refuseEntry(null);
  await again.click();
  await expect(voter.getByText("You are in")).toBeVisible();
});

test("the host gets in whatever key is in the address", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}#key=an-old-one`);
  await expect(host.locator("[data-code]")).toBeVisible();
  expect(host.url()).not.toContain("key=");
});
