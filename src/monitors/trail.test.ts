import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Trail } from './trail.ts';

const linked = (trail: Trail, caller: number, other: number, at: number, evidence = 100) =>
  trail.note({ caller: `caller ${caller}`, tag: caller, other, at, evidence });

suite('a trail', () => {
  test('names those of a group, and not who was near to somebody once', () => {
    const trail = new Trail();
    linked(trail, 50, 51, 1);
    for (const [at, [caller, other]] of [
      [2, 1],
      [3, 2],
      [4, 2],
    ].entries())
      linked(trail, caller as number, other as number, at + 2);
    assert.deepEqual(trail.fresh(10), ['caller 2', 'caller 3', 'caller 4']);
  });

  test('nor who is near to all of a group, but whose own queries do not speak against it', () => {
    const trail = new Trail();
    for (let at = 0; at < 4; at++) linked(trail, at, (at + 1) % 4, at, at === 2 ? 9 : 11);
    assert.deepEqual(trail.fresh(4), ['caller 0', 'caller 1', 'caller 3']);
  });

  test('one who is near to itself three times is a group', () => {
    const trail = new Trail();
    for (let at = 0; at < 3; at++) linked(trail, 7, 7, at);
    assert.deepEqual(trail.fresh(3), ['caller 7']);
  });

  test('what is long ago does not count, nor is more remembered than was promised', () => {
    const trail = new Trail();
    for (let at = 0; at < 3; at++) linked(trail, 7, 7, at);
    assert.deepEqual(trail.fresh(1000), []);
    for (let at = 0; at < 500; at++) linked(trail, at, 1, at);
    assert.equal(trail.saved().length, 64);
    assert.equal(trail.fresh(500).length, 16);
  });

  test('who was told of is told of again after all is over, or after a person has looked', () => {
    const trail = new Trail();
    const ring = () => {
      for (let at = 0; at < 6; at++) linked(trail, at % 3, (at + 1) % 3, at);
    };
    ring();
    trail.tell(trail.fresh(6));
    assert.deepEqual(trail.fresh(6), []);
    trail.forget('caller 1');
    assert.deepEqual(trail.fresh(6), []);
    ring();
    assert.deepEqual(trail.fresh(6), ['caller 1']);
    trail.tellAnew();
    assert.equal(trail.fresh(6).length, 3);
  });

  test('goes on from what was saved', () => {
    const [one, other] = [new Trail(), new Trail()];
    for (let at = 0; at < 9; at++) linked(one, at % 4, (at + 1) % 4, at);
    one.tell(['caller 2']);
    for (const piece of one.saved()) other.load(piece);
    assert.deepEqual(other.fresh(9), one.fresh(9));
    assert.deepEqual(other.saved(), one.saved());
    assert.throws(() => other.load({ kind: 'link', name: 'x', bytes: new Uint8Array(3) }), RangeError);
  });
});
