import { fingerprints } from '../../findings/fingerprint.ts';
import {
  type Excuse,
  type FileRead,
  isReadWhole,
  type JudgedFile,
  type JudgedFinding,
  type ScanResult,
  type Verdict,
  worst,
} from '../../findings/result.ts';
import { atLeast, type Severity } from '../../findings/severity.ts';
import type { Aim, Pardon, ScanPolicy } from './policy.ts';

/** Says what files come to under a policy: what counts, what is excused, and the verdict. */
export class Bench {
  readonly #policy: ScanPolicy;
  readonly #baseline: readonly Pardon[];
  readonly #used = new Set<Pardon>();

  constructor(policy: ScanPolicy, baseline: readonly Pardon[]) {
    this.#policy = policy;
    this.#baseline = baseline;
  }

  judge(file: FileRead): JudgedFile {
    const { path, sha256 } = file;
    const names = fingerprints(file.findings);
    const findings = file.findings.map((finding, i): JudgedFinding => {
      const fingerprint = names[i] ?? '';
      const excuse = this.#excuse({ path, sha256, rule: finding.rule, fingerprint });
      return { ...finding, fingerprint, ...(excuse && { excuse }) };
    });
    const isWhole = isReadWhole(file);
    const excuse = isWhole ? undefined : this.#pardon(this.#policy.unread, { path, sha256 }, 'policy');
    const verdict = this.#verdict(findings, isWhole || excuse !== undefined);
    return { ...file, findings, verdict, ...(excuse && { excuse }) };
  }

  result(
    version: string,
    files: readonly JudgedFile[],
    left: ScanResult['left'],
    over: readonly string[],
  ): ScanResult {
    const unused = this.#policy.findings
      .filter((pardon) => !this.#used.has(pardon))
      .map(({ name }) => `${name} met nothing`);
    return {
      kind: 'gatehouse-scan',
      version: 1,
      tool: { name: 'gatehouse', version },
      verdict: worst(files.map(({ verdict }) => verdict)),
      files: [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      left,
      notes: [...over, ...unused],
    };
  }

  #verdict(findings: readonly JudgedFinding[], isRead: boolean): Verdict {
    const counts = ({ severity, excuse }: { severity: Severity; excuse?: Excuse | undefined }) =>
      excuse === undefined && atLeast(severity, this.#policy.failOn);
    if (findings.some(counts)) return 'findings';
    return isRead ? 'clean' : 'undecided';
  }

  #excuse(aim: Aim): Excuse | undefined {
    return (
      this.#pardon(this.#policy.findings, aim, 'policy') ?? this.#pardon(this.#baseline, aim, 'baseline')
    );
  }

  #pardon(pardons: readonly Pardon[], aim: Aim, by: Excuse['by']): Excuse | undefined {
    const found = pardons.find(({ fits }) => fits(aim));
    if (found === undefined) return undefined;
    this.#used.add(found);
    return { by, reason: found.reason, until: found.until };
  }
}
