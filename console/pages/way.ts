/** A finding as an entry of the ledger has it: where it was, and never what stood there. */
export interface Finding {
  readonly reason: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly action: string;
  readonly type?: string;
}

interface GuardBook {
  readonly ran?: number;
  readonly skipped?: readonly string[];
  readonly failed?: readonly string[];
  readonly findings?: readonly Finding[];
  readonly more?: number;
}

interface Inspected {
  readonly outcome?: string;
  readonly texts?: number;
  readonly chars?: number;
  readonly guards?: Readonly<Record<string, GuardBook>>;
  readonly not_inspected?: Readonly<Record<string, number>>;
}

/** As much of an entry about a request as its way is drawn from. */
export interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly time: string;
  readonly operation?: string;
  readonly policy?: string;
  readonly peer?: string;
  readonly caller?: {
    readonly id: string;
    readonly name: string;
    readonly team: string;
    readonly credential: string;
  };
  readonly model?: string;
  readonly upstream?: string;
  readonly as?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly status?: number;
  readonly attempts?: readonly {
    readonly upstream: string;
    readonly outcome: string;
    readonly status?: number;
    readonly ms: number;
  }[];
  readonly inspected?: Inspected;
  readonly reply_inspected?: Inspected;
  readonly ms?: number;
  /** What was sealed of it: ids and digests. `failed`: something could not be. */
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface Guard {
  readonly name: string;
  /** It failed, or was skipped on a part; else it ran. */
  readonly state: 'ran' | 'skipped' | 'failed';
  readonly texts: number;
  readonly why: readonly string[];
  readonly findings: readonly Finding[];
  readonly more: number;
}

export interface Step {
  readonly name: string;
  /** `stopped`: the request ended here. `not reached`: it ended before. */
  readonly state: 'passed' | 'stopped' | 'not reached';
  readonly facts: readonly string[];
  readonly guards: readonly Guard[];
}

/** The steps of the data path, in its order (`src/gateway/path.ts`). */
const STEPS = [
  'identify',
  'authorize',
  'limit',
  'inspect prompt',
  'route',
  'inspect reply',
  'record',
] as const;
type StepName = (typeof STEPS)[number];

/** At which step a request that was not forwarded ended, by the code of its refusal; what is not here ended at the model's. */
const STOPS: readonly (readonly [codes: RegExp, step: StepName])[] = [
  [/^(credential_|session_|caller_|certificate_|token_|origin_|host_|network_)/, 'identify'],
  [/^(quota_|budget_|rate_|concurrency_|too_many|tokens_|unpriced|cooling_down|suspended)/, 'limit'],
  [/^(prompt_|media_)/, 'inspect prompt'],
  [/^reply_/, 'inspect reply'],
  [/^(upstream_|target_|no_target|model_unavailable)/, 'route'],
];

/**
 * The way of a request, from its first entry and its last. Where one entry says everything (it was not forwarded), both are
 * the same.
 */
export function wayOf(first: Entry, last: Entry): Step[] {
  const caller = first.caller ?? last.caller;
  const forwarded = first.seq !== last.seq;
  const prompt = guardsOf(first.inspected);
  const reply = guardsOf(forwarded ? last.inspected : last.reply_inspected);
  const stop = stopOf(first, last);
  const at = stop === undefined ? STEPS.length : STEPS.indexOf(stop);
  const facts: Readonly<Record<StepName, readonly (string | undefined)[]>> = {
    identify: [caller?.name ?? 'nobody known', caller && `team ${caller.team}`, caller?.credential],
    authorize: [last.operation ?? first.operation, first.model && `model ${first.model}`],
    limit: [],
    'inspect prompt': sizes(first.inspected),
    route: [
      ...(last.attempts ?? []).map(
        ({ upstream, outcome, status, ms }) =>
          `${upstream}: ${outcome}${status ? ` ${status}` : ''}, ${Math.round(ms)} ms`,
      ),
      last.as === undefined ? undefined : `as ${last.as}`,
    ],
    'inspect reply': sizes(forwarded ? last.inspected : last.reply_inspected),
    record: [forwarded ? `entries ${first.seq} and ${last.seq}` : `entry ${last.seq}`],
  };
  return STEPS.map((name, index) => ({
    name,
    // Whatever happens is recorded.
    state: name === 'record' || index < at ? 'passed' : index === at ? 'stopped' : 'not reached',
    facts: [
      ...facts[name].filter((fact) => fact !== undefined && fact !== ''),
      ...(index === at && last.code !== undefined ? [last.code] : []),
    ] as string[],
    guards: name === 'inspect prompt' ? prompt : name === 'inspect reply' ? reply : [],
  }));
}

function stopOf(first: Entry, last: Entry): StepName | undefined {
  const { code } = last;
  if (code === undefined || last.outcome === 'completed') return undefined;
  if (code === 'guard_failed') return first.seq === last.seq ? 'inspect prompt' : 'inspect reply';
  const named = STOPS.find(([codes]) => codes.test(code))?.[1];
  return named ?? (first.seq === last.seq ? 'authorize' : 'route');
}

const sizes = (seen: Inspected | undefined): (string | undefined)[] =>
  seen === undefined
    ? []
    : [
        seen.outcome,
        `${seen.texts ?? 0} texts, ${seen.chars ?? 0} characters`,
        ...Object.entries(seen.not_inspected ?? {}).map(
          ([what, times]) => `not inspected: ${what} (${times})`,
        ),
      ];

const guardsOf = (seen: Inspected | undefined): Guard[] =>
  Object.entries(seen?.guards ?? {}).map(
    ([name, { ran = 0, skipped = [], failed = [], findings = [], more = 0 }]) => ({
      name,
      state: failed.length > 0 ? 'failed' : skipped.length > 0 ? 'skipped' : 'ran',
      texts: ran,
      why: [...new Set([...failed, ...skipped])],
      findings,
      more,
    }),
  );
