/** The title of the page. */
export function titled(title: () => string) {
  $effect(() => {
    document.title = title() ? `${title()} · Chorus` : "Chorus";
  });
}
