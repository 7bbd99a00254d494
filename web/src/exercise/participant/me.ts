/** Who a participant has said to be, here or in an earlier exercise. */
import type { BriefRole, PersonView, Place } from "../wire";

export interface Introduced {
  name: string;
  role: string | null;
  place: Place | null;
}

/** Where a role is played, when it is played at one place only. */
export function placeOf(roles: readonly BriefRole[], role: string | null): Place | null {
  const at = roles.find(({ id }) => id === role)?.at ?? "party";
  return at === "party" ? null : at;
}

/** The place that counts: the role's own, else the chosen one. */
export function settledPlace(roles: readonly BriefRole[], { role, place }: Introduced): Place | null {
  return placeOf(roles, role) ?? place;
}

/** Whether somebody has said enough to be shown what reaches them. */
export function isIntroduced(me: PersonView | undefined): me is PersonView {
  return me !== undefined && me.name !== "" && me.place !== null;
}

/** What a link says somebody plays, as far as it fits: `/j/CODE?role=R1`. */
export function invited(
  query: string,
  roles: readonly BriefRole[],
): Pick<Introduced, "role" | "place"> | null {
  const wanted = new URLSearchParams(query);
  const role = wanted.get("role");
  const place = wanted.get("place");
  const known = roles.some(({ id }) => id === role);
  if (!known && place !== "hq" && place !== "local") return null;
  return { role: known ? role : null, place: place === "hq" || place === "local" ? place : null };
}

/** What was remembered of an earlier visit, as far as it still fits. */
export function recalled(text: string | null, roles: readonly BriefRole[]): Introduced {
  const nothing: Introduced = { name: "", role: null, place: null };
  if (!text) return nothing;
  try {
    const { name, role, place } = JSON.parse(text) as Partial<Introduced>;
    return {
      name: typeof name === "string" ? name : "",
      role: roles.some(({ id }) => id === role) ? role! : null,
      place: place === "hq" || place === "local" ? place : null,
    };
  } catch {
    return nothing;
  }
}
