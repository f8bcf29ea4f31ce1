import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked, Stance } from '../defence/desk.ts';
import { askedIn, RemoteDefence } from './remote-defence.ts';
import { type Handlers, Line, type Pipe } from './rpc.ts';

/** Both ends in this process; messages cross as text, as they do between processes. */
function between(handlers: Handlers) {
  const takers: ((message: object) => void)[] = [];
  const closers: (() => void)[] = [];
  const sizes: number[] = [];
  const end = (mine: number, other: number): Pipe => ({
    send(message) {
      const text = JSON.stringify(message);
      sizes.push(text.length);
      setImmediate(() => takers[other]?.(JSON.parse(text) as object));
    },
    onMessage: (take) => {
      takers[mine] = take;
    },
    onClose: (act) => void closers.push(act),
  });
  const [a, b] = [end(0, 1), end(1, 0)];
  const line = new Line(a, 'ledger_unavailable');
  new Line(b, 'internal').serve(handlers);
  return { defence: new RemoteDefence(line), sizes, cut: () => closers.forEach((act) => void act()) };
}

const asked = (count: number, features = 784): Asked => ({
  model: 'digits',
  version: undefined,
  request: 'req_1',
  caller: { id: 'clr_1', name: 'app', team: 'web', credential: 'key' },
  rows: Float32Array.from({ length: count * features }, (_, at) => at / 7),
  features,
  scores: Float32Array.from({ length: count * 10 }, (_, at) => -at),
  classes: 10,
});

test('what was asked arrives as it was, in pieces, and the last stance is what holds', async () => {
  const pieces: Asked[] = [];
  const { defence, sizes } = between({
    observe(told) {
      pieces.push(askedIn(told));
      return pieces.length < 3 ? null : 'coarser';
    },
  });
  const whole = {
    ...asked(200),
    disagreement: Float32Array.from({ length: 200 }, (_, at) => at / 200),
    exact: Uint8Array.from({ length: 200 * 784 * 8 }, (_, at) => at % 251),
  };
  assert.equal(await defence.observe(whole), 'coarser');
  const joined = (of: 'rows' | 'scores' | 'disagreement') =>
    Float32Array.from(pieces.flatMap((piece) => [...(piece[of] ?? [])]));
  assert.deepEqual(joined('rows'), whole.rows);
  assert.deepEqual(joined('scores'), whole.scores);
  assert.deepEqual(joined('disagreement'), whole.disagreement);
  assert.deepEqual(Buffer.concat(pieces.map(({ exact = Buffer.of() }) => exact)), Buffer.from(whole.exact));
  const others = { rows: 0, scores: 0, disagreement: 0, exact: 0 };
  assert.deepEqual({ ...pieces[0], ...others }, { ...whole, ...others });
  assert.ok(pieces.length >= 3);
  assert.ok(
    sizes.every((size) => size < 400_000),
    String(sizes),
  );
});

test('who is not watched is not answered', async () => {
  const never = new Promise<Stance>(() => {});
  const { defence, cut } = between({ observe: () => never });
  const waiting = defence.observe(asked(1));
  setImmediate(cut);
  await assert.rejects(waiting, { code: 'ledger_unavailable' });
  await assert.rejects(defence.observe(asked(1)), { code: 'ledger_unavailable' });
});

test('stances are heard: some, or all', () => {
  const { defence } = between({});
  const one = { model: 'digits', caller: 'a' };
  defence.hear({ all: false, stances: [{ ...one, stance: 'block' }] });
  assert.equal(defence.stanceOf('digits', 'a'), 'block');
  assert.equal(defence.stanceOf('other', 'a'), undefined);
  defence.hear({ all: true, stances: [{ ...one, caller: 'b', stance: 'log' }] });
  assert.equal(defence.stanceOf('digits', 'a'), undefined);
  defence.hear({ all: false, stances: [{ ...one, caller: 'b', stance: null }] });
  assert.equal(defence.stanceOf('digits', 'b'), undefined);
});
