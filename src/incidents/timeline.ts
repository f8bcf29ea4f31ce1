import type { Recorded } from './fact.ts';
import { describe } from './measure.ts';

/** One line of what happened. Made of entries, so nobody writes it and nobody can forget a part. */
export interface Moment {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: string;
  /** Who did it. */
  readonly by: string;
  /** In words. */
  readonly what: string;
}

/** Lines of one timeline: of more, the last. */
export const MOST_MOMENTS = 1000;

/**
 * All of it in the order of the ledger, each entry once.
 * @param nearby what other entries tell of the callers and models that it is about
 */
export function timelineOf(facts: readonly Recorded[], nearby: readonly Moment[]): Moment[] {
  const own = facts.map((recorded) => ({
    seq: recorded.seq,
    time: recorded.time,
    kind: `incident.${recorded.fact.act}`,
    by: recorded.by.name,
    what: wordsFor(recorded),
  }));
  const seen = new Set(own.map(({ seq }) => seq));
  const all = [...own, ...nearby.filter(({ seq }) => !seen.has(seq) && seen.add(seq))];
  return all.sort((a, b) => a.seq - b.seq).slice(-MOST_MOMENTS);
}

const CAME_TO = {
  contain: ['in force', 'could not be done'],
  undo: ['no longer in force', 'could not be undone'],
} as const;

function wordsFor({ fact }: Recorded): string {
  switch (fact.act) {
    case 'opened':
      return `opened: ${fact.severity}${fact.rule === undefined ? '' : `, by the rule ${fact.rule}`}`;
    case 'changed':
      return `changed: ${Object.keys(fact)
        .filter((name) => name !== 'act')
        .join(', ')}`;
    case 'moved':
      return fact.resolution === undefined ? `moved to ${fact.to}` : `closed: ${fact.resolution}`;
    case 'linked':
    case 'unlinked':
      return `${fact.act}: ${counted(fact.exchanges.length, 'exchange')}, ${counted(fact.callers.length, 'caller')}, ${counted(fact.models.length, 'model')}, ${counted(fact.detections.length, 'alert')}`;
    case 'commented':
      return 'commented';
    case 'step':
      return `${fact.done ? 'done' : 'not done after all'}: step ${fact.step}`;
    case 'evidence':
      return `locked ${counted(fact.locked.entries.length, 'entry', 'entries')} and ${counted(fact.locked.files.length, 'file')} as evidence`;
    case 'contained':
      return `measure ${fact.measure}: ${describe(fact)}`;
    case 'undone':
      return `measure ${fact.measure} is undone${fact.why === undefined ? '' : ', its time is over'}`;
    case 'acted':
      return `measure ${fact.measure}: ${CAME_TO[fact.of][fact.ok ? 0 : 1]}`;
  }
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
