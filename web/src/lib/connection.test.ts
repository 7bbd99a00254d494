import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type SocketLike, type Status } from "./connection";

class FakeSocket implements SocketLike {
  connected = false;
  active = false;
  attempts = 0;
  readonly #listeners = new Map<string, (...args: unknown[]) => void>();

  connect() {
    this.attempts += 1;
    this.active = true;
  }

  disconnect() {
    this.connected = false;
    this.active = false;
  }

  on(event: string, listener: (...args: unknown[]) => void) {
    this.#listeners.set(event, listener);
  }

  tell(event: string, ...args: unknown[]) {
    if (event === "connect") this.connected = true;
    if (event === "disconnect") this.connected = false;
    this.#listeners.get(event)?.(...args);
  }

  refuse(code: string) {
    this.active = false;
    this.tell("connect_error", Object.assign(new Error(`no: ${code}`), { data: { code } }));
  }
}

function connect(renewSession: () => Promise<void> = () => Promise.resolve()) {
  const socket = new FakeSocket();
  const queue = { resume: vi.fn(), pause: vi.fn(), drop: vi.fn() };
  const seen: Status["name"][] = [];
  const renew = vi.fn(renewSession);
  const connection = new Connection({
    socket,
    queue,
    renewSession: renew,
    onStatus: ({ name }) => seen.push(name),
  });
  connection.open();
  return { socket, queue, seen, renew, connection };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a connection", () => {
  it("lets commands out while it is up", () => {
    const { socket, queue, seen } = connect();
    socket.tell("connect");
    expect(queue.resume).toHaveBeenCalledOnce();
    socket.tell("disconnect", "transport close");
    expect(queue.pause).toHaveBeenCalledOnce();
    socket.tell("connect");
    expect(seen).toEqual(["online", "reconnecting", "online"]);
  });

  it("gets a new session when the server does not know the person, and tries again", async () => {
    const { socket, renew, seen } = connect();
    socket.refuse("no_session");
    await vi.advanceTimersByTimeAsync(0);
    expect(renew).toHaveBeenCalledOnce();
    expect(socket.attempts).toBe(2);
    expect(seen).toEqual([]);
  });

  it("tries later when there is no session to be had", async () => {
    const { socket } = connect(() => Promise.reject(new Error("offline")));
    socket.refuse("no_session");
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(socket.attempts).toBe(2);
  });

  it.each(["unknown_room", "forbidden", "origin"])("takes %s for an answer", async (code) => {
    const { socket, connection, queue } = connect();
    socket.refuse(code);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.status).toEqual({ name: "refused", code, message: `no: ${code}`, retry: "never" });
    expect(queue.drop).toHaveBeenCalled();
    expect(socket.attempts).toBe(1);
  });

  it.each(["full", "too_many_attempts"])("says %s, and asks again by itself", async (code) => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const { socket, connection, queue } = connect();
    for (const attempts of [1, 2, 3]) {
      socket.refuse(code);
      expect(connection.status).toMatchObject({ name: "refused", code, retry: "later" });
      await vi.advanceTimersByTimeAsync(14_999);
      expect(socket.attempts).toBe(attempts);
      await vi.advanceTimersByTimeAsync(1);
      expect(socket.attempts).toBe(attempts + 1);
      expect(connection.status).toMatchObject({ name: "refused", retry: "now" });
    }
    expect(queue.drop).not.toHaveBeenCalled();
    socket.tell("connect");
    expect(connection.status).toEqual({ name: "online" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.attempts).toBe(4);
  });

  it("asks again at once when the person wants it", async () => {
    const { socket, connection } = connect();
    socket.refuse("full");
    connection.hurry();
    expect(socket.attempts).toBe(2);
    expect(connection.status).toMatchObject({ code: "full", retry: "now" });
    socket.tell("connect");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.attempts).toBe(2);
  });

  it("shows who was in the room that it comes back, also when it has asked too often", () => {
    const { socket, connection } = connect();
    socket.tell("connect");
    socket.tell("disconnect", "transport close");
    socket.refuse("too_many_attempts");
    expect(connection.status).toEqual({ name: "reconnecting" });
    socket.refuse("full");
    expect(connection.status).toMatchObject({ name: "refused", code: "full" });
  });

  it("comes back after a refusal that does not last, and after being sent away", async () => {
    const { socket } = connect();
    socket.refuse("restarting");
    await vi.advanceTimersByTimeAsync(2000);
    expect(socket.attempts).toBe(2);
    socket.tell("connect");
    socket.tell("disconnect", "io server disconnect");
    await vi.advanceTimersByTimeAsync(2000);
    expect(socket.attempts).toBe(3);
  });

  it("asks less and less often when it is put off", async () => {
    const { socket } = connect();
    for (const pause of [2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const { attempts } = socket;
      socket.refuse("restarting");
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(socket.attempts).toBe(attempts);
      await vi.advanceTimersByTimeAsync(1);
      expect(socket.attempts).toBe(attempts + 1);
    }
  });

  it("leaves network failures to the client's own back-off", async () => {
    const { socket } = connect();
    socket.tell("connect_error", new Error("websocket error"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.attempts).toBe(1);
  });

  it("ends when the room is gone", () => {
    const { socket, connection } = connect();
    socket.tell("connect");
    socket.tell("gone", { code: "deleted", message: "The poll was deleted." });
    socket.tell("disconnect", "io server disconnect");
    expect(connection.status).toMatchObject({ name: "refused", code: "deleted" });
  });

  it("hurries when the person is back, unless it is up or refused", () => {
    const { socket, connection } = connect();
    connection.hurry();
    expect(socket.attempts).toBe(2);
    socket.tell("connect");
    connection.hurry();
    expect(socket.attempts).toBe(2);
    socket.tell("gone", { code: "deleted", message: "" });
    connection.hurry();
    expect(socket.attempts).toBe(2);
  });

  it("stays closed once closed", async () => {
    const { socket, connection } = connect();
    connection.close();
    socket.refuse("restarting");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.attempts).toBe(1);
  });
});
