import type { Level } from './level.ts';

/** What a notice says of a kind of entry. */
export interface KindSays {
  readonly title: string;
  /** Where the entry names no severity. */
  readonly level: Level;
  /** It is for people who have to know now. */
  readonly alert: boolean;
  /** Facts by which notices are about one and the same trouble. */
  readonly about?: readonly string[];
  /** The trouble is over where this fact has one of these values. */
  readonly over?: { readonly fact: string; readonly values: readonly string[] };
}

const alert = (title: string, level: Level, more: Partial<KindSays> = {}): KindSays => ({
  title,
  level,
  alert: true,
  ...more,
});
const told = (title: string, level: Level = 'informational'): KindSays => ({ title, level, alert: false });

/** By kind, or by its beginning (`incident.`). The longest that fits is taken. */
const KINDS: Readonly<Record<string, KindSays>> = {
  'detect.alert': alert('Something was detected over time', 'medium', { about: ['rule', 'caller', 'model'] }),
  'monitor.alarm': alert('A monitor of a model raised its alarm', 'high', {
    about: ['monitor', 'model', 'caller'],
  }),
  'budget.alert': alert('A budget is spent to one of its alerts', 'medium', {
    about: ['budget', 'per', 'owner'],
  }),
  'caller.suspect': alert('A caller behaves as it should not', 'medium', {
    about: ['check', 'caller', 'network'],
  }),
  'route.breaker': alert('A circuit breaker of a target changed', 'medium', {
    about: ['target'],
    over: { fact: 'state', values: ['closed'] },
  }),
  'witness.conflict': alert('A witness contradicts the ledger', 'critical', { about: ['witness'] }),
  'ledger.': alert('Something is wrong with the ledger', 'high', { about: ['check'] }),
  'ledger.unsigned': alert('Entries of the ledger have no checkpoint', 'high'),
  'witness.silent': alert('A witness cosigns nothing any more', 'medium', { about: ['witness'] }),
  'ledger.archived': told('Old segments of the ledger were archived'),
  'incident.': alert('An incident changed', 'medium', { about: ['incident'] }),
  'incident.opened': alert('An incident was opened', 'high', { about: ['incident'] }),
  'incident.closed': alert('An incident was closed', 'informational', {
    about: ['incident'],
    over: { fact: 'kind', values: ['incident.closed'] },
  }),
  'feed.failed': alert('A feed cannot deliver', 'medium', { about: ['feed'] }),
  'feed.content': told('Held text went out by a feed'),
  'feed.test': told('A test of a feed'),
  'request.begin': told('A request is about to be forwarded'),
  'request.end': told('A request ended'),
  'request.refused': told('A request was refused', 'low'),
  'request.answered': told('The gateway answered by itself'),
  'request.uncounted': told('Requests of strangers were counted'),
  'admin.begin': told('An administrative act is about to be done'),
  'admin.end': told('An administrative act ended'),
  'admin.answered': told('Something was looked at over the admin API'),
  'admin.refused': told('An administrative act was refused', 'low'),
  'admin.first_run': told('The first callers were made'),
  'content.': told('Sealed content changed'),
  'person.': told('Something about a person changed'),
  'person.signed_in': told('A person signed in'),
  'person.sign_in_refused': told('A sign-in was refused', 'low'),
  'person.fresh_factor': told('A person showed a factor again'),
  'session.': told('A session began or ended'),
  'review.held': alert('Something waits for a person to decide on it', 'medium', { about: ['review'] }),
  'review.decided': alert('It was decided on what waited', 'informational', {
    about: ['review'],
    over: { fact: 'kind', values: ['review.decided'] },
  }),
  'review.': told('Something about a review'),
  'system.start': told('The gateway started'),
  'system.stop': told('The gateway stopped'),
  'system.reload': told('The configuration was reloaded'),
  'system.': told('Something about the gateway changed'),
};

const OTHER: KindSays = told('An entry of the ledger');

const BEGINNINGS = Object.keys(KINDS)
  .filter((name) => name.endsWith('.'))
  .sort((a, b) => b.length - a.length);

export function saysOf(kind: string): KindSays {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind] ?? OTHER;
  const begins = BEGINNINGS.find((name) => kind.startsWith(name));
  return (begins === undefined ? undefined : KINDS[begins]) ?? OTHER;
}
