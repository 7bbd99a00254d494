import { describe, expect, it } from "vitest";
import { de } from "../messages/de";
import { en } from "../messages/en";
import { chooseLanguage, fill, pluralForm } from "./text";

const parameters = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("messages", () => {
  it("have the same parameters in every language, and no empty text", () => {
    for (const [key, text] of Object.entries(en)) {
      const other = de[key as keyof typeof en];
      expect(parameters(other), key).toEqual(parameters(text));
      expect(text.trim() && other.trim(), key).toBeTruthy();
    }
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  it("have both plural forms", () => {
    const bases = (form: string) =>
      Object.keys(en)
        .filter((key) => key.endsWith(form))
        .map((key) => key.slice(0, -form.length));
    expect(bases(".one")).toEqual(bases(".other").filter((base) => base !== "problem" && base !== "refused"));
  });

  it("are filled with text as it is and numbers as the language writes them", () => {
    expect(fill("{n} of {all}", { n: 1234, all: "$&" }, "en")).toBe("1,234 of $&");
    expect(fill("{n}", { n: 1234 }, "de")).toBe("1.234");
    expect(fill("{unknown}", {}, "en")).toBe("{unknown}");
  });

  it("know one from many", () => {
    expect([0, 1, 2].map((n) => pluralForm(n, "en"))).toEqual(["other", "one", "other"]);
  });
});

describe("the language", () => {
  it("is the first wanted that there is, else the first there is", () => {
    expect(chooseLanguage(["fr-FR", "de-AT", "en"], ["en", "de"])).toBe("de");
    expect(chooseLanguage([null, "fr"], ["en", "de"])).toBe("en");
  });
});
