/** Moving an item of a list to another place. */

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const result = [...list];
  const [item] = result.splice(from, 1);
  if (item !== undefined) result.splice(Math.max(0, Math.min(to, result.length)), 0, item);
  return result;
}

/** The place an item dragged to the height `y` takes among rows with these middles. */
export function placeAt(y: number, middles: readonly number[], dragged: number): number {
  let place = 0;
  middles.forEach((middle, index) => {
    if (index !== dragged && y > middle) place += 1;
  });
  return place;
}
