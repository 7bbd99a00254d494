import { io } from "socket.io-client";
import {
  answer,
  card,
  deliver,
  facilitator,
  figure,
  finish,
  introduce,
  keyFor,
  makeExercise,
  menuOf,
  openDesk,
  panel,
  participant,
  SCREEN,
  start,
  threat,
} from "./exercise";
import { DESK, expect, looksRight, PHONE, test } from "./fixtures";
import { ChorusServer, freePort } from "./server";

const ANN = { name: "Ann", role: "Tickets and IT", place: "Festival office" };

test("two facilitators, a participant, an observer and a projector play the demonstration to the end", async ({
  person,
}) => {
  test.setTimeout(120_000);
  const [ada, code] = await facilitator(person, { speed: 2000 });
  const ben = await person({ viewport: DESK });
  await openDesk(ben, `/host/${await keyFor(ada, code, "host")}`, "Ben");
  const olga = await person({ viewport: DESK });
  await openDesk(olga, `/observe/${await keyFor(ada, code, "observer")}`, "Olga");
  const screen = await person({ viewport: SCREEN });
  await screen.goto(`/screen/${code}`);
  const ann = await participant(person, code, ANN);

  // preparation: what one buys the other sees, and money is one
  await ada.locator("[data-mitigation=M4]").getByRole("switch").click();
  await expect(ben.locator("[data-mitigation=M4]").getByRole("switch")).toBeChecked();
  await ben.locator("[data-mitigation=M2]").getByRole("switch").click();
  await expect(figure(ada, "budget")).toContainText("100");
  await start(ada);
  await expect(ben.locator("[data-phase=simulation]").first()).toBeVisible();
  await expect(threat(ben, "T3")).toHaveAttribute("data-standing", "prevented");

  // a threat reaches whom it is for
  await deliver(ada, "T2");
  await expect(card(ann, "T2")).toBeVisible();
  await answer(ben, "T2", "Reset the password");
  await expect(threat(ada, "T2")).toHaveAttribute("data-standing", "answered");
  await expect(threat(ada, "T4")).toHaveAttribute("data-standing", "prevented");
  await expect(card(ann, "T2")).toContainText("Answered");

  // a line drops; what happens meanwhile is there when it is back
  await ada.context().setOffline(true);
  await expect(ada.getByText("You are offline.")).toBeVisible();
  await deliver(ben, "T5");
  await expect(ann.locator("[data-system=S1]")).toHaveAttribute("data-up", "false");
  await expect(screen.locator("[data-system=S1]")).toHaveAttribute("data-up", "false");
  await expect(screen.getByRole("heading", { name: "The ticket shop stands still" })).toBeVisible();
  await ada.context().setOffline(false);
  await expect(threat(ada, "T5")).toHaveAttribute("data-standing", "open");

  // a phone reloads, and is who it was
  await ann.reload();
  await expect(card(ann, "T2")).toBeVisible();
  await expect(card(ann, "T5")).toBeVisible();

  // an action, and back
  await panel(ben, "Actions");
  await ben.locator("[data-action=A3]").getByRole("button", { name: "Do it" }).click();
  await expect(figure(ada, "budget")).toContainText("300");
  await ada.getByRole("button", { name: "Undo" }).click();
  await expect(ada.getByRole("dialog")).toContainText("Open the soup kitchen early.");
  await ada.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await expect(figure(ben, "budget")).not.toContainText("300");

  // the observer notes, and changes nothing
  await olga.locator("[data-notebox]").getByRole("textbox").fill("Nobody told the ground.");
  await olga.locator("[data-notebox]").getByRole("button", { name: "Save note" }).click();
  await expect(olga.getByText("Nobody told the ground.").first()).toBeVisible();
  await expect(olga.getByRole("button", { name: "Finish" })).toHaveCount(0);

  await finish(ada);
  for (const page of [ben, olga, screen, ann]) {
    await expect(page.getByText("Mishandled").first()).toBeVisible();
  }
  await expect(ada.getByText("Nobody told the ground.").first()).toBeAttached();
  await expect(ann.getByText("Nobody told the ground.")).toHaveCount(0);

  // what happened can be taken along, but not by everybody
  const exports = ["review.html", "events.csv", "log.jsonl"];
  for (const name of exports) {
    const file = await ada.request.get(`/api/exercises/${code}/${name}`);
    expect(file.status(), name).toBe(200);
    expect(await file.text(), name).toContain(
      name === "log.jsonl" ? `"threat":"T5"` : "The ticket shop stands still",
    );
    expect((await ann.request.get(`/api/exercises/${code}/${name}`)).status(), name).toBe(403);
  }
});

test("clicks that were made without a line are done when it is back, once", async ({ person }) => {
  const [ada, code] = await facilitator(person);
  const ben = await person({ viewport: DESK });
  await openDesk(ben, `/host/${await keyFor(ada, code, "host")}`, "Ben");
  await start(ada);
  await panel(ada, "Actions");
  await ada.context().setOffline(true);
  await expect(ada.getByText("You are offline.")).toBeVisible();
  await ada.locator("[data-action=A1]").getByRole("button").click();
  await ada.context().setOffline(false);
  await expect(figure(ben, "budget")).toContainText("300");
  await expect(figure(ada, "budget")).toContainText("300");
});

test("a phone whose line drops is shown what came meanwhile", async ({ person }) => {
  const [ada, code] = await facilitator(person, { speed: 2000 });
  const ann = await participant(person, code, ANN);
  await start(ada);
  await ann.context().setOffline(true);
  await expect(ann.getByText("You are offline.")).toBeVisible();
  await deliver(ada, "T2");
  await looksRight(ann, "exercise-phone-offline", [PHONE]);
  await ann.context().setOffline(false);
  await expect(card(ann, "T2")).toBeVisible();
});

test("kill -9 in the simulation: the game comes back as it was, its clock paused", async ({
  person,
  server,
}) => {
  const [ada, code] = await facilitator(person);
  const ann = await participant(person, code, ANN);
  await start(ada);
  await deliver(ada, "T2");
  await expect(card(ann, "T2")).toBeVisible();
  await server.kill();
  await server.start();
  await expect(ada.getByRole("button", { name: "Play" })).toBeVisible({ timeout: 20_000 });
  await expect(threat(ada, "T2")).toHaveAttribute("data-standing", "open");
  await expect(card(ann, "T2")).toBeVisible();
  await ada.getByRole("button", { name: "Play" }).click();
  await expect(ada.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("who is put out, locked out or has no key is told in plain words", async ({ person }) => {
  const [ada, code] = await facilitator(person);
  const ann = await participant(person, code, ANN);
  await panel(ada, "People");
  await ada.getByText("Lock the exercise").click();
  await expect(ada.getByText("Locked").first()).toBeVisible();
  const late = await person();
  await late.goto(`/${code}`);
  await expect(late.getByText("The exercise is locked")).toBeVisible();
  await menuOf(ada, "Ann").click();
  await ada.getByRole("menuitem", { name: "Put out" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Put out" }).click();
  await expect(ann.getByText("You were put out")).toBeVisible();
  const stranger = await person();
  await stranger.goto(`/host/${code}`);
  await expect(stranger.getByText("This is the facilitators’ place")).toBeVisible();
});

test("facilitation is handed over, and taken back", async ({ person }) => {
  const [ada, code] = await facilitator(person);
  const ann = await participant(person, code, ANN);
  await panel(ada, "People");
  await menuOf(ada, "Ann").click();
  await ada.getByRole("menuitem", { name: "Make facilitator" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Make facilitator" }).click();
  await ann.getByRole("link", { name: /console/i }).click();
  await start(ann);
  await expect(ada.locator("[data-phase=simulation]").first()).toBeVisible();
  await panel(ada, "People");
  await menuOf(ada, "Ann").click();
  await ada.getByRole("menuitem", { name: "Make participant" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: "Make participant" }).click();
  await expect(ann.getByText("This is the facilitators’ place")).toBeVisible();
});

test("an exercise is created on the start page, with settings of its own", async ({ person }) => {
  const host = await person({ viewport: DESK });
  await host.goto("/");
  await host
    .getByLabel("Scenario", { exact: true })
    .selectOption({ label: "Demonstration: a rough morning" });
  await host.getByLabel("Name (optional)").fill("Staff training");
  await host.getByText("Settings", { exact: true }).click();
  await host.getByLabel("Budget", { exact: true }).fill("1234");
  await host.getByRole("button", { name: "Create exercise" }).click();
  await expect(host.getByText("Staff training").first()).toBeVisible();
  await expect(figure(host, "budget")).toContainText("1,234");
  await host.goto("/");
  await expect(host.getByText("Staff training")).toBeVisible();
});

test("every screen of an exercise looks right", async ({ person }) => {
  test.setTimeout(180_000);
  const [ada, code] = await facilitator(person);
  const screen = await person({ viewport: SCREEN });
  await screen.goto(`/screen/${code}`);
  const ann = await person({ viewport: PHONE });
  await ann.goto(`/${code}`);
  await expect(ann.getByLabel("Your name")).toBeVisible();
  const olga = await person({ viewport: DESK });
  await openDesk(olga, `/observe/${await keyFor(ada, code, "observer")}`, "Olga");

  const both = [DESK, PHONE];
  await looksRight(ann, "exercise-enter", both);
  await introduce(ann, ANN);
  await looksRight(ann, "exercise-phone-before", [PHONE]);
  await looksRight(screen, "exercise-screen-before", [SCREEN]);
  await looksRight(ada, "exercise-preparation", both);
  await start(ada);
  await deliver(ada, "T2");
  await deliver(ada, "T5");
  await looksRight(ada, "exercise-simulation", both);
  for (const name of ["Systems", "Mitigations", "Curveballs", "Log", "People"]) {
    await panel(ada, name);
    await looksRight(ada, `exercise-${name.toLowerCase()}`, [PHONE]);
  }
  await threat(ada, "T2").getByRole("button", { name: "Respond" }).click();
  await expect(ada.getByRole("dialog")).toBeVisible();
  await looksRight(ada, "exercise-answer", both);
  await ada.keyboard.press("Escape");
  await looksRight(olga, "exercise-observer", both);
  await looksRight(ann, "exercise-phone", [PHONE]);
  await looksRight(screen, "exercise-screen", [SCREEN]);
  await finish(ada);
  await expect(ann.getByText("Mishandled").first()).toBeVisible();
  await looksRight(ada, "exercise-review", both);
  await looksRight(ann, "exercise-phone-review", [PHONE]);
  await expect(screen.getByText("Mishandled").first()).toBeVisible();
  await looksRight(screen, "exercise-screen-review", [SCREEN]);
  await ada.getByRole("button", { name: /Deutsch/ }).click();
  await expect(ada.getByRole("heading", { name: "Auswertung" })).toBeVisible();
  await looksRight(ada, "exercise-review-de", [DESK]);
});

test("CyberSim's client and this page play one game", async ({ browser }) => {
  const port = await freePort();
  const server = await ChorusServer.start("--classic", `cybersim=${port}`);
  const client = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
  const context = await browser.newContext({ baseURL: server.url, locale: "en-US", viewport: DESK });
  try {
    const made = (await client.emitWithAck("createGame", "Monday", 6000, 55)) as { game: { id: string } };
    expect(made.game.id).toBe("Monday");
    const ada = await context.newPage();
    await ada.goto("/");
    await ada.getByText("Join a game of CyberSim").click();
    await ada.getByLabel("Name of the game").fill("Tuesday");
    await ada.getByRole("button", { name: "Join game" }).click();
    await expect(ada.getByText("There is no game “Tuesday”.")).toBeVisible();
    await looksRight(ada, "exercise-classic-find", [DESK, PHONE]);
    await ada.getByLabel("Name of the game").fill("Monday");
    await ada.getByRole("button", { name: "Join game" }).click();
    await expect(figure(ada, "budget")).toContainText("6,000");

    const told = new Promise<{ budget: number }>((done) => client.once("gameUpdated", done));
    await ada.getByRole("switch").first().click();
    const { budget } = await told;
    expect(budget).toBeLessThan(6000);
    await client.emitWithAck("startSimulation");
    await expect(ada.locator("[data-phase=simulation]").first()).toBeVisible();

    // and an exercise of this page is opened to them by a name
    const code = await makeExercise(ada, {}, "election");
    await ada.goto(`/host/${code}`);
    await ada.getByRole("button", { name: "Share" }).first().click();
    await ada.getByLabel("Name of the game").fill("Wednesday");
    await ada.getByRole("button", { name: "Open to them" }).click();
    await expect(ada.getByText("It is open as “Wednesday”.")).toBeVisible();
    await looksRight(ada, "exercise-share", [DESK, PHONE]);
    const roles = ada.getByLabel("Link for a role");
    const role = (await roles.locator("option").nth(1).textContent()) ?? "";
    await roles.selectOption({ label: role });
    const link = await ada.getByRole("textbox", { name: role }).inputValue();
    const phone = await context.newPage();
    await phone.goto(link);
    await expect(phone.getByLabel("Your role").locator("option:checked")).toHaveText(role);

    const joined = (await client.emitWithAck("joinGame", "Wednesday", null, null)) as {
      game: { id: string };
    };
    expect(joined.game.id).toBe("Wednesday");
  } finally {
    client.close();
    await context.close();
    await server.stop();
  }
});
