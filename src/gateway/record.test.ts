import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { Receipt } from '../ledger/receipt.ts';
import { type Outcome, Record } from './record.ts';

const FACTS = { id: 'req_1', method: 'GET', peer: 'local', policy: 'hash' };

function recording() {
  const kinds: string[] = [];
  const book = {
    append: async (entry: { kind: string } & JsonObject) => {
      kinds.push(entry.kind);
      return Object.create(Receipt.prototype) as Receipt;
    },
  };
  return { kinds, record: new Record(book, () => 0, FACTS) };
}

test('one entry where nothing was begun, whose kind says how it went', async () => {
  const expected: [Outcome, string][] = [
    ['completed', 'answered'],
    ['refused', 'refused'],
    ['blocked', 'refused'],
    ['failed', 'refused'],
  ];
  for (const [outcome, verb] of expected) {
    const { kinds, record } = recording();
    await record.end(outcome, { status: 200 });
    assert.deepEqual(kinds, [`request.${verb}`]);
  }
  const { kinds, record } = recording();
  record.note({ admin: true });
  await record.end('completed', { status: 200 });
  assert.deepEqual(kinds, ['admin.answered']);
});

test('a begin and one end, however often the end is told', async () => {
  const { kinds, record } = recording();
  await record.begin();
  const first = record.end('cut', { status: 200 });
  assert.equal(record.end('completed', { status: 200 }), first);
  await first;
  assert.deepEqual(kinds, ['request.begin', 'request.end']);
});
