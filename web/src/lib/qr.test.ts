import { encode } from "uqr";
import { expect, it } from "vitest";
import { qrShape } from "./qr";

it("draws exactly the dark modules", () => {
  const text = "https://polls.example.org/j/ABCDEF";
  const { path, size } = qrShape(text);
  const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, n] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    drawn[Number(y)]!.fill(true, Number(x), Number(x) + Number(n));
  }
  expect(drawn).toEqual(encode(text, { ecc: "M", border: 2 }).data);
});
