/** CyberSim's own clients: games that both they and this page play. */
import { ApiError } from "../lib/api";
import { request } from "../lib/http";

/** Whether the server serves CyberSim's clients. */
export const hasClassic = async () => (await request<{ cybersim: boolean }>("GET", "/api/config")).cybersim;

/** The name by which they find an exercise, none while it is closed to them; undefined without them. */
export async function classicName(code: string): Promise<string | null | undefined> {
  try {
    return (await request<{ name: string | null }>("GET", `/api/exercises/${code}/classic`)).name;
  } catch (cause) {
    if (cause instanceof ApiError && cause.code === "no_classic") return undefined;
    throw cause;
  }
}

export const openToClassic = (code: string, name: string) =>
  request<void>("POST", `/api/exercises/${code}/classic`, { name });
export const closeToClassic = (code: string) => request<void>("DELETE", `/api/exercises/${code}/classic`);

/** The exercise of a name; whoever knows it becomes a facilitator, as with CyberSim. */
export const findClassic = (name: string) =>
  request<{ code: string }>("POST", "/api/exercises/classic", { name });
