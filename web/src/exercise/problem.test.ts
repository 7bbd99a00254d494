import { expect, it, vi } from "vitest";
import { t } from "../lib/language.svelte";
import { told } from "../room/refusal";
import { explainRefusal, quoted, refusedKey } from "./problem";
import type { ExerciseRole } from "./wire";

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
  const by = (code: string, part: ExerciseRole) => told(code, refusedKey(code, part));
  expect(by("forbidden", "facilitator").title).toBe("exercise.refused.forbidden");
  expect(by("forbidden", "observer").title).toBe("exercise.refused.forbidden_observer");
  expect(by("removed", "participant")).toMatchObject({ icon: "lock", title: "exercise.refused.removed" });
  expect(by("too_many_attempts", "participant").title).toBe("refused.too_many_attempts");
  expect(by("what", "participant")).toEqual({ icon: "warning", title: "refused.other", text: null });
});
