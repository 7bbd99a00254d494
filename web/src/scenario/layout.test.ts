import { describe, expect, it } from "vitest";
import { scenario, threat } from "./fixture";
import { around, edgesOf, graphOf, neighbours, stepNode } from "./graph";
import { formatTime, parseTime } from "./time";
import { lanesOf, lengthOf, snapped, stepTime } from "./timeline";

describe("the timeline", () => {
  const threats = [
    threat({ id: "a", at: "0:00", place: "hq" }),
    threat({ id: "b", at: "1:00", place: "hq" }),
    threat({ id: "c", at: "10:00", place: "hq" }),
    threat({ id: "d", at: "1:00", place: "local" }),
  ];

  it("has a lane for each place, in which nothing covers anything", () => {
    const lanes = lanesOf(threats, 10, 50);
    expect(lanes.map(({ place, rows, items }) => [place, rows, items.length])).toEqual([
      ["hq", 2, 3],
      ["party", 1, 0],
      ["local", 1, 1],
    ]);
    expect(lanes[0]!.items.map(({ threat, x, row }) => [threat.id, x, row])).toEqual([
      ["a", 0, 0],
      ["b", 10, 1],
      ["c", 100, 0],
    ]);
  });

  it("is as long as the game, or as the last threat", () => {
    expect(lengthOf(threats, "75:00")).toBe(75 * 60_000);
    expect(lengthOf(threats, "5:00")).toBe(10 * 60_000);
    expect(lengthOf([], "0:00")).toBe(60_000);
  });

  it("snaps to round moments within it", () => {
    expect(snapped(62_400, 100_000)).toBe(60_000);
    expect(snapped(-5, 100_000)).toBe(0);
    expect(snapped(120_000, 99_000)).toBe(99_000);
  });

  it.each([
    ["ArrowRight", false, 70_000],
    ["ArrowLeft", false, 50_000],
    ["ArrowRight", true, 120_000],
    ["Home", false, 0],
    ["End", false, 300_000],
    ["PageUp", false, 300_000],
    ["x", false, null],
  ])("moves by %s", (key, shift, to) => expect(stepTime(key, shift, 60_000, 300_000)).toBe(to));
});

it("writes times as they are read", () => {
  for (const text of ["0:00", "4:30", "75:00", "0:00.250", "1440:00"])
    expect(formatTime(parseTime(text)!)).toBe(text);
});

describe("the graph", () => {
  const document = scenario();
  const edges = edgesOf(document);

  it("says what leads where", () => {
    expect(edges.map(({ from, relation, to }) => `${from} ${relation} ${to}`)).toEqual([
      "mitigations/M1 prevents threats/T1",
      "threats/T1 followup threats/T2",
      "responses/RP1 answers threats/T1",
      "threats/T1 disables systems/S1",
      "responses/RP1 restores systems/S1",
      "responses/RP1 installs mitigations/M1",
      "responses/RP1 requires mitigations/M1",
    ]);
  });

  it("puts items in columns, follow-ups right of what they follow from", () => {
    const graph = graphOf(document);
    const column = (key: string) => graph.nodes.find((node) => node.key === key)!.column;
    expect(["mitigations/M1", "threats/T1", "threats/T2", "responses/RP1", "systems/S1"].map(column)).toEqual(
      [0, 1, 2, 3, 4],
    );
    expect(graph.rows).toBe(1);
  });

  it("has every node in a place of its own, near to what it is tied to", () => {
    const threats = ["a", "b", "c", "d"].map((id, place) =>
      threat({ id, prevented_by: ["M4", "M3", "M2", "M1"][place]! }),
    );
    const mitigations = ["M1", "M2", "M3", "M4"].map((id) => ({ id, name: id, category: "c", cost: 1 }));
    const { nodes } = graphOf({ ...document, threats, mitigations, responses: [], systems: [] });
    const places = nodes.map(({ column, row }) => `${column}/${row}`);
    expect(new Set(places).size).toBe(nodes.length);
    for (const { id, prevented_by } of threats) {
      const row = (wanted: string) => nodes.find((node) => node.id === wanted)!.row;
      expect(row(id)).toBe(row(prevented_by!));
    }
  });

  it("leaves out what refers to nothing, and bears circles", () => {
    const threats = [
      threat({ id: "a", followup: "b", prevented_by: "gone" }),
      threat({ id: "b", followup: "a" }),
    ];
    const graph = graphOf({ ...document, threats });
    expect(graph.nodes.filter(({ table }) => table === "threats")).toHaveLength(2);
    expect(graph.edges.some(({ from }) => from === "mitigations/gone")).toBe(false);
  });

  it("knows neighbours, and all that follows", () => {
    expect([...neighbours(edges, "systems/S1")].sort()).toEqual(["responses/RP1", "threats/T1"]);
    expect(around(edges, "mitigations/M1").has("threats/T2")).toBe(true);
    const only = graphOf(document, around(edges, "threats/T2"));
    expect(only.nodes.map(({ id }) => id)).toEqual(["T1", "T2"]);
  });

  it("is walked with the arrows", () => {
    const graph = graphOf(document);
    expect(stepNode(graph, "mitigations/M1", "ArrowRight")).toBe("threats/T1");
    expect(stepNode(graph, "mitigations/M1", "ArrowLeft")).toBeNull();
    expect(stepNode(graph, "mitigations/M1", "ArrowDown")).toBeNull();
    expect(stepNode(graph, "systems/S1", "ArrowLeft")).toBe("responses/RP1");
    const two = graphOf({ ...document, threats: [threat({ id: "a" }), threat({ id: "b" })] });
    const [first, second] = two.nodes.filter(({ table }) => table === "threats").map(({ key }) => key);
    expect(stepNode(two, first!, "ArrowDown")).toBe(second);
    expect(stepNode(two, second!, "ArrowUp")).toBe(first);
  });
});
