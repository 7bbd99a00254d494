/** Game time, money and points as they are written. */
import { formatNumber } from "../../lib/language.svelte";

export { formatGameTime as gameTime } from "../clock";

export const money = (amount: number) => formatNumber(amount);
export const points = (amount: number) => formatNumber(amount, { maximumFractionDigits: 2 });
/** With a sign, and a real minus. */
export const signed = (amount: number) =>
  formatNumber(amount, { signDisplay: "exceptZero", maximumFractionDigits: 2 }).replace("-", "−");
