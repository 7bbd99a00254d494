/** What the server knows of an exercise afterwards. */
import { request } from "../../lib/http";
import type { Review } from "./types";

const base = (code: string) => `/api/exercises/${code}`;

export const review = (code: string) => request<Review>("GET", `${base(code)}/review`);
export const reportUrl = (code: string) => `${base(code)}/review.html`;
export const eventsUrl = (code: string) => `${base(code)}/events.csv`;
export const logUrl = (code: string) => `${base(code)}/log.jsonl`;
