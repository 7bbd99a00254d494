import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"] }));

import { Drafts, type Store } from "./drafts";
import { ScenarioEditor } from "./editor.svelte";
import { scenario } from "./fixture";
import type { Fault } from "./types";

/** A server with one scenario, `mine` at version 3, that finds a fault in an empty title. */
function server(from = "mine") {
  const stored = { id: "mine", from, version: 3, document: scenario() };
  const faultsOf = (document: { title: string }): Fault[] =>
    document.title ? [] : [{ table: "", row: "", field: "title", message: "This must not be empty." }];
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    if (path === "/api/session") return new Response(null, { status: 204 });
    asked.push(`${init.method} ${path}`);
    const body = init.body ? JSON.parse(String(init.body)) : null;
    const faults = body ? faultsOf(body.document) : [];
    if (path.endsWith("/check")) return Response.json({ faults });
    if (init.method === "GET") return Response.json(stored);
    if (faults.length > 0) return Response.json({ code: "faults", message: "", faults }, { status: 400 });
    if (init.method === "POST") return Response.json({ id: "new1", version: 1 }, { status: 201 });
    if (body.version !== stored.version)
      return Response.json({ code: "changed", message: "" }, { status: 409 });
    stored.version += 1;
    stored.document = body.document;
    return Response.json({ id: "mine", version: stored.version });
  });
  return { stored, asked };
}

function store(): Store {
  const held = new Map<string, string>();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  };
}

async function opened(id = "mine", held = store()) {
  const editor = new ScenarioEditor(id, "en", new Drafts(() => held));
  await editor.load();
  return editor;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the editor", () => {
  it("loads, changes, undoes and saves", async () => {
    const { stored } = server();
    const editor = await opened();
    expect([editor.loading, editor.dirty, editor.readonly]).toEqual(["ready", false, false]);
    editor.set({ table: "threats", id: "T1" }, "title", "Other");
    expect([editor.dirty, editor.canUndo]).toEqual([true, true]);
    editor.undo();
    expect(editor.dirty).toBe(false);
    editor.redo();
    expect(await editor.save()).toBe(true);
    expect(editor.dirty).toBe(false);
    expect(stored.document.threats[0]!.title).toBe("Other");
  });

  it("changes nothing that is not one's own", async () => {
    server("chorus");
    const editor = await opened();
    editor.setHead(null, "title", "Mine now");
    expect([editor.readonly, editor.dirty, editor.document.title]).toEqual([true, false, "Small"]);
  });

  it("is told the faults once the writing pauses, and has none again when they are undone", async () => {
    server();
    const editor = await opened();
    editor.setHead(null, "title", "");
    await vi.advanceTimersByTimeAsync(600);
    expect(editor.faults).toHaveLength(1);
    expect(await editor.save()).toBe(false);
    expect(editor.dirty).toBe(true);
    editor.undo();
    expect(editor.faults).toEqual([]);
  });

  it("goes back to where an undone change was made", async () => {
    server();
    const editor = await opened();
    editor.open({ table: "systems", id: "S1" });
    editor.set({ table: "systems", id: "S1" }, "name", "Post");
    editor.show({ tab: "graph", row: null });
    editor.undo();
    expect(editor.view).toEqual({ tab: "systems", row: "S1" });
  });

  it("shows the row after a deleted one", async () => {
    server();
    const editor = await opened();
    editor.remove({ table: "threats", id: "T1" });
    expect(editor.view).toEqual({ tab: "threats", row: "T2" });
    editor.remove({ table: "threats", id: "T2" });
    expect(editor.view).toEqual({ tab: "threats", row: null });
  });
});

describe("a conflict", () => {
  it("is told, and nothing is lost by it", async () => {
    const { stored } = server();
    const editor = await opened();
    editor.setHead(null, "title", "Mine");
    stored.version = 7;
    expect(await editor.save()).toBe(false);
    expect([editor.conflict, editor.dirty, editor.problem]).toEqual([true, true, null]);
    expect(await editor.overwrite()).toBe(true);
    expect([editor.conflict, stored.version, stored.document.title]).toEqual([false, 8, "Mine"]);
  });

  it("ends with the other's version, when one wants it", async () => {
    const { stored } = server();
    const editor = await opened();
    editor.setHead(null, "title", "Mine");
    stored.version = 7;
    stored.document = { ...stored.document, title: "Theirs" };
    await editor.save();
    await editor.discard();
    expect([editor.conflict, editor.dirty, editor.document.title]).toEqual([false, false, "Theirs"]);
  });
});

describe("what is not saved", () => {
  it("is there again, and is refused when somebody else has saved since", async () => {
    const { stored } = server();
    const held = store();
    const first = await opened("mine", held);
    first.setHead(null, "title", "Draft");
    first.stop();
    stored.version = 4;
    const second = await opened("mine", held);
    expect([second.document.title, second.dirty, second.restored !== null]).toEqual(["Draft", true, true]);
    expect(await second.save()).toBe(false);
    expect(second.conflict).toBe(true);
  });

  it("is forgotten once it is saved or thrown away", async () => {
    server();
    const held = store();
    const first = await opened("mine", held);
    first.setHead(null, "title", "Draft");
    await vi.advanceTimersByTimeAsync(1000);
    await first.save();
    expect((await opened("mine", held)).restored).toBeNull();
    first.setHead(null, "title", "Draft 2");
    await vi.advanceTimersByTimeAsync(1000);
    await first.discard();
    expect((await opened("mine", held)).document.title).toBe("Draft");
  });

  it("of a new scenario is kept too, until it has an id", async () => {
    const { asked } = server();
    const held = store();
    const editor = await opened("new", held);
    expect([editor.id, editor.document.title]).toEqual([null, ""]);
    editor.setHead(null, "title", "New");
    editor.keep();
    expect((await opened("new", held)).document.title).toBe("New");
    expect(await editor.save()).toBe(true);
    expect(editor.id).toBe("new1");
    expect((await opened("new", held)).document.title).toBe("");
    editor.setHead(null, "title", "Newer");
    await editor.save();
    expect(asked.at(-1)).toBe("PUT /api/scenarios/new1");
  });
});
