import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Overdue } from './overdue.ts';

const PATIENCE = { checkpoint: 60_000, witness: 600_000 };
const MINUTE = 60_000;

suite('what nobody vouches for in time', () => {
  const looker = () => {
    const overdue = new Overdue();
    return (minute: number, size: number, signed: number, cosigned?: number) =>
      overdue
        .look(
          { size, signed, witnesses: cosigned === undefined ? [] : [{ name: 'w', cosigned }] },
          PATIENCE,
          minute * MINUTE,
        )
        .map(({ kind, entries, seconds }) => [kind, entries, seconds]);
  };

  test('entries that no checkpoint covers: told once an hour, and anew when it begins again', () => {
    const look = looker();
    assert.deepEqual(look(0, 5, 5), []);
    assert.deepEqual(look(100, 6, 5), []);
    assert.deepEqual(look(100.5, 7, 5), []);
    assert.deepEqual(look(101, 9, 5), [['ledger.unsigned', 4, 60]]);
    assert.deepEqual(look(120, 10, 5), []);
    assert.deepEqual(look(161, 12, 5), [['ledger.unsigned', 7, 61 * 60]]);
    assert.deepEqual(look(162, 12, 12), []);
    assert.deepEqual(look(163, 13, 12), []);
    assert.deepEqual(look(164, 13, 12), [['ledger.unsigned', 1, 60]]);
  });

  test('a busy ledger that is signed all the time is never late, though there is always something new', () => {
    const look = looker();
    for (let minute = 0; minute < 600; minute += 1)
      assert.deepEqual(look(minute, 100 * (minute + 1), 100 * minute), []);
  });

  test('a witness that stays where it is while others sign; one that lags behind is not silent', () => {
    const look = looker();
    assert.deepEqual(look(0, 5, 5, 0), []);
    assert.deepEqual(look(9, 9, 9, 0), []);
    assert.deepEqual(look(10, 9, 9, 0), [['witness.silent', 9, 600]]);
    assert.deepEqual(look(11, 20, 20, 9), []);
    assert.deepEqual(look(20, 30, 30, 19), []);
    assert.deepEqual(look(29, 40, 40, 29), []);
  });
});
