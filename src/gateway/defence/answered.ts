import type { Caller } from '../../exchange/caller.ts';

/** Requests, and rows of all of them, that are remembered. */
const REQUESTS = 20_000;
const ROWS = 1_000_000;

interface Answer {
  readonly caller: string;
  readonly team: string;
  readonly labels: Uint32Array;
}

/** What was answered to the latest requests, until it is known what was right. The oldest are forgotten first. */
export class Answered {
  readonly #answers = new Map<string, Answer>();
  #rows = 0;

  /** @param labels the class of each row; of a request that is known, of those that follow */
  add(request: string, { id, team }: Pick<Caller, 'id' | 'team'>, labels: Uint32Array): void {
    const before = this.#answers.get(request)?.labels ?? [];
    this.#remove(request);
    const all = Uint32Array.from([...before, ...labels]);
    this.#answers.set(request, { caller: id, team, labels: all });
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
  take(request: string, by: Pick<Caller, 'id' | 'team'>, rows: number): Uint32Array | undefined {
    const answer = this.#answers.get(request);
    if (answer === undefined || answer.labels.length !== rows) return undefined;
    if (answer.caller !== by.id && (answer.team === '' || answer.team !== by.team)) return undefined;
    this.#remove(request);
    return answer.labels;
  }

  #remove(request: string): void {
    this.#rows -= this.#answers.get(request)?.labels.length ?? 0;
    this.#answers.delete(request);
  }
}
