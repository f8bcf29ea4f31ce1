import Type, { type Static } from 'typebox';
import { isDay } from '../../base/day.ts';
import { SourceDocument } from '../../base/document.ts';
import { glob } from '../../base/glob.ts';
import { SEVERITIES, type Severity } from '../../findings/severity.ts';

const closed = { additionalProperties: false } as const;

const reason = Type.String({
  minLength: 3,
  maxLength: 1_000,
  description: 'Why: whoever reads this in a year wants to know.',
});
const until = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'The last day on which it holds, UTC: 2027-01-31. Afterwards it counts as not written.',
});
const path = Type.String({
  minLength: 1,
  maxLength: 4_096,
  description: 'Files, as the report names them; * is any run of characters, slashes too. Default: all.',
});
const sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'The file with this digest, and no other.',
});

const Call = Type.Object(
  {
    call: Type.String({
      pattern: '^[\\p{L}_][\\p{L}\\p{N}_]*(?:\\.[\\p{L}_][\\p{L}\\p{N}_]*)+$',
      maxLength: 500,
      description:
        'One function or class by its full name, my_package.models.Net. No patterns: nothing is harmless by its module.',
    }),
    verdict: Type.Enum(['allowed', 'dangerous']),
    reason,
    until: Type.Optional(until),
  },
  closed,
);

const Suppression = Type.Object(
  {
    rule: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Id of a rule; gatehouse scan rules lists them.',
    }),
    path: Type.Optional(path),
    sha256: Type.Optional(sha256),
    fingerprint: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{32}$', description: 'This finding and no other.' }),
    ),
    reason,
    until,
  },
  closed,
);

const Unread = Type.Object(
  { path: Type.Optional(path), sha256: Type.Optional(sha256), reason, until },
  { ...closed, description: 'Files that may stay unread, or be of formats that nobody knows.' },
);

export const scanPolicySchema = Type.Object(
  {
    version: Type.Literal(1),
    fail_on: Type.Optional(
      Type.Enum([...SEVERITIES], {
        description: 'Findings of this severity or worse fail a scan. Default: medium.',
      }),
    ),
    calls: Type.Optional(
      Type.Array(Call, { maxItems: 10_000, description: 'Functions and classes that files may call.' }),
    ),
    suppress: Type.Optional(
      Type.Array(Suppression, { maxItems: 10_000, description: 'Findings that do not count.' }),
    ),
    unread: Type.Optional(Type.Array(Unread, { maxItems: 10_000 })),
  },
  { ...closed, title: 'Gatehouse scan policy' },
);

type Written = Static<typeof scanPolicySchema>;
export type CallEntry = Static<typeof Call>;

/** What a file or a finding must be for an entry to speak of it. */
export interface Aim {
  readonly path: string;
  readonly sha256: string | undefined;
  readonly rule?: string;
  readonly fingerprint?: string;
}

/** An entry that excuses something. */
export interface Pardon {
  readonly reason: string;
  readonly until: string;
  /** The entry, as it is named where it met nothing. */
  readonly name: string;
  readonly fits: (aim: Aim) => boolean;
}

/** What the owner of models allows, with reasons, for a time. Entries whose day is over are not in it. */
export interface ScanPolicy {
  readonly failOn: Severity;
  readonly calls: readonly CallEntry[];
  readonly findings: readonly Pardon[];
  readonly unread: readonly Pardon[];
  /** Entries whose day is over, for people. */
  readonly over: readonly string[];
}

/**
 * Reads a policy. Throws `Problem('usage')` with everything that is wrong in it, and where.
 * @param today `2026-11-21`, UTC
 * @param rules ids that there are
 */
export function readScanPolicy(
  text: string,
  file: string,
  today: string,
  rules: ReadonlySet<string>,
): ScanPolicy {
  const document = SourceDocument.read(text, file);
  const written = document.require(scanPolicySchema);
  for (const [index, { rule }] of (written.suppress ?? []).entries())
    if (!rules.has(rule)) document.report(['suppress', index, 'rule'], `there is no rule ${rule}`);
  for (const [list, entries] of [
    ['calls', written.calls ?? []],
    ['suppress', written.suppress ?? []],
    ['unread', written.unread ?? []],
  ] as const)
    for (const [index, { until: day }] of entries.entries())
      if (day !== undefined && !isDay(day))
        document.report([list, index, 'until'], 'is no day of any calendar');
  for (const [index, { path: pattern, sha256: digest }] of (written.unread ?? []).entries())
    if (pattern === undefined && digest === undefined)
      document.report(['unread', index], 'must have “path” or “sha256”: else any file might stay unread');
  document.finish();
  return inForce(written, today);
}

function inForce(
  { fail_on = 'medium', calls = [], suppress = [], unread = [] }: Written,
  today: string,
): ScanPolicy {
  const holds = ({ until: day }: { readonly until?: string }) => day === undefined || today <= day;
  const over = [
    ...calls
      .filter((one) => !holds(one))
      .map(({ call, until: day }) => `the entry for ${call} ended on ${day}`),
    ...suppress
      .filter((one) => !holds(one))
      .map(({ rule, until: day }) => `the suppression of ${rule} ended on ${day}`),
    ...unread
      .filter((one) => !holds(one))
      .map((one) => `the permission not to read ${one.path ?? one.sha256 ?? 'files'} ended on ${one.until}`),
  ];
  return {
    failOn: fail_on,
    calls: calls.filter(holds),
    findings: suppress.filter(holds).map((one) => pardon(one, `the suppression of ${one.rule}`)),
    unread: unread
      .filter(holds)
      .map((one) => pardon(one, `the permission not to read ${one.path ?? one.sha256 ?? 'files'}`)),
    over,
  };
}

interface Entry {
  readonly rule?: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly fingerprint?: string;
  readonly reason: string;
  readonly until: string;
}

function pardon(
  { rule, path: pattern, sha256: digest, fingerprint, reason: why, until: day }: Entry,
  name: string,
): Pardon {
  const isThere = pattern === undefined ? () => true : glob(pattern);
  return {
    reason: why,
    until: day,
    name,
    fits: (aim) =>
      (rule === undefined || rule === aim.rule) &&
      (fingerprint === undefined || fingerprint === aim.fingerprint) &&
      (digest === undefined || digest === aim.sha256) &&
      isThere(aim.path),
  };
}
