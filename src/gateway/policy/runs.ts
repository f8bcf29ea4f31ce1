import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Policy } from '../../policy/policy.ts';

export interface DryRunAsked {
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** Id of whoever asks. */
  readonly person: string;
  /** Sealed content of a team may be read: whoever asks may unseal it, and wants to. */
  readonly content: (team: string) => boolean;
}

/** How a dry run stands, and in the end what it came to. */
export interface Run {
  readonly id: string;
  readonly asked: DryRunAsked;
  state: 'running' | 'done' | 'cancelled' | 'failed';
  done: number;
  total: number;
  read: number;
  /** There were more than are looked at. */
  cut: boolean;
  result: JsonObject | undefined;
}

/** Dry runs of policies: one at a time; the last one is remembered. */
export class DryRuns {
  #run: Run | undefined;
  #stopping = new AbortController();
  #going: Promise<void> = Promise.resolve();

  /**
   * Throws `conflict` where one is running.
   * @param act resolves to what it came to; where it is told to stop, to what it came to so far. It tells of its own failures
   */
  start(asked: DryRunAsked, act: (run: Run, signal: AbortSignal) => Promise<JsonObject>): JsonObject {
    if (this.#run?.state === 'running')
      throw new Refusal('conflict', { hint: 'A dry run is going on: wait for it, or cancel it.' });
    const id = `dry_${randomBytes(9).toString('hex')}`;
    const run: Run = {
      id,
      asked,
      state: 'running',
      done: 0,
      total: 0,
      read: 0,
      cut: false,
      result: undefined,
    };
    this.#run = run;
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    this.#going = act(run, signal).then(
      (result) => {
        run.result = result;
        run.state = signal.aborted ? 'cancelled' : 'done';
      },
      () => {
        run.state = 'failed';
      },
    );
    return shown(run);
  }

  /** Throws `not_found` where there was none since the start. */
  get(): JsonObject {
    if (this.#run === undefined) throw new Refusal('not_found', { hint: 'There was no dry run.' });
    return shown(this.#run);
  }

  /** What was judged so far stays. Resolves when it has stopped. */
  async cancel(): Promise<JsonObject> {
    this.#stopping.abort();
    await this.#going;
    return this.get();
  }
}

const shown = ({ id, asked, state, done, total, read, cut, result }: Run): JsonObject => ({
  id,
  policy: asked.policy.hash,
  since: new Date(asked.since).toISOString(),
  until: new Date(asked.until).toISOString(),
  state,
  done,
  total,
  read,
  cut,
  result: result ?? null,
});
