import type { JudgedFile, JudgedFinding, ScanResult } from '../findings/result.ts';
import type { Severity } from '../findings/severity.ts';
import type { ReportKind, Surroundings } from './report.ts';
import { bytesOf, placeText, rangeText } from './words.ts';

/** CycloneDX 1.6: the files as components, what was found as vulnerabilities that affect them. */
export const cyclonedx: ReportKind = {
  name: 'cyclonedx',
  about: 'CycloneDX 1.6, files as components and findings as what affects them',
  write: (result, surroundings) => `${JSON.stringify(bomOf(result, surroundings), null, 2)}\n`,
};

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  note: 'info',
};

function bomOf(result: ScanResult, surroundings: Surroundings): object {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'Gatehouse', version: result.tool.version }] },
      properties: [{ name: 'gatehouse:scan:verdict', value: result.verdict }],
    },
    components: result.files.map(componentOf),
    vulnerabilities: result.files.flatMap((file) =>
      file.findings.map((finding) => vulnerabilityOf(finding, file, surroundings)),
    ),
  };
}

const refOf = ({ path }: JudgedFile): string => `file:${path}`;

function componentOf(file: JudgedFile): object {
  const { read, unread } = bytesOf(file);
  const formats = file.parts.find(({ path }) => path.length === 1)?.formats ?? [];
  return {
    type: 'file',
    'bom-ref': refOf(file),
    name: file.path,
    ...(file.sha256 !== undefined && { hashes: [{ alg: 'SHA-256', content: file.sha256 }] }),
    properties: [
      { name: 'gatehouse:scan:verdict', value: file.verdict },
      { name: 'gatehouse:scan:formats', value: formats.join(' ') || 'unknown' },
      { name: 'gatehouse:scan:bytes-read', value: String(read) },
      { name: 'gatehouse:scan:bytes-not-read', value: String(unread) },
    ],
  };
}

function vulnerabilityOf(
  { rule, severity, place, message, fingerprint, excuse }: JudgedFinding,
  file: JudgedFile,
  { rules }: Surroundings,
): object {
  const known = rules.get(rule);
  const cwes = (known?.cwe ?? []).map((cwe) => Number(cwe.slice('CWE-'.length)));
  return {
    'bom-ref': `finding:${file.path}:${fingerprint}`,
    id: rule,
    ratings: [{ severity: SEVERITY[severity], method: 'other' }],
    ...(cwes.length > 0 && { cwes }),
    description: `${message} (${placeText(place)}${rangeText(place.range)})`,
    ...(known !== undefined && { detail: known.about, recommendation: known.advice }),
    ...(excuse !== undefined && { analysis: { state: 'not_affected', detail: excuse.reason } }),
    affects: [{ ref: refOf(file) }],
  };
}
