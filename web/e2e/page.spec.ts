import { expect, makePoll, openQuestion, SINGLE, test } from "./fixtures";

test("the page and its parts come packed, to whoever can unpack them", async ({ person }) => {
  const { request } = await person();
  const html = await (await request.get("/")).text();
  const parts = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  expect(parts.map((path) => path.split(".").at(-1)).toSorted()).toEqual(["css", "js"]);
  for (const path of ["/", ...parts]) {
    const get = async (encoding: string) => {
      const answer = await request.get(path, { headers: { "accept-encoding": encoding } });
      return { encoding: answer.headers()["content-encoding"], text: await answer.text() };
    };
    const plain = await get("identity");
    expect(plain.encoding).toBeUndefined();
    for (const encoding of ["br", "gzip"]) expect(await get(encoding)).toEqual({ ...plain, encoding });
  }
});

test("a heading on the projector breaks into even lines", async ({ person }) => {
  const [host, screen] = await Promise.all([person(), person({ viewport: { width: 1280, height: 720 } })]);
  const text = "Who comes to our next meet-up?";
  const code = await makePoll(host, [{ ...SINGLE, text }]);
  await host.goto(`/host/${code}`);
  await openQuestion(host);
  await screen.goto(`/screen/${code}`);
  const widths = await screen.locator("[data-phase=open] h1").evaluate((heading) => {
    const range = document.createRange();
    range.selectNodeContents(heading);
    return [...range.getClientRects()].map(({ width }) => width);
  });
  expect(widths.length).toBeGreaterThan(1);
  expect(Math.min(...widths)).toBeGreaterThan(Math.max(...widths) / 2);
});
