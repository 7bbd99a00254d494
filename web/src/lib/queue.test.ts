import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandQueue, type Identified, newId } from "./queue";

type Action = { do: string };
type Sent = Identified<Action>;

/** A line that answers, refuses to answer, or waits, as told. */
function line(answer: (command: Sent, attempt: number) => Promise<string>) {
  const sent: Sent[] = [];
  let ids = 0;
  const queue = new CommandQueue<Action, string>({
    send: (command) => {
      sent.push(command);
      return answer(command, sent.length);
    },
    again: (reply) => reply === "busy",
    newId: () => `id-${++ids}`,
  });
  return { queue, sent, order: () => sent.map(({ id }) => id) };
}

const lost = () => Promise.reject(new Error("timeout"));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the command queue", () => {
  it("keeps commands until the line is up, and sends them in order, one at a time", async () => {
    const answers: ((reply: string) => void)[] = [];
    const { queue, order } = line(() => new Promise((settle) => answers.push(settle)));
    const first = queue.submit({ do: "a" });
    void queue.submit({ do: "b" });
    expect(order()).toEqual([]);
    queue.resume();
    expect(order()).toEqual(["id-1"]);
    answers[0]!("ok");
    expect(await first).toBe("ok");
    await vi.waitFor(() => expect(order()).toEqual(["id-1", "id-2"]));
  });

  it("sends again with the same id until it is answered", async () => {
    const { queue, sent } = line((_, attempt) => (attempt < 3 ? lost() : Promise.resolve("ok")));
    queue.resume();
    const reply = queue.submit({ do: "vote" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await reply).toBe("ok");
    expect(sent).toEqual(Array(3).fill({ do: "vote", id: "id-1" }));
  });

  it("does not send on a line that is down, and goes on when it is back", async () => {
    const { queue, order } = line((_, attempt) => (attempt === 1 ? lost() : Promise.resolve("ok")));
    queue.resume();
    const reply = queue.submit({ do: "vote" });
    queue.pause();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(order()).toEqual(["id-1"]);
    queue.resume();
    await vi.advanceTimersByTimeAsync(1);
    expect(await reply).toBe("ok");
    expect(order()).toEqual(["id-1", "id-1"]);
    expect(queue.length).toBe(0);
  });

  it("tries a busy server again, but not for ever", async () => {
    const { queue, sent } = line(() => Promise.resolve("busy"));
    queue.resume();
    const reply = queue.submit({ do: "vote" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await reply).toBe("busy");
    expect(sent).toHaveLength(6);
  });

  it("drops a command that a later one on the same subject makes pointless", async () => {
    const { queue, order } = line(() => Promise.resolve("ok"));
    const early = queue.submit({ do: "vote" }, "question 1");
    const other = queue.submit({ do: "vote" }, "question 2");
    const late = queue.submit({ do: "vote" }, "question 1");
    queue.resume();
    expect(await early).toBeNull();
    expect([await other, await late]).toEqual(["ok", "ok"]);
    expect(order()).toEqual(["id-2", "id-3"]);
  });

  it("never drops a command that may already be on disk", async () => {
    const { queue, order } = line((_, attempt) => (attempt === 1 ? lost() : Promise.resolve("ok")));
    queue.resume();
    const early = queue.submit({ do: "vote" }, "question 1");
    const late = queue.submit({ do: "vote" }, "question 1");
    await vi.advanceTimersByTimeAsync(1000);
    expect([await early, await late]).toEqual(["ok", "ok"]);
    expect(order()).toEqual(["id-1", "id-1", "id-2"]);
  });

  it("gives everything up when it is dropped", async () => {
    const { queue } = line(lost);
    const reply = queue.submit({ do: "vote" });
    queue.drop();
    expect(await reply).toBeNull();
  });
});

it("ids are accepted by the server and never repeat", () => {
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[\w-]{8,64}$/);
});
