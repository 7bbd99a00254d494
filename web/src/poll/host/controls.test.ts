import { expect, it } from "vitest";
import type { Phase } from "../../generated/Phase";
import { controlsFor } from "./controls";

const poll = { code: "ABCDEF", title: "", ends_at: null, ended: false, order: [1], current: 1 };
const labels = (phase: Phase, revealed: boolean, more: Partial<typeof poll> = {}) =>
  controlsFor(
    {
      id: 1,
      content: {
        text: "",
        kind: "single",
        options: ["a", "b"],
        changeable: true,
        hidden: false,
        seconds: null,
      },
      phase,
      closes_at: null,
      revealed,
      round: 0,
    },
    { ...poll, ...more },
  ).map(({ label }) => label);

it("a host is offered what makes sense besides the next step", () => {
  expect(labels("draft", true)).toEqual([]);
  expect(labels("open", true)).toEqual(["hide", "unshow"]);
  expect(labels("open", false)).toEqual(["reveal", "unshow"]);
  expect(labels("closed", false)).toEqual(["open_again", "unshow"]);
  expect(labels("closed", true, { current: 2 })).toEqual(["hide", "show"]);
  expect(labels("closed", false, { ended: true })).toEqual(["unshow"]);
});
