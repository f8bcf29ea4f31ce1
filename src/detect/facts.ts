/** What is known of an event under one name. */
export type Fact = string | number | boolean | readonly string[];
export type Facts = Readonly<Record<string, Fact>>;

/** Something that happened: an entry of the ledger, or what follows from several. */
export interface Event {
  /** Of the entry. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly facts: Facts;
}

export interface Field {
  readonly type: 'text' | 'texts' | 'number' | 'flag';
  /** For people who write rules. */
  readonly about: string;
}

const text = (about: string): Field => ({ type: 'text', about });
const texts = (about: string): Field => ({ type: 'texts', about });
const number = (about: string): Field => ({ type: 'number', about });
const flag = (about: string): Field => ({ type: 'flag', about });

/** Every name that a rule may use. A closing entry has those of its first entry too. */
export const FIELDS = {
  kind: text('kind of entry, or `request.unended`, `admin.unended`: begun, and its end was never written'),
  closed: flag('true: a request or an administrative act came to its end, however it did'),
  admin: flag('true: it was administrative'),
  outcome: text('`completed`, `refused`, `blocked`, `cut` or `failed`'),
  code: text('of the refusal'),
  caller: text('id of the caller'),
  name: text('of the caller'),
  team: text('of the caller'),
  credential: text('that the caller came with: a key’s id, `session:…`'),
  person: text('id of a person, of `person.*` and `session.*`'),
  model: text('that was asked for'),
  upstream: text('server that was asked'),
  operation: text('`openai.chat`, `callers.create`, …'),
  target: text('what an administrative act was about'),
  status: number('of the answer'),
  ms: number('how long it took'),
  input: number('tokens that were charged'),
  output: number('tokens that were charged'),
  cost: number('in dollars'),
  reason: texts('what guards found, each reason once; why somebody was refused'),
  blocked: texts('the reasons for which a guard blocked'),
  findings: number('of guards, all together'),
  guard: texts('guards that ran'),
  guard_failed: texts('guards that failed on some text'),
  guard_skipped: texts('guards that skipped some text'),
  unread: number('pieces that no guard could read, and that were let through'),
  peer: text('address that it came from'),
  network: text('the /24 or /48 of that address; none for this machine itself'),
  hour: number('of the day, 0 to 23, in UTC or `detections.time_zone`'),
  weekday: number('1 Monday to 7 Sunday, likewise'),
  clean: flag('of `system.start`: false where no `system.stop` came before it'),
  check: text('of `caller.suspect`: `repeats`, `invalid_requests`, `networks`, `strangers`'),
  action: text('of `caller.suspect`: `flag` or `block`'),
  count: number('of `caller.suspect`, `request.uncounted`'),
  budget: text('of `budget.alert`'),
  per: text('of `budget.alert`: whose budgets they are'),
  owner: text('of `budget.alert`: whose it is'),
  percent: number('of `budget.alert`: how much is spent'),
  state: text('of `route.breaker`'),
  act: text('of `system.model`'),
  monitor: text('of `monitor.alarm` and others'),
  what: text('of `monitor.drift`, `monitor.lost`'),
  witness: text('of `witness.silent`'),
  feed: text('of `feed.failed`, `feed.test`'),
  rule: text('of `detect.alert`'),
  level: text('of `detect.alert`'),
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

export const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

/** Kinds of entries with which something comes to its end: those that have `closed`. */
export const CLOSING: ReadonlySet<string> = new Set(
  ['request', 'admin'].flatMap((family) => ['end', 'refused', 'answered'].map((end) => `${family}.${end}`)),
);

/** Texts are cut here: the name of a model may be whatever a caller wrote. */
export const LONGEST = 200;

/** Fields by what they hold. */
export const fieldsOf = (type: Field['type']): readonly FieldName[] =>
  FIELD_NAMES.filter((name) => FIELDS[name].type === type);
