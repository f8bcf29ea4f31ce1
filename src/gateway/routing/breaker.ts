import type { BreakerSettings } from '../../settings/model-route.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What an attempt says of its target; `neither` where it ended for other reasons. */
export type Verdict = 'fine' | 'failed' | 'neither';

/** Pieces that the window is counted in: it moves by a tenth of itself. */
const SLICES = 10;

interface Slice {
  readonly at: number;
  fine: number;
  failed: number;
}

/**
 * A circuit breaker (Nygard, “Release It!”). Closed, it counts; where the share of failures over the window is too
 * great, it opens, and nothing is asked. After a pause it is half-open: one attempt may try, and closes it or opens it
 * again. Times are milliseconds of a clock that only runs forward.
 */
export class Breaker {
  readonly #tick: () => number;
  readonly #changed: (state: BreakerState) => void;
  #slices: Slice[] = [];
  #state: BreakerState = 'closed';
  #openedAt = 0;
  #trying = false;

  constructor(tick: () => number, changed: (state: BreakerState) => void) {
    this.#tick = tick;
    this.#changed = changed;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Milliseconds until an attempt may be made: 0 now; infinite while another one is trying. */
  wait({ pause }: BreakerSettings): number {
    if (this.#state === 'closed') return 0;
    if (this.#trying) return Number.POSITIVE_INFINITY;
    return this.#state === 'open' ? Math.max(0, this.#openedAt + pause - this.#tick()) : 0;
  }

  /** An attempt begins, which `wait` has allowed. */
  begin(): void {
    if (this.#state === 'closed') return;
    this.#trying = true;
    this.#become('half-open');
  }

  /** It has ended. @param tried whether it began while the breaker was not closed */
  end(verdict: Verdict, tried: boolean, settings: BreakerSettings): void {
    if (tried) {
      this.#trying = false;
      if (verdict === 'fine') this.#close();
      else if (verdict === 'failed') this.#open();
      return;
    }
    // What began before it opened says nothing new.
    if (verdict === 'neither' || this.#state !== 'closed') return;
    const slices = this.#count(verdict, settings.window);
    const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
    const all = slices.reduce((sum, slice) => sum + slice.fine, failed);
    if (all >= settings.attempts && failed / all >= settings.failures) this.#open();
  }

  #count(verdict: 'fine' | 'failed', window: number): readonly Slice[] {
    const now = this.#tick();
    const width = window / SLICES;
    this.#slices = this.#slices.filter(({ at }) => at > now - window);
    let slice = this.#slices.at(-1);
    if (slice === undefined || now - slice.at >= width) {
      slice = { at: now, fine: 0, failed: 0 };
      this.#slices.push(slice);
    }
    slice[verdict] += 1;
    return this.#slices;
  }

  #open(): void {
    this.#openedAt = this.#tick();
    this.#slices = [];
    this.#become('open');
  }

  #close(): void {
    this.#slices = [];
    this.#become('closed');
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changed(state);
  }
}
