import {
  DESK,
  expect,
  looksRight,
  makePoll,
  MULTIPLE,
  openQuestion,
  PHONE,
  receipt,
  SINGLE,
  test,
  vote,
} from "./fixtures";

test("a voter who goes offline comes back to the present state, and a vote made meanwhile arrives", async ({
  person,
}) => {
  const host = await person({ viewport: DESK });
  const voter = await person();
  const code = await makePoll(host, [SINGLE, MULTIPLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host, 0);
  await voter.goto(`/${code}`);
  await expect(voter.getByRole("radio")).toHaveCount(3);

  await voter.context().setOffline(true);
  await expect(voter.getByText("You are offline.")).toBeVisible();
  await vote(voter, "A public API");
  await expect(receipt(voter, "sending")).toContainText("Your vote: A public API");
  await looksRight(voter, "light-voter-offline", [PHONE]);
  await voter.context().setOffline(false);
  await expect(voter.getByText("Connected again")).toBeVisible();
  await expect(receipt(voter, "changeable")).toContainText("Your vote: A public API");
  await expect(host.locator("[data-voted='1']")).toBeVisible();

  await voter.context().setOffline(true);
  await expect(voter.getByText("You are offline.")).toBeVisible();
  await openQuestion(host, 1);
  await voter.context().setOffline(false);
  await expect(voter.getByText(MULTIPLE.text)).toBeVisible();
});

test("kill -9 during voting: everyone comes back by themselves, and every acked vote is there", async ({
  person,
  server,
}) => {
  const host = await person({ viewport: DESK });
  const voters = await Promise.all([person(), person(), person()]);
  const screen = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await screen.goto(`/screen/${code}`);
  for (const voter of voters) await voter.goto(`/${code}`);
  await vote(voters[0]!, "Offline mode");
  await vote(voters[1]!, "Better search");
  for (const voter of voters.slice(0, 2)) await expect(receipt(voter, "changeable")).toBeVisible();

  await server.kill();
  await expect(voters[2]!.getByText("The line dropped.")).toBeVisible();
  await vote(voters[2]!, "Better search");
  await expect(receipt(voters[2]!, "sending")).toBeVisible();
  await server.start();

  await expect(receipt(voters[2]!, "changeable")).toContainText("Your vote: Better search", {
    timeout: 12_000,
  });
  await expect(receipt(voters[0]!, "changeable")).toContainText("Your vote: Offline mode");
  await expect(host.locator("[data-voted='3']")).toBeVisible({ timeout: 12_000 });
  await expect(screen.locator("[data-voted='3']")).toBeVisible({ timeout: 12_000 });
  await expect(host.locator("[data-stage] .bars li").last()).toContainText("67% 2 votes");
  await voters[0]!.reload();
  await expect(receipt(voters[0]!, "changeable")).toContainText("Your vote: Offline mode");
});
