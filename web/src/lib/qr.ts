/** A QR code as one SVG path. */
import { encode } from "uqr";

export type QrShape = { size: number; path: string };

export function qrShape(text: string): QrShape {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  return {
    size,
    path: data.flatMap((row, y) => runs(row).map(([x, n]) => `M${x} ${y}h${n}v1h-${n}z`)).join(""),
  };
}

/** The dark runs of a row, as start and length. */
function runs(row: boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (!dark) return;
    if (last && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
