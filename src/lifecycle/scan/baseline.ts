import Type from 'typebox';
import { isDay } from '../../base/day.ts';
import { SourceDocument } from '../../base/document.ts';
import { isReadWhole, type ScanResult } from '../../findings/result.ts';
import type { Pardon } from './policy.ts';

/** JSON is YAML, so a baseline is read, and its mistakes are shown, as the policy is. */
const Baseline = Type.Object(
  {
    kind: Type.Literal('gatehouse-baseline'),
    version: Type.Literal(1),
    until: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    findings: Type.Array(
      Type.Object(
        {
          fingerprint: Type.String({ pattern: '^[0-9a-f]{32}$' }),
          rule: Type.String(),
          path: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export interface Baselined {
  /** The document. */
  readonly text: string;
  /** Findings that are known now. */
  readonly known: number;
  /** Files that were not read whole: no baseline knows what is in them. */
  readonly unread: number;
}

/** What a scan has found, to be taken as known until a day: later scans fail for what is new. */
export function writeBaseline({ files }: ScanResult, until: string): Baselined {
  const findings = files.flatMap(({ findings: found }) =>
    found
      .filter(({ excuse }) => excuse?.by !== 'policy')
      .map(({ fingerprint, rule, place }) => ({ fingerprint, rule, path: place.path.join('!') })),
  );
  const document = { kind: 'gatehouse-baseline', version: 1, until, findings };
  return {
    text: `${JSON.stringify(document, null, 2)}\n`,
    known: findings.length,
    unread: files.filter((file) => file.excuse === undefined && !isReadWhole(file)).length,
  };
}

/** Throws `Problem('usage')` where it is none. After its day it excuses nothing. */
export function readBaseline(
  text: string,
  file: string,
  today: string,
): { pardons: Pardon[]; over: string[] } {
  const document = SourceDocument.read(text, file);
  const { until, findings } = document.require(Baseline);
  // What is no day would never be over.
  if (!isDay(until)) document.report(['until'], 'is no day of any calendar');
  document.finish();
  if (until < today) return { pardons: [], over: [`the baseline ${file} ended on ${until}`] };
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  const reason = `known since the baseline ${file} was made`;
  return {
    pardons: [
      {
        reason,
        until,
        name: `the baseline ${file}`,
        fits: ({ fingerprint }) => fingerprint !== undefined && known.has(fingerprint),
      },
    ],
    over: [],
  };
}
