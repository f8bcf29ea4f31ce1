import type { ScanResult } from '../../../findings/result.ts';
import { sarif as scanSarif } from '../../../reports/sarif.ts';
import type { AttackResult } from '../result.ts';
import { ATTACK_RULES_BY_ID } from '../rules.ts';
import type { AttackReport } from './report.ts';

/** SARIF 2.1.0, as a scan writes it: the model is the file that the findings are of. */
export const sarif: AttackReport = {
  name: 'sarif',
  about: 'SARIF 2.1.0, for code hosts',
  write: (result) => scanSarif.write(asScan(result), { rules: ATTACK_RULES_BY_ID, colour: false }),
};

function asScan({ tool, verdict, model, findings }: AttackResult): ScanResult {
  const found = findings.length > 0 ? 'findings' : 'clean';
  const { name: path, size, sha256 } = model;
  // A server is no file: it is told as a place only.
  const parts = model.kind === 'onnx' ? [{ path: [path], formats: ['onnx'], size, ranges: [] }] : [];
  return {
    kind: 'gatehouse-scan',
    version: 1,
    tool,
    verdict: verdict === 'undecided' ? 'undecided' : found,
    files: [{ path, size, sha256, verdict: found, findings, parts, more: 0 }],
    left: [],
    notes: [],
  };
}
