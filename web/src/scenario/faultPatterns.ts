/** The server's words for faults, by which they are told apart. */
import type { MessageKey } from "../messages/en";

type Pattern = readonly [RegExp, MessageKey];

/** What the parentheses hold are the parameters `{a}`, `{b}`. */
export const PATTERNS: readonly Pattern[] = [
  [/^This must not be empty\.$/, "scenario.fault.empty"],
  [/^This is missing\.$/, "scenario.fault.missing"],
  [/^This has (\S+) characters; (\S+) is the most\.$/, "scenario.fault.long"],
  [/^This is not a language tag, such as en or de\.$/, "scenario.fault.language"],
  [/^It needs a price for at least one place\.$/, "scenario.fault.price"],
  [/^It would follow from itself\.$/, "scenario.fault.circle"],
  [/^There is no mitigation (\S+)\.$/, "scenario.fault.no_mitigation"],
  [/^There is no response (\S+)\.$/, "scenario.fault.no_response"],
  [/^There is no system (\S+)\.$/, "scenario.fault.no_system"],
  [/^There is no threat (\S+)\.$/, "scenario.fault.no_threat"],
  [/^There is no role (\S+)\.$/, "scenario.fault.no_role"],
  [/^The mitigation (\S+) cannot be bought there\.$/, "scenario.fault.not_there"],
  [/^(\S+) is there twice\.$/, "scenario.fault.twice"],
  [/^Another row has this id\.$/, "scenario.fault.id"],
  [/^There are (\S+) rows; (\S+) is the most\.$/, "scenario.fault.rows"],
  [/^Money is a whole number from 0 to 1,000,000,000\.$/, "scenario.fault.money"],
  [/^Support changes by 1,000 points at most\.$/, "scenario.fault.support"],
  [/^The budget is a whole number from 0 to 1,000,000,000\.$/, "scenario.fault.budget"],
  [/^The least support is at least 0\.$/, "scenario.fault.least"],
  [/^The most support is at most 1,000\.$/, "scenario.fault.most"],
  [/^The most support must be above the least\.$/, "scenario.fault.order"],
  [/^The support must lie within its bounds\.$/, "scenario.fault.bounds"],
  [/^The duration must be longer than nothing\.$/, "scenario.fault.duration"],
  [/^The speed is 10 to 2,000 percent\.$/, "scenario.fault.speed"],
  [/^This must be a group of fields\.$/, "scenario.fault.group"],
  [/^This must be a list of rows\.$/, "scenario.fault.list"],
  [/^There is no field of this name\./, "scenario.fault.no_field"],
  [/^There is no table of this name\./, "scenario.fault.no_table"],
  [/^This file is empty\.$/, "scenario.fault.empty_file"],
  [/^There is no scenario here\.$/, "scenario.fault.nothing"],
  [/^This is more than 8 MB\.$/, "scenario.fault.large"],
  [/^This is not text in UTF-8\. Save it in that encoding\.$/, "scenario.fault.encoding"],
  [/^This is not valid YAML: (.*)\.$/s, "scenario.fault.yaml"],
  [/^This is not valid JSON: (.*)\.$/s, "scenario.fault.json"],
  [/^This line is not valid CSV\.$/, "scenario.fault.csv"],
  [
    /^This is not a scenario: it must begin with the line format: chorus-scenario\/1\.$/,
    "scenario.fault.format",
  ],
];

/** The pattern that a message fits, with its parameters. */
export function known(message: string): { key: MessageKey; params: Record<string, string> } | null {
  for (const [pattern, key] of PATTERNS) {
    const found = pattern.exec(message);
    if (found) return { key, params: { a: found[1] ?? "", b: found[2] ?? "" } };
  }
  return null;
}
