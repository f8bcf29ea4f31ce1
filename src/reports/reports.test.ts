import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { ScanResult } from '../findings/result.ts';
import type { Rule } from '../findings/rule.ts';
import { REPORTS } from './index.ts';
import type { ReportKind } from './report.ts';

const require = createRequire(import.meta.url);

/** Names and words as an attacker would choose them. */
const EVIL = '<script>alert(1)</script>| [x](javascript:1) `\u001b[31m`';
const RULE: Rule = {
  id: 'pickle.dangerous-call',
  title: 'A call',
  severity: 'critical',
  about: 'About it.',
  advice: 'Do not load it.',
  cwe: ['CWE-502'],
  owasp: ['LLM03:2025'],
  atlas: ['AML.T0011.000'],
};
const RESULT: ScanResult = {
  kind: 'gatehouse-scan',
  version: 1,
  tool: { name: 'gatehouse', version: '1.2.3' },
  verdict: 'findings',
  files: [
    {
      path: `dir/${EVIL} %\ud800.pt`,
      size: 100,
      sha256: 'ab'.repeat(32),
      verdict: 'findings',
      findings: [
        {
          rule: RULE.id,
          severity: 'critical',
          place: { path: [`dir/${EVIL} %\ud800.pt`, 'archive/data.pkl'], range: { start: 2, end: 9 } },
          message: `calls os.system with ${EVIL}`,
          evidence: { call: 'os.system', argument: EVIL },
          fingerprint: '0'.repeat(32),
        },
        {
          rule: RULE.id,
          severity: 'low',
          place: { path: [`dir/${EVIL} %\ud800.pt`], range: { start: 2, end: 9 } },
          message: 'something known',
          fingerprint: '1'.repeat(32),
          excuse: { by: 'policy', reason: EVIL, until: '2027-01-01' },
        },
      ],
      parts: [
        {
          path: [`dir/${EVIL} %\ud800.pt`],
          formats: ['zip'],
          size: 100,
          ranges: [
            { as: 'parsed', start: 0, end: 90 },
            { as: 'unread', start: 90, end: 100, why: EVIL },
          ],
        },
      ],
      more: 0,
    },
    {
      path: 'b.bin',
      size: 5,
      verdict: 'undecided',
      findings: [],
      parts: [
        { path: ['b.bin'], formats: [], size: 5, ranges: [{ as: 'unread', start: 0, end: 5, why: 'x' }] },
      ],
      more: 0,
    },
    {
      path: 'c.txt',
      size: 5,
      verdict: 'clean',
      findings: [],
      parts: [{ path: ['c.txt'], formats: ['text'], size: 5, ranges: [{ as: 'parsed', start: 0, end: 5 }] }],
      more: 0,
    },
  ],
  left: [{ path: '.git', why: 'the history' }],
  notes: ['the suppression of x ended'],
};
const EMPTY: ScanResult = { ...RESULT, verdict: 'clean', files: [], left: [], notes: [] };

const kind = (name: string): ReportKind => {
  const found = REPORTS.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};
const written = (name: string, result = RESULT, colour = false): string =>
  kind(name).write(result, { rules: new Map([[RULE.id, RULE]]), colour });

test('the SARIF is valid by the schema of OASIS', () => {
  // Its draft 4 says `id`; what else it uses means the same in later drafts.
  const { $schema, id, ...schema } =
    require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<string, unknown>;
  assert.ok($schema !== undefined && id !== undefined);
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);
  for (const result of [RESULT, EMPTY]) {
    const log: unknown = JSON.parse(written('sarif', result));
    assert.ok(isValid(log), JSON.stringify(isValid.errors));
  }
});

test('the SARIF names files by references that cannot break out, and what is inside them by logical places', () => {
  const log = JSON.parse(written('sarif')) as {
    runs: [
      {
        results: {
          ruleId: string;
          ruleIndex: number;
          locations: {
            physicalLocation: { artifactLocation: { uri: string }; region?: object };
            logicalLocations?: unknown;
          }[];
          suppressions?: unknown;
        }[];
        tool: { driver: { rules: { id: string }[] } };
      },
    ];
  };
  const [{ results, tool }] = log.runs;
  assert.equal(results.length, 3);
  assert.match(
    results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? '',
    /^dir\/%3Cscript%3E[^ <>]*$/,
  );
  assert.equal(results[0]?.locations[0]?.physicalLocation.region, undefined);
  assert.ok(results[0]?.locations[0]?.logicalLocations);
  assert.deepEqual(results[1]?.locations[0]?.physicalLocation.region, { byteOffset: 2, byteLength: 7 });
  assert.ok(results[1]?.suppressions);
  assert.equal(results[2]?.ruleId, 'file.not-read');
  for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
});

test('the CycloneDX is valid by the official schema', () => {
  const folder = require
    .resolve('@cyclonedx/cyclonedx-library/package.json')
    .replace(/package\.json$/, 'res/schema/');
  const read = (name: string) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true);
  ajv.addSchema(
    read('jsf-0.82.SNAPSHOT.schema.json'),
    'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json',
  );
  ajv.addSchema(read('spdx.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  const isValid = ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'));
  for (const result of [RESULT, EMPTY]) {
    const bom: unknown = JSON.parse(written('cyclonedx', result));
    assert.ok(isValid(bom), JSON.stringify(isValid.errors?.slice(0, 5)));
  }
});

test('names and messages from files mean nothing in a report', () => {
  const page = written('html');
  assert.ok(!page.includes('<script'));
  assert.ok(page.includes('&#60;script&#62;'));
  const text = written('markdown');
  assert.ok(!/<script|\]\(javascript|[^\\]\|\s\[x\]/.test(text));
  for (const line of text.split('\n').filter((one) => one.startsWith('| ')))
    assert.equal(line.split('|').length, 7, line);
});

test('a name can neither steer the terminal nor write a line of the table', () => {
  const path = 'a\u001b[2K\r\nclean  b.pkl\u202e';
  const renamed = (place: readonly string[]) => [path, ...place.slice(1)];
  const files = RESULT.files.map((file) => ({
    ...file,
    path,
    findings: file.findings.map((one) => ({
      ...one,
      message: path,
      place: { path: renamed(one.place.path) },
    })),
    parts: file.parts.map((part) => ({ ...part, path: renamed(part.path) })),
  }));
  const text = written('table', { ...RESULT, files, left: [{ path, why: path }], notes: [path] });
  assert.doesNotMatch(text, /[\u001b\r\u202e]/);
  assert.doesNotMatch(text, /^clean {2}b\.pkl/m);
});

test('the table has colour only where it may', () => {
  assert.ok(!written('table').includes('\u001b'));
  assert.ok(written('table', RESULT, true).includes('\u001b[1;31m'));
  assert.match(
    written('table'),
    /do not load {2}dir\/.*\n {2}critical {2}pickle\.dangerous-call in archive\/data\.pkl, bytes 2 to 9/,
  );
  assert.match(written('table'), /not read: b\.bin, bytes 0 to 5: x/);
  assert.match(written('table'), /3 files: 1 do not load, 1 not decided, 1 clean\n$/);
});

test('the JSON is the result', () => {
  assert.deepEqual(JSON.parse(written('json', EMPTY)), EMPTY);
  for (const result of [RESULT, EMPTY])
    assert.equal(written('json', result), `${JSON.stringify(result, null, 2)}\n`);
});
