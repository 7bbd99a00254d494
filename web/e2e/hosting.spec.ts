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
  receipt,
  SINGLE,
  test,
  vote,
} from "./fixtures";

test("results stay hidden from voters and the hall until they are revealed", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const [voter, screen] = await Promise.all([person(), person({ viewport: DESK })]);
  const code = await makePoll(host, [{ ...SINGLE, hidden: true }]);
  await host.goto(`/host/${code}`);
  await screen.goto(`/screen/${code}`);
  await expect(screen.getByText(`${code.slice(0, 3)} ${code.slice(3)}`)).toBeVisible();
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  await expect(screen.locator("[data-voted='1']")).toBeVisible();
  await expect(screen.locator(".bars")).toHaveCount(0);
  await expect(voter.locator(".bars")).toHaveCount(0);
  await expect(host.locator("[data-stage] .bars li").first()).toContainText("100%");
  await nextStep(host, "Close voting").click();
  await expect(voter.getByText("The results are not shown yet.")).toBeVisible();
  await nextStep(host, "Reveal results").click();
  await expect(screen.locator(".bars li").first()).toContainText("100%");
  await expect(voter.locator(".bars li").first()).toContainText("100%");
  await host.getByRole("button", { name: "Hide results" }).click();
  await expect(screen.locator(".bars")).toHaveCount(0);
  await expect(voter.locator(".bars")).toHaveCount(0);
});

test("a count-down closes the voting by itself", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const [voter, screen] = await Promise.all([person(), person({ viewport: DESK })]);
  const code = await makePoll(host, [{ ...SINGLE, seconds: 8 }]);
  await host.goto(`/host/${code}`);
  await voter.goto(`/${code}`);
  await screen.goto(`/screen/${code}`);
  await openQuestion(host);
  const timers = [host, voter, screen].map((page) => page.getByRole("timer"));
  await Promise.all(timers.map((timer) => expect(timer).toHaveText(/^[1-8]$/)));
  await looksRight(voter, "light-voter-count-down", [PHONE]);
  await looksRight(screen, "screen-count-down", [DESK]);
  await expect(voter.getByRole("timer")).toBeVisible();
  await expect(voter.locator("main").getByText("Voting is closed")).toBeVisible();
  await expect(voter.getByRole("timer")).toBeHidden();
  await expect(host.locator("[data-stage]").getByText("Closed")).toBeVisible();
});

test("a reset voids the votes, and the question can be opened anew", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  await expect(host.locator("[data-voted='1']")).toBeVisible();
  await host.getByRole("button", { name: "Reset votes" }).click();
  await looksRight(host, "light-host-reset", [DESK, PHONE]);
  await host.getByRole("dialog").getByRole("button", { name: "Reset votes" }).click();
  await expect(voter.getByText("You are in")).toBeVisible();
  await openQuestion(host);
  await expect(host.locator("[data-voted='0']")).toBeVisible();
  await vote(voter, "A public API");
  await expect(receipt(voter, "changeable")).toContainText("A public API");
  await expect(host.locator("[data-voted='1']")).toBeVisible();
});

test("questions are moved with the keyboard and by dragging, copied, reworded and deleted", async ({
  person,
}) => {
  const host = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE, MULTIPLE, RATING]);
  await host.goto(`/host/${code}`);
  const texts = () => host.locator(".choose .text").allTextContents();
  const order = (...starts: string[]) =>
    expect.poll(async () => (await texts()).map((text) => /^\d+\. (\w+)/.exec(text)?.[1])).toEqual(starts);
  await order("What", "Which", "How");

  await host.getByRole("button", { name: /^Move “What/ }).focus();
  await host.keyboard.press("ArrowDown");
  await order("Which", "What", "How");
  await expect(host.locator("[aria-live=polite]").last()).toHaveText("Moved to place 2 of 3.");

  const handle = (await host.getByRole("button", { name: /^Move “How/ }).boundingBox())!;
  const first = (await host.locator(".choose").first().boundingBox())!;
  await host.mouse.move(handle.x + 10, handle.y + 20);
  await host.mouse.down();
  await host.mouse.move(handle.x + 10, first.y + 60, { steps: 4 });
  await host.mouse.move(handle.x + 10, first.y + 4, { steps: 4 });
  await host.mouse.up();
  await order("How", "Which", "What");
  await host.reload();
  await order("How", "Which", "What");

  const menu = async (text: string, item: string) => {
    await host
      .getByRole("button", { name: `Actions for “${text}”` })
      .first()
      .click();
    await host.getByRole("menuitem", { name: item }).click();
  };
  await menu(RATING.text, "Duplicate");
  await order("How", "How", "Which", "What");
  await menu(MULTIPLE.text, "Delete");
  await looksRight(host, "light-host-remove", [DESK]);
  await host.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await order("How", "How", "What");
  await menu(SINGLE.text, "Edit");
  await host.getByRole("dialog").getByRole("textbox", { name: "Question" }).fill("Whither?");
  await host.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await order("How", "How", "Whither");
});

test("the editor says what is wrong, and only the wording changes once there are votes", async ({
  person,
}) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await host.getByRole("button", { name: "Add question" }).first().click();
  const dialog = host.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add question" }).click();
  await expect(dialog.getByText("Write the question.")).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Question" })).toBeFocused();
  await dialog.getByRole("textbox", { name: "Option 1" }).fill("Same");
  await dialog.getByRole("textbox", { name: "Option 2" }).fill("Same ");
  await expect(dialog.getByText("This option is there already.")).toBeVisible();
  await host.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(host.getByRole("button", { name: "Add question" }).first()).toBeFocused();

  await openQuestion(host);
  await voter.goto(`/${code}`);
  await vote(voter, "Offline mode");
  await expect(host.locator("[data-voted='1']")).toBeVisible();
  await host.getByRole("button", { name: /^Actions for “What/ }).click();
  await host.getByRole("menuitem", { name: "Edit" }).click();
  await expect(dialog.getByText("only the wording can change")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Option 1" }).fill("Offline first");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: Offline first");
});

test("a phone becomes the host's remote with a link", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const [phone, stranger] = await Promise.all([person({ viewport: PHONE }), person()]);
  const code = await makePoll(host, [SINGLE, RATING]);
  await stranger.goto(`/host/${code}`);
  await expect(stranger.getByText("This is the host’s place")).toBeVisible();
  await stranger.goto(`/host/${code}#key=no-such-key`);
  await stranger.reload();
  await expect(stranger.getByText("This link is not valid")).toBeVisible();

  await host.goto(`/host/${code}`);
  await host.getByRole("button", { name: "Share" }).click();
  await host.getByRole("button", { name: "Make a remote link" }).click();
  const link = await host.getByRole("textbox", { name: "Host remote" }).inputValue();
  expect(link).toContain(`/host/${code}#key=`);
  await phone.goto(link);
  await nextStep(phone, "Open voting").click();
  await nextStep(phone, "Close voting").click();
  await phone.getByRole("button", { name: "Next question" }).click();
  await nextStep(phone, "Open voting").click();
  await expect(phone.locator("[data-stage]").getByText("Question 2 of 2")).toBeVisible();
  expect(phone.url()).not.toContain("key=");
  await phone.reload();
  await expect(nextStep(phone, "Close voting")).toBeVisible();
});
