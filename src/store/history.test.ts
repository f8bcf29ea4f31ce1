import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from './database.ts';
import { History } from './history.ts';

function open() {
  let now = 1_000_000;
  const database = openDatabase(join(mkdtempSync(join(tmpdir(), 'gatehouse-')), 'store.db'));
  const pepper = createSecretKey(randomBytes(32));
  const history = new History(database, pepper, { now: () => now, tick: () => 0 });
  return {
    history,
    database,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('what was given to one caller is nobody else’s, and unknown ids are nobody’s', () => {
  const { history } = open();
  history.give('up', ['resp_1', 'msg_1'], 'clr_a');
  assert.ok(history.belongs('up', ['resp_1', 'msg_1'], 'clr_a'));
  assert.ok(!history.belongs('up', ['resp_1'], 'clr_b'));
  assert.ok(!history.belongs('up', ['resp_1', 'resp_2'], 'clr_a'));
  assert.ok(!history.belongs('other', ['resp_1'], 'clr_a'), 'another server has other answers');
  assert.ok(history.belongs('up', [], 'clr_b'));
});

test('an id that is said again stays with whom it was given first', () => {
  const { history } = open();
  history.give('up', ['resp_1'], 'clr_a');
  history.give('up', ['resp_1'], 'clr_b');
  assert.ok(history.belongs('up', ['resp_1'], 'clr_a'));
  assert.ok(!history.belongs('up', ['resp_1'], 'clr_b'));
});

test('it ends when model servers forget it, and no id stands in the file', () => {
  const { history, database, pass } = open();
  history.give('up', ['resp_1'], 'clr_a');
  const rows = JSON.stringify(database.prepare('SELECT hex(id) AS id, caller FROM history').all());
  assert.ok(!rows.includes('resp_1') && !rows.includes(Buffer.from('resp_1').toString('hex').toUpperCase()));
  pass(31 * 86_400_000);
  assert.ok(!history.belongs('up', ['resp_1'], 'clr_a'));
  history.give('up', ['resp_2'], 'clr_a');
  assert.equal(database.prepare('SELECT count(*) AS n FROM history').get()?.n, 1);
});
