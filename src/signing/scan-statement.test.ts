import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Json } from '../base/json.ts';
import type { ScanResult } from '../findings/result.ts';
import { makeManifest, writeManifest } from './manifest.ts';
import { checkScan, MODEL_SCAN, readScan, writeScan } from './scan-statement.ts';
import { changed } from './testing.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const manifest = makeManifest({
  name: 'model',
  hash: 'sha256',
  shardSize: undefined,
  allowSymlinks: false,
  ignored: [],
  resources: [{ name: 'weights.pt', digest: digest('w') }],
});
const payload = writeManifest(manifest);
const NOW = Date.parse('2026-11-21T12:00:00Z');

const result: ScanResult = {
  kind: 'gatehouse-scan',
  version: 1,
  tool: { name: 'gatehouse', version: '0.1.0' },
  verdict: 'clean',
  files: [
    {
      path: 'weights.pt',
      size: 10,
      sha256: digest('w'),
      verdict: 'clean',
      findings: [
        {
          rule: 'x.note',
          severity: 'note',
          place: { path: ['weights.pt', 'data.pkl'], range: { start: 1, end: 2 } },
          message: 'something small',
          fingerprint: 'ab'.repeat(16),
        },
      ],
      parts: [
        {
          path: ['weights.pt'],
          formats: ['torch'],
          size: 10,
          ranges: [
            { as: 'parsed', start: 0, end: 4 },
            { as: 'data', start: 4, end: 9 },
            { as: 'unread', start: 9, end: 10, why: 'padding' },
          ],
        },
      ],
      more: 3,
    },
  ],
  left: [{ path: '.git', why: 'history' }],
  notes: [],
};

const written = (scanned: Parameters<typeof writeScan>[2] = { result }): Json =>
  JSON.parse(writeScan(manifest, payload, scanned, NOW).toString()) as Json;
const read = (value: Json) => readScan(Buffer.from(JSON.stringify(value)), manifest, payload);

test('a statement says of each file what was read, what was not, and what was found', () => {
  assert.deepEqual(written(), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: manifest.root } }],
    predicateType: MODEL_SCAN,
    predicate: {
      time: '2026-11-21T12:00:00.000Z',
      statement: {
        predicateType: 'https://model_signing/signature/v1.0',
        digest: { sha256: createHash('sha256').update(payload).digest('hex') },
      },
      verdict: 'clean',
      scanner: { name: 'gatehouse', version: '0.1.0' },
      files: [
        {
          path: 'weights.pt',
          size: 10,
          sha256: digest('w'),
          verdict: 'clean',
          bytes: { parsed: 4, data: 5, unread: 1 },
          parts: [
            {
              path: ['weights.pt'],
              formats: ['torch'],
              size: 10,
              unread: [{ start: 9, end: 10, why: 'padding' }],
            },
          ],
          more: 3,
          findings: [
            {
              rule: 'x.note',
              severity: 'note',
              path: ['weights.pt', 'data.pkl'],
              range: { start: 1, end: 2 },
              message: 'something small',
              fingerprint: 'ab'.repeat(16),
            },
          ],
        },
      ],
      left: [{ path: '.git', why: 'history' }],
    },
  });
  const scan = read(written());
  assert.deepEqual([scan.verdict, scan.scanner, scan.time], ['clean', 'gatehouse 0.1.0', NOW]);
  assert.deepEqual(scan.bytes, { parsed: 4, data: 5, unread: 1 });
  checkScan(scan, manifest);
});

test('a scan of another model, or of another state of it, is none of this one', () => {
  const other = digest('other');
  for (const path of [
    ['subject', 0, 'digest', 'sha256'],
    ['predicate', 'statement', 'digest', 'sha256'],
  ])
    assert.throws(() => read(changed(written(), path, () => other)), /of another model/);
  assert.throws(
    () => read(changed(written(), ['predicateType'], () => 'https://slsa.dev/provenance/v1')),
    /no statement on a scan/,
  );
  const elsewhere = changed(written(), ['predicate', 'files', 0, 'sha256'], () => other);
  assert.throws(() => checkScan(read(elsewhere), manifest), /in another state/);
  const nothing = changed(written(), ['predicate', 'files'], () => []);
  assert.throws(() => checkScan(read(nothing), manifest), /was not scanned/);
});

test('skipped, and every verdict but clean, does not do', () => {
  assert.throws(() => checkScan(read(written({ skipped: 'in a hurry' })), manifest), /without a scan/);
  for (const verdict of ['findings', 'undecided'] as const)
    assert.throws(
      () => checkScan(read(written({ result: { ...result, verdict } })), manifest),
      new RegExp(verdict),
    );
  assert.throws(
    () => read(changed(written(), ['predicate', 'verdict'], () => 'splendid')),
    /none that is known/,
  );
});
