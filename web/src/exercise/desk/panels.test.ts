import { expect, it } from "vitest";
import { panelsFor } from "./panels";

it("every phase begins with what it is about", () => {
  expect(panelsFor("preparation", false)[0]).toBe("shop");
  expect(panelsFor("simulation", false)[0]).toBe("threats");
  expect(panelsFor("review", true)[0]).toBe("review");
});

it("observers have notes, and nothing that only facilitators do", () => {
  const panels = panelsFor("simulation", true);
  expect(panels[1]).toBe("notes");
  expect(panels).not.toContain("curveballs");
  expect(panelsFor("simulation", false)).not.toContain("notes");
});
