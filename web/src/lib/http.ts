/** Requests to the server: JSON both ways, as the guest that this browser is. */
import { session } from "./session";

/** A refusal of the server, with its stable code, or `offline` when it could not be reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** The whole answer, where a refusal says more than its code and words. */
  readonly answer: unknown;

  constructor(code: string, message: string, status: number, answer: unknown = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.answer = answer;
  }
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
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
  throw new ApiError(code ?? `http_${response.status}`, message ?? "", response.status, answer);
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
