/** What waits for a person, or did, as `GET /admin/v1/reviews` tells of it. There may be kinds that this page has never heard of. */
export interface Held {
  readonly id: string;
  readonly request: string;
  readonly kind: string;
  readonly state: string;
  readonly caller: string;
  /** What people call the caller. */
  readonly name: string;
  readonly team: string;
  readonly model: string | null;
  readonly findings: readonly {
    readonly guard: string;
    readonly reason: string;
    readonly path?: string;
    readonly start?: number;
    readonly end?: number;
  }[];
  readonly connection: string;
  /** What it is about where that is no text: things by name (a model, an incident, a measure), with what is known of each. */
  readonly about: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  readonly created: string;
  readonly deadline: string;
  /** `pass` or `block`: what is decided then. */
  readonly on_timeout: string;
  readonly claimed: { readonly by: string; readonly name: string; readonly until: string } | null;
  readonly decided: { readonly by: string; readonly name: string; readonly time: string } | null;
}

/** In few words: what guards found, or what it is about. */
export function reasonsOf({ findings, about }: Held): string {
  if (about === null) return [...new Set(findings.map(({ reason }) => reason))].join(', ');
  return Object.values(about)
    .map((thing) => thing.title ?? thing.action ?? thing.name ?? thing.id)
    .filter((word) => typeof word === 'string')
    .join(': ');
}

/** What has become of whoever asked. */
export const CONNECTIONS: Readonly<Record<string, string>> = {
  held: 'waits for the answer',
  told: 'was told to come back',
  gone: 'has left',
  lost: 'lost the connection',
  delivered: 'has it',
};

const TEXT = { pass: 'it passes', block: 'it is blocked' };
/** What a decision comes to; of a kind that is not here, as for a text. */
const MEANS: Readonly<Record<string, typeof TEXT>> = {
  deployment: { pass: 'it is approved', block: 'it is revoked for good' },
  containment: { pass: 'the measure stays', block: 'the measure is undone' },
};

export const meaningOf = ({ kind }: Held, what: string): string =>
  (MEANS[kind] ?? TEXT)[what === 'pass' ? 'pass' : 'block'];

/** Whether a review is what the filters of the page ask for. */
export function fits(held: Held, filter: Readonly<Record<string, string>>): boolean {
  const { kind = '', q = '' } = filter;
  const words = [held.id, held.caller, held.name, held.team, held.model ?? '', reasonsOf(held)];
  return (kind === '' || held.kind === kind) && words.some((word) => word.includes(q));
}
