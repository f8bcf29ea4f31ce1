import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EntryBody } from './entry.ts';
import { ENTRY_BYTES, encodeBody, entryHead, parseEntry } from './entry.ts';
import { Malformed } from './malformed.ts';

const PREV = 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=';
const TIME = '2026-01-31T12:00:00.000Z';
const line = (text: string): Uint8Array => Buffer.from(text);

test('what is written is read, and is one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.nat(), (kind, value, seq) => {
      const body = { kind, value: JSON.parse(JSON.stringify(value)) };
      const text = entryHead(seq, TIME, PREV) + encodeBody(body);
      assert.ok(!text.includes('\n'));
      const entry = parseEntry(line(text));
      assert.deepEqual([entry.seq, entry.time, entry.prev], [seq, TIME, PREV]);
      assert.deepEqual(entry.fields.value, body.value);
      if (kind.isWellFormed()) assert.equal(entry.kind, kind);
    }),
  );
});

test('the kind comes first, wherever the body has it', () => {
  assert.equal(encodeBody({ model: 'm', kind: 'k' }), '"kind":"k","model":"m"}');
});

test('a body cannot set what the ledger sets, or lack a kind', () => {
  for (const name of ['v', 'seq', 'time', 'prev'])
    assert.throws(() => encodeBody({ kind: 'k', [name]: 1 }), TypeError);
  assert.throws(() => encodeBody({ model: 'm' } as unknown as EntryBody), TypeError);
  assert.throws(() => encodeBody({ kind: 'k', 7: 'a number comes before all names' }), TypeError);
});

test('what is not an entry is malformed', () => {
  const good = `${entryHead(5, TIME, PREV)}"kind":"k"}`;
  parseEntry(line(good));
  const bad = [
    '',
    '\0\0\0',
    '[]',
    good.slice(0, -1),
    ` ${good}`,
    `\ufeff${good}`,
    good.replace('"v":1', '"v":2'),
    good.replace('"seq":5', '"seq":05'),
    good.replace('"seq":5', '"seq":9007199254740993'),
    good.replace('"kind":"k"', '"kind":"k","kind":1'),
    good.replace('"kind":"k"', '"kind":"k","kind":"j"'),
    good.replace('"kind":"k"', '"kind":"k","time":"2027-01-01T00:00:00.000Z"'),
    good.replace('"kind":"k"', '"kind":"k","x":{"a":1,"a":2}'),
    good.replace('"kind":"k"', '"kind":"\\u006b"'),
    good.replace(PREV, PREV.replace('0=', '1=')),
    `${entryHead(5, TIME, PREV)}"kind":"${'k'.repeat(ENTRY_BYTES)}"}`,
  ];
  for (const text of bad) assert.throws(() => parseEntry(line(text)), Malformed, text.slice(0, 80));
  assert.throws(
    () => parseEntry(Buffer.concat([line(good.slice(0, -2)), Buffer.of(0xff), line('"}')])),
    Malformed,
  );
});
