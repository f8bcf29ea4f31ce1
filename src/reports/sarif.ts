import type { JudgedFile, JudgedFinding, ScanResult } from '../findings/result.ts';
import type { Rule } from '../findings/rule.ts';
import type { Severity } from '../findings/severity.ts';
import type { ReportKind, Surroundings } from './report.ts';
import { placeText, unreadOf } from './words.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'error',
  low: 'warning',
  note: 'note',
};
/** Code hosts sort by these numbers as if they were CVSS scores. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  note: '0.5',
};
/** What was not read is told as a result as well, for whoever looks at nothing else. */
const UNREAD = 'file.not-read';

/** SARIF 2.1.0 (OASIS), for code hosts. */
export const sarif: ReportKind = {
  name: 'sarif',
  about: 'SARIF 2.1.0, for code hosts',
  write: (result, surroundings) => `${JSON.stringify(logOf(result, surroundings), null, 2)}\n`,
};

function logOf(result: ScanResult, { rules }: Surroundings): object {
  const results = result.files.flatMap((file) => [
    ...file.findings.map((finding) => resultOf(finding, file)),
    ...(file.verdict === 'undecided' ? [notRead(file)] : []),
  ]);
  const used = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Gatehouse',
            version: result.tool.version,
            rules: used.map((id) => ruleOf(id, rules.get(id))),
          },
        },
        results: results.map((one) => ({ ...one, ruleIndex: used.indexOf(one.ruleId) })),
        artifacts: result.files.filter(wasMet).map(({ path, size, sha256 }) => ({
          location: { uri: uriOf(path), uriBaseId: 'SCANNED' },
          length: size,
          ...(sha256 !== undefined && { hashes: { 'sha-256': sha256 } }),
        })),
        originalUriBaseIds: { SCANNED: { description: { text: 'The folder that was scanned.' } } },
        columnKind: 'utf16CodeUnits',
        properties: { verdict: result.verdict },
      },
    ],
  };
}

/** A finding may be of a file that is not there. */
const wasMet = ({ parts }: JudgedFile): boolean => parts.length > 0;

function ruleOf(id: string, rule: Rule | undefined): object {
  if (rule === undefined)
    return { id, shortDescription: { text: id === UNREAD ? 'Something that was not read' : id } };
  const { title, about, advice, severity, cwe = [], owasp = [], atlas = [] } = rule;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: about },
    help: { text: advice },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      'security-severity': SCORES[severity],
      tags: ['security', ...cwe.map((one) => `external/cwe/${one.toLowerCase()}`), ...owasp, ...atlas],
    },
  };
}

function resultOf(
  { rule, severity, place, message, fingerprint, evidence, excuse }: JudgedFinding,
  file: JudgedFile,
) {
  return {
    ruleId: rule,
    level: LEVELS[severity],
    message: { text: message },
    locations: [locationOf(file, place.path, place.range)],
    partialFingerprints: { 'gatehouse/v1': fingerprint },
    ...(evidence !== undefined && { properties: { evidence } }),
    ...(excuse !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: excuse.reason }],
    }),
  };
}

function notRead(file: JudgedFile) {
  const [first] = unreadOf(file);
  const why = first?.why ?? 'it could not be read';
  return {
    ruleId: UNREAD,
    level: 'error',
    message: { text: `something in it was not read, so nobody knows what it does: ${why}` },
    locations: [locationOf(file, first?.path ?? [file.path], first)],
    partialFingerprints: { 'gatehouse/v1': `unread ${file.sha256 ?? file.path}` },
  };
}

/** Bytes are of the innermost part: of a member of an archive they say nothing about the file. */
function locationOf(
  { path: file }: JudgedFile,
  path: readonly string[],
  range: { readonly start: number; readonly end: number } | undefined,
): object {
  const isFile = path.length <= 1;
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file), uriBaseId: 'SCANNED' },
      ...(isFile &&
        range !== undefined && {
          region: { byteOffset: range.start, byteLength: range.end - range.start },
        }),
    },
    ...(!isFile && { logicalLocations: [{ fullyQualifiedName: placeText({ path }), kind: 'member' }] }),
  };
}

/** A relative reference (RFC 3986): every name as it is, whatever stands in it. */
const uriOf = (path: string): string =>
  path
    .split('/')
    .map((name) => encodeURIComponent(name.toWellFormed()))
    .join('/');
