/** The HTTP contract of the server. */
import type { PollFile } from "../generated/PollFile";
import type { Role } from "../generated/Role";
import { session } from "./session";

/** A refusal of the server, with its stable code, or `offline` when it could not be reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export type RoomInfo = { code: string; kind: string; title: string; role: Role | null; ended: boolean };

export type PollEntry = {
  code: string;
  title: string;
  /** Milliseconds since 1970. */
  created: number;
  ended: boolean;
  questions: number;
  people_voted: number;
};

export const room = (code: string) => request<RoomInfo>("GET", `/api/rooms/${code}`);
export const makeKey = (code: string, role: "host" | "projector") =>
  request<{ role: Role; key: string }>("POST", `/api/rooms/${code}/keys`, { role });
export const claim = (code: string, key: string) =>
  request<{ role: Role }>("POST", `/api/rooms/${code}/claim`, { key });
export const polls = () => request<PollEntry[]>("GET", "/api/polls");
export const createPoll = (title: string) => request<{ code: string }>("POST", "/api/polls", { title });
export const importPoll = (file: unknown) => request<{ code: string }>("POST", "/api/polls/import", file);
export const pollFile = (code: string) => request<PollFile>("GET", fileUrl(code));
export const deletePoll = (code: string) => request<void>("DELETE", `/api/polls/${code}`);
export const fileUrl = (code: string) => `/api/polls/${code}/poll.json`;
export const resultsUrl = (code: string) => `/api/polls/${code}/results.csv`;

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  try {
    return await attempt<T>(method, path, body);
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== "no_session") throw cause;
    await session.renew().catch(() => null);
    return attempt<T>(method, path, body);
  }
}

async function attempt<T>(method: string, path: string, body: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const { code, message } = (answer ?? {}) as { code?: string; message?: string };
  throw new ApiError(code ?? `http_${response.status}`, message ?? "", response.status);
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    await session.ready();
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.headers = { "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    return await fetch(path, init);
  } catch {
    throw new ApiError("offline", "", 0);
  }
}
