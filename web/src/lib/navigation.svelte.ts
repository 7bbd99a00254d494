/** The router: the present route, and ways to another one. */
import { parseRoute, type Route } from "./route";

class Navigation {
  route: Route = $state.raw(parseRoute(location.pathname));
  /** Counts the routes shown, so that the first one does not steal the focus. */
  visits = $state(0);

  constructor() {
    addEventListener("popstate", () => this.#show());
    document.addEventListener("click", (event) => this.#follow(event));
  }

  to(path: string) {
    history.pushState(null, "", path);
    this.#show();
    scrollTo(0, 0);
  }

  #show() {
    this.route = parseRoute(location.pathname);
    this.visits += 1;
  }

  #follow(event: MouseEvent) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link?.href || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
    if (url.pathname === location.pathname && url.hash) return;
    event.preventDefault();
    this.to(url.pathname + url.search + url.hash);
  }
}

export const navigation = new Navigation();
