import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Callers } from './callers.ts';
import { Frame } from './frame.ts';
import { Ranked } from './ranked.ts';
import { CALIBRATION, SECRET, sampler, scoresOf } from './testing.ts';

const frame = new Frame(CALIBRATION.outline, SECRET);
const start = (callers: number, quiet: number) => new Callers(CALIBRATION, frame, SECRET, { callers, quiet });

/** As much evidence as so many strange queries are. */
function suspect(callers: Callers, name: string, queries: number): void {
  const { standing } = callers.of(name);
  const hits = new Int8Array(16).fill(1);
  const reading = frame.read(sampler(1)(), scoresOf(sampler(1)()));
  for (let query = 0; query < queries; query++)
    standing.take(reading, hits, 1e5, { queries: 1e9, bits: 1e9 });
}

suite('callers', () => {
  test('a flood of fresh ones washes out no record, be there many records', () => {
    const callers = start(4, 60);
    for (let at = 0; at < 30; at++) suspect(callers, `attacker ${at}`, 10);
    for (let at = 0; at < 1000; at++) callers.of(`fresh ${at}`);
    assert.equal(callers.alarmed().length, 30);
    assert.equal([...callers.entries()].length, 64);
  });

  test('to look at a caller changes nothing', () => {
    const callers = start(2, 10);
    for (const name of ['one', 'two', 'three']) suspect(callers, name, 3);
    const kept = () => [...callers.entries()].map(({ caller, kind }) => `${caller} ${kind}`);
    const before = kept();
    assert.ok((callers.peek('one')?.standing.strength ?? 0) > 1);
    assert.ok((callers.peek('one')?.bytes ?? 1e9) < 2048);
    assert.equal(callers.peek('four'), undefined);
    callers.clear('four');
    assert.deepEqual(kept(), before);
    assert.deepEqual(before, ['one quiet', 'two full', 'three full']);
  });

  test('one that is quiet comes back with its evidence, and is cleared as others are', () => {
    const callers = start(1, 10);
    suspect(callers, 'one', 10);
    callers.of('two');
    assert.deepEqual(callers.alarmed(), ['one']);
    assert.ok(callers.of('one').standing.strength > 4);
    callers.of('two');
    callers.clear('one');
    assert.deepEqual(callers.alarmed(), []);
    assert.equal(callers.of('one').standing.strength, 0);
  });
});

suite('ranked records', () => {
  test('the least suspicious goes first, and of those the oldest', () => {
    const ranked = new Ranked<{ readonly strength: number }>();
    for (const [at, strength] of [3, 0.1, 99, 0.5, -2, 3.5].entries()) ranked.set(`${at}`, { strength });
    const names = () => [...ranked].map(([name]) => name);
    assert.deepEqual(names(), ['1', '3', '4', '0', '5', '2']);
    ranked.set('1', { strength: 0 });
    ranked.shrink(4);
    assert.deepEqual(names(), ['1', '0', '5', '2']);
    assert.deepEqual([ranked.get('2')?.strength, ranked.get('4'), ranked.has('4')], [99, undefined, false]);
    ranked.delete('0');
    assert.equal(ranked.size, 3);
  });
});
