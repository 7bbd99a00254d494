/** Seconds left until a moment of the server's clock, kept up to date. */
import { secondsUntil, type ServerClock } from "./clock";

/** Calls in a component's set-up; the getter is reactive and gives null when nothing runs. */
export function countdown(of: () => { clock: ServerClock; closesAt: number | null }) {
  let left = $state<number | null>(null);
  $effect(() => {
    const { clock, closesAt } = of();
    if (closesAt === null) {
      left = null;
      return;
    }
    const tick = () => (left = secondsUntil(closesAt, clock.now()));
    tick();
    const timer = setInterval(tick, 200);
    return () => clearInterval(timer);
  });
  return {
    get left() {
      return left;
    },
  };
}
