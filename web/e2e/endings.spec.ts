import { io } from "socket.io-client";
import type { Command } from "../src/generated/Command";
import type { Join } from "../src/generated/Join";
import {
  DESK,
  expect,
  looksRight,
  makePoll,
  nextStep,
  openQuestion,
  PHONE,
  receipt,
  SINGLE,
  test,
  vote,
} from "./fixtures";

test("an ended poll refuses votes, keeps its results, and can be reopened", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const [voter, late] = await Promise.all([person(), person()]);
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  await host.getByRole("button", { name: "More actions" }).click();
  await host.getByRole("menuitem", { name: "End poll" }).click();
  await host.getByRole("dialog").getByRole("button", { name: "End poll" }).click();
  await expect(voter.getByRole("heading", { name: "This poll has ended" })).toBeVisible();
  await late.goto(`/${code}`);
  await expect(late.locator(".bars li").first()).toContainText("100% 1 vote");
  await host.getByRole("button", { name: "Reopen poll" }).click();
  await expect(voter.getByRole("heading", { name: "This poll has ended" })).toBeHidden();
  await nextStep(host, "Open again").click();
  await expect(late.getByRole("radio")).toHaveCount(3);
});

test("the settings take a title and an end time that is still to come", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await voter.goto(`/${code}`);
  await host.getByRole("button", { name: "More actions" }).click();
  await host.getByRole("menuitem", { name: "Settings" }).click();
  const dialog = host.getByRole("dialog");
  await dialog.getByLabel("Voting ends at").fill("2020-01-01T10:00");
  await expect(dialog.getByText("This moment has passed.")).toBeVisible();
  await dialog.getByLabel("Voting ends at").fill("2099-01-01T10:00");
  await dialog.getByLabel("Title").fill("With an end");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(host.getByText(/Ends Jan 1, 2099/)).toBeVisible();
  await expect(voter.getByText("With an end")).toBeVisible();
});

test("a poll ends at its time, for everyone", async ({ person, server }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  // The field in the settings knows only whole minutes, so the command is sent by hand.
  const [cookie] = await host.context().cookies();
  const socket = io(`${server.url}/poll`, {
    auth: { code, as: "host" } satisfies Join,
    extraHeaders: { cookie: `${cookie!.name}=${cookie!.value}` },
  });
  const settings: Command = {
    id: "ends-soon",
    do: "settings",
    title: "Soon over",
    ends_at: Date.now() + 1500,
  };
  expect(await socket.timeout(5000).emitWithAck("command", settings)).toHaveProperty("ok");
  socket.disconnect();
  await expect(voter.getByRole("heading", { name: "This poll has ended" })).toBeVisible();
  await expect(voter.locator(".bars li").first()).toContainText("100% 1 vote");
  await expect(host.getByRole("button", { name: "Reopen poll" })).toBeVisible();
});

test("a deleted poll is gone for everyone, and says so", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const [voter, screen] = await Promise.all([person(), person({ viewport: DESK })]);
  const code = await makePoll(host, [SINGLE], "Short-lived");
  await voter.goto(`/${code}`);
  await screen.goto(`/screen/${code}`);
  await host.goto(`/host/${code}`);
  await expect(voter.getByText("You are in")).toBeVisible();
  await expect(screen.getByText("Join at")).toBeVisible();
  await host.getByRole("button", { name: "More actions" }).click();
  await host.getByRole("menuitem", { name: "Delete poll" }).click();
  await looksRight(host, "light-host-delete", [DESK, PHONE]);
  await host.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(host.getByRole("heading", { name: "Join a poll" })).toBeVisible();
  for (const page of [voter, screen]) {
    await expect(page.getByRole("heading", { name: "This poll was deleted" })).toBeVisible();
  }
  await looksRight(voter, "light-voter-deleted", [PHONE]);
  await voter.reload();
  await expect(voter.getByRole("heading", { name: "There is no such poll or exercise" })).toBeVisible();
  await expect(host.getByText("Short-lived")).toBeHidden();
});

test("unknown codes and addresses are told in plain words", async ({ person }) => {
  const visitor = await person();
  await visitor.goto("/");
  const entry = visitor.getByLabel("Join code");
  await entry.pressSequentially("ab");
  await visitor.keyboard.press("Enter");
  await expect(visitor.getByText("A code has six letters and digits.")).toBeVisible();
  await entry.fill("");
  await entry.pressSequentially("zz2zz2");
  await expect(entry).toHaveValue("ZZ2 ZZ2");
  await visitor.keyboard.press("Enter");
  await expect(visitor.getByText("There is no poll and no exercise with the code ZZ2 ZZ2.")).toBeVisible();
  await entry.fill("ABCDE0");
  await expect(visitor.getByText("never 0, O, 1, I or L")).toBeVisible();
  await visitor.goto("/ZZ2ZZ2");
  await expect(visitor.getByRole("heading", { name: "There is no such poll or exercise" })).toBeVisible();
  await visitor.goto("/nothing/here");
  await expect(visitor.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await visitor.getByRole("link", { name: "To the start page" }).click();
  await expect(visitor.getByRole("heading", { name: "Join a poll" })).toBeVisible();
});

test("a German voter votes in German, from the code to the receipt", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person({ locale: "de-AT" });
  const question = {
    ...SINGLE,
    kind: "single" as const,
    text: "Was bauen wir?",
    options: ["Brücke", "Straße"],
  };
  const code = await makePoll(host, [question]);
  await host.goto(`/host/${code}`);
  await voter.goto("/");
  await voter.getByRole("textbox", { name: "Code" }).pressSequentially(code);
  await voter.getByRole("button", { name: "Teilnehmen" }).click();
  await expect(voter.getByRole("heading", { name: "Du bist dabei" })).toBeVisible();
  await openQuestion(host);
  await expect(voter.getByText("Abstimmung läuft", { exact: true }).first()).toBeVisible();
  await voter.locator("label", { hasText: "Brücke" }).click();
  await voter.getByRole("button", { name: "Abstimmen", exact: true }).click();
  await expect(receipt(voter, "changeable")).toContainText("Deine Stimme: Brücke");
  await expect(receipt(voter, "changeable")).toContainText("Sie ist gezählt.");
  await expect(voter.locator(".bars li").first()).toContainText(/100\s%\s*1 Stimme/);
  await expect(voter.getByText("1 Person hat abgestimmt")).toBeVisible();
  await looksRight(voter, "light-voter-german", [PHONE]);
  await nextStep(host, "Close voting").click();
  await expect(voter.locator("main").getByText("Abstimmung geschlossen")).toBeVisible();
});

test("the page speaks the browser's language, and the one that is chosen", async ({ person }) => {
  const visitor = await person({ locale: "de-AT" });
  await visitor.goto("/");
  await expect(visitor.getByRole("heading", { name: "An Umfrage oder Übung teilnehmen" })).toBeVisible();
  await expect(visitor.locator("html")).toHaveAttribute("lang", "de");
  await visitor.getByRole("button", { name: "English" }).click();
  await expect(visitor.getByRole("heading", { name: "Join a poll" })).toBeVisible();
  await expect(visitor.locator("html")).toHaveAttribute("lang", "en");
  await visitor.reload();
  await expect(visitor.getByRole("heading", { name: "Join a poll" })).toBeVisible();
});
