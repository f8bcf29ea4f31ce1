import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Book } from '../../lifecycle/scan/calls/book.ts';
import { scanFile } from '../../lifecycle/scan/scanner.ts';
import { Bytes, type Source } from '../source.ts';
import { pickle } from './index.ts';

const readers = { formats: [pickle], calls: new Book() };
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const scan = (content: string | Uint8Array) =>
  scanFile('x', new Bytes(typeof content === 'string' ? latin1(content) : content), readers);
const rules = async (content: string | Uint8Array) => [
  ...new Set((await scan(content)).findings.map(({ rule }) => rule)),
];

for (const { name, bytes, rules: expected = [] } of pickle.proof.catches) {
  test(`it catches ${name}`, async () => {
    const { findings, verdict } = await scan(bytes());
    assert.equal(verdict, 'findings');
    for (const rule of expected)
      assert.ok(
        findings.some((one) => one.rule === rule),
        rule,
      );
  });
}

for (const { name, bytes } of pickle.proof.passes) {
  test(`it passes ${name}, and has read all of it`, async () => {
    const { findings, verdict, parts } = await scan(bytes());
    assert.deepEqual(findings, []);
    assert.equal(verdict, 'clean');
    assert.deepEqual(
      parts[0]?.ranges.map(({ as }) => as),
      ['parsed'],
    );
  });
}

test('a finding says what is called, with what, and where', async () => {
  const { findings } = await scan(
    '\x80\x02csubprocess\nPopen\n(X\x02\x00\x00\x00shX\x02\x00\x00\x00-clK\x07\x86R.',
  );
  assert.deepEqual(findings, [
    {
      rule: 'pickle.dangerous-call',
      severity: 'critical',
      place: { path: ['x'], range: { start: 39, end: 40 } },
      message: "calls subprocess.Popen(['sh', '-c'], 7): it starts programs",
      evidence: { call: 'subprocess.Popen', arguments: "(['sh', '-c'], 7)" },
    },
  ]);
});

test('hostile text stands escaped in a finding', async () => {
  const { findings } = await scan('\x80\x02cos\nsystem\nX\x05\x00\x00\x00\x1b[2J\n\x85R.');
  assert.equal(findings[0]?.evidence?.arguments, "('\\u{1b}[2J\\u{a}')");
});

test('of a text, no beginning is taken for a pickle', async () => {
  for (const text of [
    'cat\ndog\nbird\n',
    'import os\nimport sys\n',
    '(c) 2026 Somebody\nAll rights reserved.\n',
    'I am a text.\n',
    `Copyright (c) Somebody\n\nAll rights reserved.\n\nMIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software.\n`,
    'Version 1\n. and more\n',
    '].forEach(x => x)\n',
    'None.\n',
    '{"a": 1}',
    'K.and more',
    'C1. Introduction\n',
  ]) {
    const { findings, parts } = await scan(text);
    assert.deepEqual(parts[0]?.formats, [], text);
    assert.ok(
      findings.every(({ rule }) => rule.startsWith('file.')),
      text,
    );
  }
});

test('of protocols that are none, nothing is said', () => {
  assert.equal(pickle.looks(new Bytes(latin1('\x80\x09K\x01.')), 'x.pkl'), 'maybe');
  assert.equal(pickle.looks(new Bytes(latin1('\x80\x04K\x01.')), 'readme.txt'), 'sure');
  assert.equal(pickle.looks(new Bytes(latin1('%PDF')), 'x.pkl'), false);
});

test('what breaks off is told up to there', async () => {
  const { parts, verdict } = await scan('\x80\x02K\x01\xff\x00\x00');
  assert.equal(verdict, 'findings');
  assert.deepEqual(
    parts[0]?.ranges.map(({ as, start, end }) => [as, start, end]),
    [
      ['parsed', 0, 4],
      ['unread', 4, 7],
    ],
  );
});

test('bytes that are loaded are read where they stand', async () => {
  const inner = "cos\nsystem\n(S'true'\ntR.";
  const { findings } = await scan(
    `\x80\x02ctorch.storage\n_load_from_bytes\nB${String.fromCharCode(inner.length)}\x00\x00\x00${inner}\x85R.`,
  );
  const [found] = findings;
  assert.equal(found?.rule, 'pickle.dangerous-call');
  assert.deepEqual(found?.place.path, ['x', 'bytes at 34']);
});

test('bytes that are an archive or a program are read as what they are', async () => {
  for (const head of ['PK\x03\x04', '\x7fELF']) {
    const content = Buffer.from(`${head}${'\0'.repeat(60)}`, 'latin1');
    const bytes = Buffer.concat([Buffer.from([0x80, 3, 0x43, content.length]), content, Buffer.from('.')]);
    const { parts } = await scan(bytes);
    assert.deepEqual(parts[1]?.path.at(-1), 'bytes at 2');
  }
});

test('millions of nothing cost little', async () => {
  const endless = (body: string, count: number): Source => {
    const unit = latin1(body);
    const size = 2 + unit.length * count + 1;
    return {
      size,
      read: (at, length) => {
        const out = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
        for (let i = 0; i < out.length; i++) {
          const k = at + i - 2;
          out[i] =
            k < 0
              ? ([0x80, 4][at + i] as number)
              : k < unit.length * count
                ? (unit[k % unit.length] as number)
                : 0x2e;
        }
        return out;
      },
    };
  };
  for (const [body, count] of [
    [']\x94', 3_000_000],
    ['(', 2_000_000],
    ['N', 3_000_000],
  ] as const) {
    const { findings } = await scanFile('x', endless(body, count), readers);
    assert.ok(
      findings.some(({ rule }) => rule === 'pickle.bounds'),
      body,
    );
  }
  const { findings, verdict } = await scanFile('x', endless(']\x940', 1_000_000), readers);
  assert.deepEqual([verdict, findings.map(({ rule }) => rule)], ['findings', ['pickle.broken']]);
});

test('a thousand thousand names are not looked up', async () => {
  let text = '\x80\x04';
  for (let i = 0; i < 21_000; i++) text += `ca${i}\nb\n0`;
  assert.ok((await rules(`${text}N.`)).includes('pickle.bounds'));
});

test('whatever the bytes, it ends, and every byte is told of', async () => {
  const seeds = [...pickle.proof.catches, ...pickle.proof.passes].map(({ bytes }) => Buffer.from(bytes()));
  const change = fc.record({ at: fc.nat(200), byte: fc.nat(255), cut: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }), async (seed, changes) => {
      let bytes = Buffer.from(seed);
      for (const { at, byte, cut } of changes) {
        if (cut) bytes = bytes.subarray(0, Math.max(1, at % bytes.length));
        else bytes[at % bytes.length] = byte;
      }
      const { findings, parts } = await scan(bytes);
      assert.ok(findings.every(({ rule }) => rule !== 'file.reader-failed'));
      let at = 0;
      for (const { start, end } of parts[0]?.ranges ?? []) {
        assert.equal(start, at);
        at = end;
      }
      assert.equal(at, bytes.length);
    }),
    { numRuns: 500 },
  );
});
