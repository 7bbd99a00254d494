import { describe, expect, it } from "vitest";
import { cleanCode, formatCode, hasForeignCharacter, parseCode } from "./code";

describe("join codes", () => {
  it("are taken in any case, with blanks and dashes", () => {
    expect(parseCode(" abc-def ")).toBe("ABCDEF");
    expect(parseCode("ab c2–3 4")).toBe("ABC234");
  });

  it("are found in a pasted link", () => {
    expect(parseCode("https://polls.example.org/j/abcdef")).toBe("ABCDEF");
    expect(parseCode("http://10.0.0.5:3000/ABCDEF?x=1")).toBe("ABCDEF");
    expect(cleanCode("polls.example.org/screen/ABC234#key=1")).toBe("ABC234");
  });

  it("never hold characters that are mixed up", () => {
    for (const bad of ["0BCDEF", "OBCDEF", "1BCDEF", "IBCDEF", "LBCDEF", "ÄBCDEF"]) {
      expect(parseCode(bad)).toBeNull();
      expect(hasForeignCharacter(cleanCode(bad))).toBe(true);
    }
    expect(hasForeignCharacter("ABC")).toBe(false);
  });

  it("have six characters", () => {
    expect(parseCode("ABCDE")).toBeNull();
    expect(cleanCode("ABCDEFGH")).toBe("ABCDEF");
  });

  it("are shown in two groups, also while being typed", () => {
    expect(["A", "ABC", "ABCD", "ABCDEF"].map(formatCode)).toEqual(["A", "ABC", "ABC D", "ABC DEF"]);
  });
});
