import type { Finding } from '../../findings/finding.ts';
import { fingerprints } from '../../findings/fingerprint.ts';
import type { JudgedFile, ScanResult, Verdict } from '../../findings/result.ts';
import type { Rule } from '../../findings/rule.ts';
import type { FileState, Objection, VerifyReport } from '../sign/verify-model.ts';
import { GATE_RULES } from './rules.ts';

/** Where the parts of a model are, as reports name them. */
export interface Places {
  readonly signature: string;
  readonly scan: string;
  /** Of a file, by its name in the signature. */
  readonly pathOf: (name: string) => string;
}

export const finding = ({ id, severity }: Rule, path: string, message: string): Finding => ({
  rule: id,
  severity,
  place: { path: [path] },
  message,
});

const OF_FILES: Readonly<Partial<Record<FileState, readonly [rule: Rule, message: string]>>> = {
  changed: [GATE_RULES.fileChanged, 'it is not as it was signed'],
  missing: [GATE_RULES.fileMissing, 'it was signed, and is not there'],
  unsigned: [GATE_RULES.fileUnsigned, 'nobody signed it'],
};

/** What verifying came to, as findings: one for the signature, one for the scan, and one for each file. */
export function objectionsIn({ objections, files }: VerifyReport, places: Places): Finding[] {
  const codes = new Set(objections.map(({ code }) => code));
  return [
    ...objections.flatMap((one) => ofModel(one, places)),
    ...files.flatMap(({ name, state, why }) => {
      const [rule, message] = OF_FILES[state] ?? [];
      // What the trust policy allows is no objection.
      if (rule === undefined || (state === 'unsigned' && !codes.has('unsigned_files'))) return [];
      return [finding(rule, places.pathOf(name), why === undefined ? `${message}` : `${message}: ${why}`)];
    }),
  ];
}

function ofModel({ code, message }: Objection, { signature, scan }: Places): Finding[] {
  // Of files there is one finding each.
  if (code === 'files' || code === 'unsigned_files') return [];
  return code === 'scan'
    ? [finding(GATE_RULES.scanMissing, scan, message)]
    : [finding(GATE_RULES.signature, signature, message)];
}

/** The result of a scan with more findings. Files that it did not meet are added, without anything read of them. */
export function withFindings(result: ScanResult, more: readonly Finding[], verdict: Verdict): ScanResult {
  const names = fingerprints(more);
  const byPath = Map.groupBy(
    more.map((one, i) => ({ ...one, fingerprint: names[i] ?? '' })),
    ({ place }) => place.path[0] ?? '.',
  );
  const met = result.files.map((file): JudgedFile => {
    const added = byPath.get(file.path);
    byPath.delete(file.path);
    if (added === undefined) return file;
    return { ...file, verdict: 'findings', findings: [...file.findings, ...added] };
  });
  const others = [...byPath].map(
    ([path, findings]): JudgedFile => ({ path, size: 0, verdict: 'findings', findings, parts: [], more: 0 }),
  );
  const files = [...met, ...others].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { ...result, verdict, files };
}
