import type { Caller } from '../../exchange/caller.ts';

/** Requests, and rows of all of them, that are remembered. */
const REQUESTS = 20_000;
const ROWS = 1_000_000;

interface Answer {
  readonly caller: string;
  readonly team: string;
  readonly labels: Uint32Array;
  /** All of it by the model itself: what a decoy said tells nothing of the model. */
  readonly own: boolean;
}

/** What was answered to the latest requests, until it is known what was right. The oldest are forgotten first. */
export class Answered {
  readonly #answers = new Map<string, Answer>();
  #rows = 0;

  /**
   * @param labels the class of each row; of a request that is known, of those that follow
   * @param own not by a decoy, which is remembered all the same: that it is not would tell
   */
  add(request: string, { id, team }: Pick<Caller, 'id' | 'team'>, labels: Uint32Array, own = true): void {
    const { labels: before, own: ownBefore } = this.#answers.get(request) ?? { labels: [], own: true };
    this.#remove(request);
    const all = Uint32Array.from([...before, ...labels]);
    this.#answers.set(request, { caller: id, team, labels: all, own: own && ownBefore });
    this.#rows += all.length;
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= REQUESTS && this.#rows <= ROWS) break;
      this.#remove(oldest);
    }
  }

  /**
   * What was answered, once: to those who asked, or their team, and for as many rows. Undefined alike where there was no such
   * request, and where it is another's.
   */
  take(request: string, by: Pick<Caller, 'id' | 'team'>, rows: number): Answer | undefined {
    const answer = this.#answers.get(request);
    if (answer === undefined || answer.labels.length !== rows) return undefined;
    if (answer.caller !== by.id && (answer.team === '' || answer.team !== by.team)) return undefined;
    this.#remove(request);
    return answer;
  }

  #remove(request: string): void {
    this.#rows -= this.#answers.get(request)?.labels.length ?? 0;
    this.#answers.delete(request);
  }
}
