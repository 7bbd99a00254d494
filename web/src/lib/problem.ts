/** Refusals in plain words: by their code where there are words, else the server's own message. */
import type { Reply } from "../generated/Reply";
import { ApiError } from "./api";
import { t } from "./language.svelte";
import { en, type MessageKey } from "../messages/en";

export type Problem = { code: string; message: string };

export function explain({ code, message }: Problem): string {
  const key = `problem.${code}`;
  const needy = code === "invalid" && !message;
  if (key in en && !needy) return t(key as MessageKey, { message });
  return message || t("problem.other");
}

/** What went wrong in a request. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof ApiError) return { code: cause.code, message: cause.message };
  return { code: "other", message: "" };
}

/** What went wrong in a command, or null when it was done. */
export function refusal(reply: Reply | null): Problem | null {
  return reply && "error" in reply ? reply.error : null;
}
