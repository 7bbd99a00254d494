/** A poll as one person sees it, live. */
import type { Action } from "../generated/Action";
import type { Changes } from "../generated/Changes";
import type { Join } from "../generated/Join";
import type { MyVotes } from "../generated/MyVotes";
import type { Role } from "../generated/Role";
import type { Tally } from "../generated/Tally";
import { type Problem, refusal } from "../lib/problem";
import { LiveRoom } from "../room/room.svelte";
import {
  applyChanges,
  applyTally,
  applyVotes,
  NOTHING,
  opened,
  type PollState,
  type Tallies,
  voided,
  type Votes,
  without,
} from "./state";

export class PollRoom extends LiveRoom<Action> {
  state: PollState = $state.raw(NOTHING);
  tallies: Tallies = $state.raw(new Map());
  people = $state(0);
  /** The person's votes as the server holds them. */
  votes: Votes = $state.raw(new Map());
  /** Votes on their way. */
  sending: Votes = $state.raw(new Map());
  /** Votes the server refused, by question. */
  refused: ReadonlyMap<number, Problem> = $state.raw(new Map());

  constructor(code: string, role: Role) {
    super("/poll", code, () => ({ code, as: role, since: this.state.offset }) satisfies Join);
    this.#listen();
  }

  /** Has the host's command done; null when it was done, else the reason why not. */
  async command(action: Action): Promise<Problem | null> {
    return refusal(await this.queue.submit(action));
  }

  async vote(question: number, choices: readonly number[]) {
    this.sending = new Map(this.sending).set(question, choices);
    this.refused = without(this.refused, [question]);
    const reply = await this.queue.submit(
      { do: "vote", question, choices: [...choices] },
      `vote ${question}`,
    );
    // A later vote on the same question has taken over.
    if (this.sending.get(question) !== choices) return;
    this.sending = without(this.sending, [question]);
    const problem = refusal(reply);
    if (problem) this.refused = new Map(this.refused).set(question, problem);
    else if (reply) this.votes = new Map(this.votes).set(question, choices);
  }

  /** The person lets the vote be, and what was refused is forgotten. */
  keep(question: number) {
    this.refused = without(this.refused, [question]);
  }

  #listen() {
    this.socket.on("changes", (changes: Changes) => {
      this.clock.learn(changes.now, changes.whole);
      const before = this.state;
      this.state = applyChanges(before, changes);
      const gone = voided(before, this.state);
      this.tallies = without(this.tallies, gone);
      this.votes = without(this.votes, gone);
      this.refused = without(this.refused, [...gone, ...opened(before, this.state)]);
    });
    this.socket.on("tally", (tally: Tally) => {
      this.people = tally.people;
      this.tallies = applyTally(this.tallies, tally);
    });
    this.socket.on("votes", (votes: MyVotes) => (this.votes = applyVotes(this.votes, votes)));
  }
}
