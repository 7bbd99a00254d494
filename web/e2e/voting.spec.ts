import {
  DESK,
  expect,
  makePoll,
  MULTIPLE,
  nextStep,
  openQuestion,
  receipt,
  SINGLE,
  test,
  vote,
} from "./fixtures";

test("a host writes a poll with the three kinds, and three people vote by code and by link", async ({
  person,
}) => {
  const host = await person({ viewport: DESK });
  await host.goto("/");
  await host.getByLabel("Title").fill("All-hands");
  await host.getByRole("button", { name: "Create poll" }).click();
  await expect(host.getByRole("heading", { level: 1, name: "All-hands" })).toBeVisible();
  const code = (await host.locator("[data-code]").getAttribute("data-code"))!;

  const write = async (kind: string, text: string, fill: () => Promise<void>) => {
    await host.getByRole("button", { name: "Add question" }).first().click();
    const dialog = host.getByRole("dialog");
    await dialog.getByText(kind, { exact: true }).click();
    await dialog.getByRole("textbox", { name: "Question" }).fill(text);
    await fill();
    await dialog.getByRole("button", { name: "Add question" }).click();
    await expect(dialog).toBeHidden();
    await expect(host.locator(".choose", { hasText: text })).toBeVisible();
  };
  const options = async (...texts: string[]) => {
    const dialog = host.getByRole("dialog");
    for (const [index, text] of texts.entries()) {
      if (index > 1) await dialog.getByRole("button", { name: "Add option" }).click();
      await dialog.getByRole("textbox", { name: `Option ${index + 1}`, exact: true }).fill(text);
    }
  };
  await write("Single choice", "Tea or coffee?", () => options("Tea", "Coffee", "Water"));
  await write("Multiple choice", "Which days suit you?", () => options("Monday", "Tuesday", "Friday"));
  await write("Rating", "How was it?", async () => {
    await host.getByRole("dialog").getByLabel("Lowest means").fill("Dull");
  });

  const voters = await Promise.all([person(), person(), person()]);
  const [byCode, byLink, byAddress] = voters;
  await byCode!.goto("/");
  await byCode!.getByLabel("Join code").pressSequentially(code.toLowerCase());
  await byCode!.getByRole("button", { name: "Join" }).click();
  await byLink!.goto(`/j/${code}`);
  await byAddress!.goto(`/${code.slice(0, 3)}-${code.slice(3)}`);
  for (const voter of voters) await expect(voter!.getByText("You are in")).toBeVisible();
  await expect(host.locator("[data-people='3']")).toBeVisible();

  await openQuestion(host, 0);
  await vote(byCode!, "Tea");
  await vote(byLink!, "Tea");
  await vote(byAddress!, "Water");
  await expect(receipt(byCode!, "changeable")).toContainText("Your vote: Tea");
  await expect(host.locator("[data-voted='3']")).toBeVisible();
  await expect(host.locator("[data-stage] .bars li").first()).toContainText("67% 2 votes");

  await openQuestion(host, 1);
  await vote(byCode!, "Monday", "Friday");
  await expect(receipt(byCode!, "changeable").first()).toContainText("Your vote: Monday, Friday");

  await openQuestion(host, 2);
  await vote(byLink!, "5");
  await expect(host.locator("[data-stage] .mean")).toContainText("5.0");
  await nextStep(host, "Close voting").click();
  await expect(byLink!.getByText("Voting is closed").first()).toBeVisible();
});

test("a vote can be changed, survives a reload, and is one vote in two tabs", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Better search");
  await voter.getByRole("button", { name: "Change my vote" }).click();
  await voter.locator("label", { hasText: "A public API" }).click();
  await voter.getByRole("button", { name: "Change my vote" }).click();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: A public API");

  await voter.reload();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: A public API");

  const second = await voter.context().newPage();
  await second.goto(`/j/${code}`);
  await expect(receipt(second, "changeable")).toContainText("Your vote: A public API");
  await second.getByRole("button", { name: "Change my vote" }).click();
  await second.locator("label", { hasText: "Offline mode" }).click();
  await second.getByRole("button", { name: "Change my vote" }).click();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: Offline mode");
  await expect(host.locator("[data-voted='1']")).toBeVisible();
  await expect(host.locator("[data-people='1']")).toBeVisible();
});

test("a final vote says so beforehand and afterwards", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [{ ...SINGLE, changeable: false }]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await expect(voter.getByText("Your vote is final once cast.")).toBeVisible();
  await vote(voter, "Offline mode");
  await expect(receipt(voter, "final")).toContainText("Your vote is final.");
  await expect(voter.getByRole("button", { name: "Change my vote" })).toBeHidden();
});

test("several options can be chosen up to the most", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [MULTIPLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await voter.locator("label", { hasText: "Editor" }).click();
  await voter.locator("label", { hasText: "Paper" }).click();
  await expect(voter.getByText("2 of at most 2 chosen")).toBeVisible();
  await expect(voter.getByRole("checkbox", { name: "Terminal" })).toBeDisabled();
});

test("voting works with the keyboard alone", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto("/");
  await voter.keyboard.press("Tab");
  await expect(voter.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await voter.getByLabel("Join code").focus();
  await voter.keyboard.type(code);
  await voter.keyboard.press("Enter");
  await expect(voter.locator("main")).toBeFocused();
  await expect(voter.getByRole("radio")).toHaveCount(3);
  await voter.keyboard.press("Tab");
  await voter.keyboard.press("ArrowDown");
  await expect(voter.getByRole("radio", { name: "A public API" })).toBeChecked();
  await voter.keyboard.press("Enter");
  await expect(receipt(voter, "changeable")).toContainText("Your vote: A public API");
  await expect(voter.locator("[data-receipt]")).toBeFocused();
  await voter.keyboard.press("Tab");
  await voter.keyboard.press("Enter");
  await expect(voter.getByRole("radio", { name: "A public API" })).toBeFocused();
});
