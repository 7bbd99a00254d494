import { describe, expect, it } from "vitest";
import { SETTINGS } from "./fixture";
import { draftOf, faultsOf, settingsOf, type SettingsDraft } from "./settings";

const draft = (more: Partial<SettingsDraft> = {}): SettingsDraft => ({ ...draftOf(SETTINGS), ...more });
const faulty = (more: Partial<SettingsDraft>) => Object.keys(faultsOf(draft(more)));

describe("settings in a form", () => {
  it("come back as they were", () => {
    expect(settingsOf(draft())).toEqual(SETTINGS);
    expect(faultsOf(draft())).toEqual({});
  });

  it("take a comma for a point, and a number of minutes", () => {
    expect(settingsOf(draft({ support: "52,5", duration: " 90 " }))).toMatchObject({
      support: 52.5,
      duration: "90:00",
    });
    expect(settingsOf(draft({ duration: "1:30:00" })).duration).toBe("90:00");
  });

  it.each([
    [{ budget: "" }, ["budget"]],
    [{ budget: "-1" }, ["budget"]],
    [{ budget: "1.5" }, ["budget"]],
    [{ budget: "1000000001" }, ["budget"]],
    [{ support: "101" }, ["support"]],
    [{ support: "much" }, ["support"]],
    [{ support_min: "60" }, ["support"]],
    [{ support_max: "1001" }, ["support_max"]],
    [{ support_min: "-1" }, ["support_min"]],
    [{ support_min: "55", support_max: "55" }, ["support_max"]],
    [{ duration: "0:00" }, ["duration"]],
    [{ duration: "24:00:01" }, ["duration"]],
    [{ duration: "soon" }, ["duration"]],
    [{ speed: "9" }, ["speed"]],
    [{ speed: "2001" }, ["speed"]],
    [{ speed: "99.5" }, ["speed"]],
  ] as [Partial<SettingsDraft>, string[]][])("%j has faults in %j", (more, fields) => {
    expect(faulty(more)).toEqual(fields);
  });

  it("may reach their limits", () => {
    expect(faulty({ budget: "0", support: "0", speed: "10", duration: "24:00:00" })).toEqual([]);
    expect(faulty({ budget: "1000000000", support: "1000", support_max: "1000", speed: "2000" })).toEqual([]);
  });
});
