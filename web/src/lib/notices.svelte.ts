/** Short words about what just happened, shown for a while. */

export type Notice = { id: number; tone: "good" | "bad"; text: string };

const SHOWN_FOR = { good: 3500, bad: 8000 };

class Notices {
  list: Notice[] = $state.raw([]);
  #last = 0;

  good(text: string) {
    this.#add("good", text);
  }

  bad(text: string) {
    this.#add("bad", text);
  }

  dismiss(id: number) {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(tone: Notice["tone"], text: string) {
    const id = ++this.#last;
    this.list = [...this.list.filter((notice) => notice.text !== text), { id, tone, text }];
    setTimeout(() => this.dismiss(id), SHOWN_FOR[tone]);
  }
}

export const notices = new Notices();
