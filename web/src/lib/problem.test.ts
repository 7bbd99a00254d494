import { expect, it, vi } from "vitest";
import { de } from "../messages/de";
import { en, type MessageKey } from "../messages/en";
import { language } from "./language.svelte";
import { explain } from "./problem";

// The language is chosen when its module is loaded, and older Node has no navigator.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"] }));

it("frames the server's own words in the language of the page", () => {
  const problem = { code: "invalid", message: "questions[0]: missing field `kind`" };
  language.current = "en";
  expect(explain(problem)).toBe(`The server did not take that: ${problem.message}`);
  language.current = "de";
  expect(explain(problem)).toBe(`Der Server hat das nicht angenommen: ${problem.message}`);
  expect(explain({ ...problem, message: "" })).toBe(de["problem.other"]);
});

it("says nothing of the server's where there are words of one's own", () => {
  language.current = "en";
  expect(explain({ code: "full", message: "room is full" })).toBe(en["problem.full"]);
  expect(explain({ code: "brand_new", message: "something new" })).toBe("something new");
});

it("has the same parameters in both languages", () => {
  const params = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
  for (const key of Object.keys(en) as MessageKey[]) expect(params(de[key]), key).toEqual(params(en[key]));
});
