import type { Question } from "../src/generated/Question";
import {
  DESK,
  expect,
  looksRight,
  makePoll,
  MULTIPLE,
  nextStep,
  openQuestion,
  PHONE,
  RATING,
  SINGLE,
  test,
  vote,
} from "./fixtures";

const LONG: Question = {
  ...SINGLE,
  kind: "single",
  text: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, and a question that goes on and on?",
  options: Array.from({ length: 12 }, (_, index) => `${index + 1}. ${"a long answer ".repeat(13)}`.trim()),
};

for (const [colorScheme, sizes] of [
  ["light", [DESK, PHONE]],
  ["dark", [PHONE]],
] as const) {
  test(`every screen is right in the ${colorScheme}`, async ({ person }) => {
    test.setTimeout(60_000);
    const named = (name: string) => `${colorScheme}-${name}`;
    const host = await person({ viewport: DESK, colorScheme });
    const voter = await person({ colorScheme });
    const shows = (name: string) => looksRight(host, named(`host-${name}`), [...sizes]);
    const sees = (name: string) => looksRight(voter, named(`voter-${name}`), [...sizes]);

    await host.goto("/");
    await expect(host.getByText("No polls yet")).toBeVisible();
    await looksRight(host, named("start-empty"), [...sizes]);
    const empty = await makePoll(host, []);
    const code = await makePoll(host, [SINGLE, { ...MULTIPLE, hidden: true, seconds: 600 }, RATING, LONG]);
    await host.reload();
    await expect(host.getByText("4 questions")).toBeVisible();
    await looksRight(host, named("start"), [...sizes]);
    await host.goto(`/host/${empty}`);
    await expect(host.getByText("No questions yet")).toBeVisible();
    await shows("empty");
    await host.goto(`/host/${code}`);
    await expect(host.locator(".choose")).toHaveCount(4);
    await shows("draft");

    await voter.goto(`/${code}`);
    await expect(voter.getByText("You are in")).toBeVisible();
    await sees("waiting");
    await openQuestion(host, 0);
    await expect(voter.getByRole("radio")).toHaveCount(3);
    await sees("single");
    await vote(voter, "A public API");
    await expect(voter.locator(".bars")).toBeVisible();
    await sees("voted");
    await shows("open");
    await openQuestion(host, 1);
    await expect(voter.getByRole("checkbox")).toHaveCount(4);
    await voter.locator("label", { hasText: "Paper" }).click();
    await sees("multiple");
    await shows("hidden");
    await openQuestion(host, 2);
    await expect(voter.getByRole("radio")).toHaveCount(5);
    await sees("rating");
    await vote(voter, "4");
    await sees("rated");
    await shows("rating");
    await openQuestion(host, 3);
    await expect(voter.getByRole("radio")).toHaveCount(12);
    await sees("long");
    await nextStep(host, "Close voting").click();
    await expect(voter.getByText("Voting is closed").first()).toBeVisible();
    await sees("closed");

    await host.getByRole("button", { name: "Add question" }).first().click();
    await shows("editor");
    await host.getByRole("dialog").getByRole("button", { name: "Add question" }).click();
    await shows("editor-faults");
    await host.keyboard.press("Escape");
    await host.getByRole("button", { name: "Share" }).click();
    await host.getByRole("button", { name: "Make a remote link" }).click();
    await expect(host.getByRole("textbox", { name: "Host remote" })).toBeVisible();
    await shows("share");
    await host.keyboard.press("Escape");
    await host.getByRole("button", { name: "More actions" }).click();
    await shows("menu");
    await host.getByRole("menuitem", { name: "Settings" }).click();
    await shows("settings");
    await host.keyboard.press("Escape");
    await host.getByRole("button", { name: "Preview", exact: true }).click();
    await shows("preview");
    await host.keyboard.press("Escape");
    await host.getByRole("button", { name: "More actions" }).click();
    await host.getByRole("menuitem", { name: "End poll" }).click();
    await shows("end");
    await host.getByRole("dialog").getByRole("button", { name: "End poll" }).click();
    await expect(voter.getByText("This poll has ended")).toBeVisible();
    await sees("ended");
    await shows("ended");
    await voter.goto(`/host/${code}`);
    await expect(voter.getByText("This is the host’s place")).toBeVisible();
    await sees("forbidden");
    await voter.goto("/ZZ2ZZ2");
    await expect(voter.getByText("There is no such poll")).toBeVisible();
    await sees("unknown");
    await voter.goto("/nothing/here");
    await sees("missing");
  });
}

test("the projector fits without scrolling, with twelve long options", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const screen = await person({ viewport: { width: 1280, height: 720 } });
  const code = await makePoll(host, [SINGLE, { ...SINGLE, hidden: true }, RATING, LONG]);
  await host.goto(`/host/${code}`);
  await screen.goto(`/screen/${code}`);
  const sizes = [
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
  ];
  const fits = async (name: string) => {
    await looksRight(screen, `screen-${name}`, sizes);
    for (const size of sizes) {
      await screen.setViewportSize(size);
      const over = () =>
        screen.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll(".fit")].map(
            (part) => part.scrollHeight - part.clientHeight,
          ),
        );
      await expect.poll(async () => Math.max(...(await over()))).toBeLessThanOrEqual(1);
    }
  };
  await expect(screen.getByText("with the code")).toBeVisible();
  await expect(screen.locator("html")).toHaveAttribute("data-theme", "dark");
  await fits("join");
  for (const [place, name] of ["single", "hidden", "rating", "long"].entries()) {
    await openQuestion(host, place);
    await expect(screen.locator("[data-phase=open] h1")).toBeVisible();
    await expect(screen.locator(`[data-question="${place + 1}"]`)).toBeVisible();
    await fits(name);
  }
  await screen.setViewportSize({ width: 390, height: 844 });
  await looksRight(screen, "screen-phone", [{ width: 390, height: 844 }]);
});
