/** The two forms of a price: one for everything, or one for each place. */
import type { Cost } from "./types";

export type CostKind = "whole" | "each";

export const kindOfCost = (cost: Cost): CostKind => (typeof cost === "number" ? "whole" : "each");

/** The price in the other form; everything together costs the same in both. */
export function changedCost(cost: Cost, to: CostKind): Cost {
  if (kindOfCost(cost) === to) return cost;
  if (typeof cost !== "number") return (cost.hq ?? 0) + (cost.local ?? 0);
  const half = Math.ceil(cost / 2);
  return { hq: half, local: cost - half };
}

/** A price in short, for lists: `900 + 500`. */
export function costWords(cost: Cost, write: (money: number) => string): string {
  if (typeof cost === "number") return write(cost);
  return [cost.hq, cost.local]
    .filter((price) => price !== undefined)
    .map((price) => write(price))
    .join(" + ");
}
