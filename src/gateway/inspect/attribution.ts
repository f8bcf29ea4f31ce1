import type { Run } from './run.ts';

/** A slot's place in its channel and the text cleared for it so far. */
export interface Placed {
  readonly start: number;
  readonly end: number;
  cleared: string;
}

/**
 * Gives cleared runs back to the slots they came from. A run belongs to the slot in which it starts, so a mask over
 * several slots stands in the first and leaves the others empty.
 * @returns the offset up to which the channel is settled.
 */
export function attribute(runs: readonly Run[], slots: readonly Placed[], settled: number): number {
  let at = 0;
  let upTo = settled;
  for (const run of runs) {
    while (at < slots.length - 1 && run.start >= (slots[at] as Placed).end) at++;
    let rest = run;
    // A verbatim run may reach over slots that were fed together; an atomic one stays whole.
    for (let slot = slots[at] as Placed; ; slot = slots[++at] as Placed) {
      if (rest.atomic || rest.end <= slot.end || at === slots.length - 1) {
        slot.cleared += rest.raw;
        break;
      }
      const length = slot.end - rest.start;
      slot.cleared += rest.raw.slice(0, length);
      rest = { ...rest, raw: rest.raw.slice(length), start: slot.end };
    }
    if (run.end > upTo) upTo = run.end;
  }
  return upTo;
}
