/** The HTTP contract of the server: rooms of every kind, and polls. */
import type { PollFile } from "../generated/PollFile";
import { request } from "./http";

export { ApiError, request } from "./http";

/** What a person may do in a room of any kind. */
export type RoomRole = "host" | "observer" | "projector" | "participant";

export type RoomInfo = { code: string; kind: string; title: string; role: RoomRole | null; ended: boolean };

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
export const makeKey = (code: string, role: Exclude<RoomRole, "participant">) =>
  request<{ role: RoomRole; key: string }>("POST", `/api/rooms/${code}/keys`, { role });
export const claim = (code: string, key: string) =>
  request<{ role: RoomRole }>("POST", `/api/rooms/${code}/claim`, { key });
export const polls = () => request<PollEntry[]>("GET", "/api/polls");
export const createPoll = (title: string) => request<{ code: string }>("POST", "/api/polls", { title });
export const importPoll = (file: unknown) => request<{ code: string }>("POST", "/api/polls/import", file);
export const pollFile = (code: string) => request<PollFile>("GET", fileUrl(code));
export const deletePoll = (code: string) => request<void>("DELETE", `/api/polls/${code}`);
export const fileUrl = (code: string) => `/api/polls/${code}/poll.json`;
export const resultsUrl = (code: string) => `/api/polls/${code}/results.csv`;
