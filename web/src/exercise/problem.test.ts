import { expect, it, vi } from "vitest";
import { t } from "../lib/language.svelte";
import { explainRefusal, quoted } from "./problem";
import { told } from "./refusal";

// The language of messages is chosen when its module is loaded, and older Node has no navigator.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"] }));

const say = (...[key, params]: Parameters<typeof t>) => t(key, params);

it("a refusal has the exercise's own words, else those of all rooms, else the server's", () => {
  expect(explainRefusal({ code: "already_answered", message: "x" }, say)).toBe(
    "Somebody has answered this already.",
  );
  expect(
    explainRefusal({ code: "not_allowed", message: "This needs “Backups”, which is missing." }, say),
  ).toBe("This requires “Backups”, which is not in place.");
  expect(explainRefusal({ code: "offline", message: "" }, say)).toMatch(/cannot be reached/);
  expect(explainRefusal({ code: "brand_new", message: "Because." }, say)).toBe("Because.");
});

it("words without quotes name nothing", () => {
  expect(quoted("Nothing here")).toBe("");
});

it("a refused connection is told by the part that was wanted", () => {
  expect(told("forbidden", "facilitator").title).toBe("exercise.refused.forbidden");
  expect(told("forbidden", "observer").title).toBe("exercise.refused.forbidden_observer");
  expect(told("removed", "participant")).toMatchObject({ icon: "lock", title: "exercise.refused.removed" });
  expect(told("too_many_attempts", "participant").title).toBe("refused.too_many_attempts");
  expect(told("what", "participant")).toEqual({ icon: "warning", title: "refused.other", text: null });
});
