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
  readonly created: string;
  readonly deadline: string;
  /** `pass` or `block`: what is decided then. */
  readonly on_timeout: string;
  readonly claimed: { readonly by: string; readonly name: string; readonly until: string } | null;
  readonly decided: { readonly by: string; readonly name: string; readonly time: string } | null;
}

export const reasonsOf = ({ findings }: Held): string =>
  [...new Set(findings.map(({ reason }) => reason))].join(', ');

/** What has become of whoever asked. */
export const CONNECTIONS: Readonly<Record<string, string>> = {
  held: 'waits for the answer',
  told: 'was told to come back',
  gone: 'has left',
  lost: 'lost the connection',
  delivered: 'has it',
};

export const DEFAULTS: Readonly<Record<string, string>> = {
  pass: 'then it passes',
  block: 'then it is blocked',
};

/** Whether a review is what the filters of the page ask for. */
export function fits(held: Held, filter: Readonly<Record<string, string>>): boolean {
  const { kind = '', q = '' } = filter;
  const words = [
    held.id,
    held.caller,
    held.name,
    held.team,
    held.model ?? '',
    ...held.findings.map(({ reason }) => reason),
  ];
  return (kind === '' || held.kind === kind) && words.some((word) => word.includes(q));
}
