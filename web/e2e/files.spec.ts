import { readFile } from "node:fs/promises";
import { DESK, expect, makePoll, MULTIPLE, RATING, SINGLE, test } from "./fixtures";

test("a poll goes out as a file and comes in again; a bad file is refused in plain words", async ({
  person,
}) => {
  const host = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE, MULTIPLE, RATING], "Round trip");
  await host.goto("/");
  const row = host.locator("li", { hasText: "Round trip" });
  await row.getByRole("button", { name: "Actions for" }).click();
  const [download] = await Promise.all([
    host.waitForEvent("download"),
    host.getByRole("menuitem", { name: "Export poll as JSON" }).click(),
  ]);
  const file = JSON.parse(await readFile(await download.path(), "utf8")) as { questions: object[] };
  expect(file.questions[1]).toMatchObject(MULTIPLE);

  await row.getByRole("button", { name: "Actions for" }).click();
  const [table] = await Promise.all([
    host.waitForEvent("download"),
    host.getByRole("menuitem", { name: "Export results as CSV" }).click(),
  ]);
  expect(await readFile(await table.path(), "utf8")).toContain("question,kind,option,votes,percent,voted");

  const drop = (name: string, content: string) =>
    host.getByLabel("Poll file to import").setInputFiles({
      name,
      mimeType: "application/json",
      buffer: Buffer.from(content),
    });
  await drop("broken.json", "{");
  await expect(host.getByRole("alert").filter({ hasText: "cannot be read as JSON" })).toBeVisible();
  await drop("strange.json", JSON.stringify({ format: "other/1", title: "x", questions: [] }));
  await expect(host.getByRole("alert").filter({ hasText: "The file was not imported:" })).toBeVisible();
  await drop("poll.json", JSON.stringify(file));
  await expect(host.getByRole("heading", { name: "Round trip" })).toBeVisible();
  expect(host.url()).not.toContain(code);
  await expect(host.locator(".choose")).toHaveCount(3);

  await host.goto("/");
  await host.getByRole("button", { name: "Actions for “Round trip”" }).first().click();
  await host.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(host.getByText("Round trip (copy)")).toBeVisible();
});
