import { describe, expect, it } from "vitest";
import { History } from "./history";

describe("a history", () => {
  it("goes back and forth, and tells where", () => {
    const history = new History<string, string>("a");
    expect([history.canUndo, history.canRedo]).toEqual([false, false]);
    history.push("b", "first");
    history.push("c", "second");
    expect(history.undo()).toBe("second");
    expect(history.now).toBe("b");
    expect(history.undo()).toBe("first");
    expect(history.undo()).toBeNull();
    expect(history.now).toBe("a");
    expect(history.redo()).toBe("first");
    expect(history.redo()).toBe("second");
    expect(history.redo()).toBeNull();
    expect(history.now).toBe("c");
  });

  it("takes typing in one place for one step", () => {
    const history = new History<string, null>("");
    history.push("a", null, "title", 0);
    history.push("ab", null, "title", 500);
    history.push("abc", null, "title", 1900);
    history.undo();
    expect(history.now).toBe("");
  });

  it("keeps apart what is far apart in time or place", () => {
    const history = new History<string, null>("");
    history.push("a", null, "title", 0);
    history.push("ab", null, "title", 9000);
    history.push("abc", null, "other", 9001);
    history.undo();
    expect(history.now).toBe("ab");
    history.undo();
    expect(history.now).toBe("a");
  });

  it("forgets what was undone once there is something new", () => {
    const history = new History<string, null>("a");
    history.push("b", null, "k", 0);
    history.undo();
    history.push("c", null, "k", 1);
    expect(history.canRedo).toBe(false);
    history.undo();
    expect(history.now).toBe("a");
  });

  it("takes no change for no step", () => {
    const history = new History<string, null>("a");
    history.push("a", null);
    expect(history.canUndo).toBe(false);
  });
});
