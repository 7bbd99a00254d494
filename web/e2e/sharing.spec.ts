import { DESK, expect, looksRight, makePoll, PHONE, SINGLE, test } from "./fixtures";
import { ChorusServer } from "./server";

const tell = (url: string | null) => ({ json: { url } });

test("the host is warned of an address that phones cannot reach", async ({ person }) => {
  const host = await person({ viewport: DESK });
  const code = await makePoll(host, [SINGLE]);
  await host.route("**/api/config", (route) => route.fulfill(tell(null)));
  await host.goto(`/host/${code}`);
  const card = host.getByRole("region", { name: "How to join" });
  await expect(card.getByText("Phones cannot reach this address.")).toBeVisible();
  await looksRight(host, "light-host-loopback", [DESK, PHONE]);
  await card.getByRole("button", { name: "Share" }).click();
  await expect(host.getByRole("dialog").getByText("Phones cannot reach this address.")).toBeVisible();
  await host.unroute("**/api/config");
  await host.route("**/api/config", (route) => route.fulfill({ status: 404, body: "" }));
  await host.reload();
  await expect(card.getByText("Phones cannot reach this address.")).toBeVisible();
});

test("links and codes lead to the address the server is told", async ({ person }) => {
  const server = await ChorusServer.start("--public-url", "https://vote.example.org");
  const host = await person({ viewport: DESK, baseURL: server.url });
  const code = await makePoll(host, [SINGLE]);
  await host.goto(`/host/${code}`);
  const card = host.getByRole("region", { name: "How to join" });
  await expect(card).toContainText("Join at vote.example.org");
  await expect(host.locator("[data-unreachable]")).toHaveCount(0);
  await card.getByRole("button", { name: "Share" }).click();
  await host.getByRole("button", { name: "Make a remote link" }).click();
  const links = host.getByRole("dialog").getByRole("textbox");
  await expect(links).toHaveCount(3);
  for (const [place, start] of ["/j/", "/screen/", "/host/"].entries()) {
    await expect(links.nth(place)).toHaveValue(new RegExp(`^https://vote\\.example\\.org${start}${code}`));
  }
  await host.goto(`/screen/${code}`);
  await expect(host.getByText("vote.example.org")).toBeVisible();
  await host.close();
  await server.stop();
});
