import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Refusal } from '../../base/refusal.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { Receipt } from '../../ledger/receipt.ts';
import type { CanarySource, MadeOfSource, VoteSource } from '../../settings/made-of.ts';
import { float32, type Tensors } from '../../tensors/tensor.ts';
import { Inquiry } from './inquiry.ts';
import { openMadeOf } from './made-of.ts';
import type { Predictor } from './predictor.ts';

const contract = (rows: string | number): Contract => ({
  maxRows: 64,
  inputs: new Map([['x', { type: 'float32', dims: [rows, 1], elements: undefined, features: [] }]]),
});
const receipt = {} as Receipt;

/** A model that gives each row the same probabilities, and counts who is with it. */
class Fake implements Predictor {
  readonly says: readonly number[];
  guests = 0;
  asked = 0;
  there = true;
  fails = false;
  waits: Promise<void> = Promise.resolve();

  constructor(...says: number[]) {
    this.says = says;
  }

  async use<T>(act: Parameters<Predictor['use']>[0]): Promise<T> {
    if (!this.there) throw new Refusal('model_unknown');
    this.guests += 1;
    try {
      const outputs = [{ name: 'p', type: 'float32', dims: [-1, this.says.length] }] as const;
      return (await act({ version: '7', outputs, predict: (_, inputs) => this.#predict(inputs) })) as T;
    } finally {
      this.guests -= 1;
    }
  }

  async #predict(inputs: Tensors): Promise<Tensors> {
    const rows = inputs.get('x')?.dims[0] ?? 0;
    this.asked += rows;
    await this.waits;
    if (this.fails) throw new Refusal('upstream_failed');
    const data = Array.from({ length: rows }, () => this.says).flat();
    return new Map([['p', float32([rows, this.says.length], data)]]);
  }

  ready(): boolean {
    return this.there;
  }

  async close(): Promise<void> {}
}

const rowsOf = (...values: number[]): Tensors => new Map([['x', float32([values.length, 1], values)]]);
const numbers = Array.from({ length: 50 }, (_, at) => at);

function made(
  source: MadeOfSource,
  members: Readonly<Record<string, Predictor>>,
  rows: string | number = 'n',
) {
  const predictor = openMadeOf(source, {
    name: 'fraud',
    contract: contract(rows),
    known: undefined,
    predictorOf: (name) => members[name] ?? assert.fail(name),
    now: () => 0,
  });
  return {
    predictor,
    async ask(inputs: Tensors, caller = 'clr_ann', wanted?: readonly string[]) {
      const inquiry = new Inquiry(caller);
      const outputs = await predictor.use(({ predict }) => predict(receipt, inputs, wanted, inquiry));
      return { said: [...((outputs.get('p')?.data ?? []) as Float32Array)], told: inquiry.told };
    },
  };
}
const canary = (by: CanarySource['by'], blue = 1, green = 1): CanarySource => ({
  kind: 'canary',
  by,
  members: [
    { model: 'blue', weight: blue },
    { model: 'green', weight: green },
  ],
});
const voting = (rule: VoteSource['rule']): VoteSource => ({
  kind: 'vote',
  rule,
  members: ['a', 'b', 'c'].map((model) => ({ model, weight: 1 })),
});
const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

suite('a canary', () => {
  test('by caller: who asks keeps one model, and others have others', async () => {
    const { ask } = made(canary('caller'), { blue: new Fake(1, 0), green: new Fake(0, 1) });
    const of = async (caller: string) => (await ask(rowsOf(1, 2), caller)).said.join();
    const seen = new Set<string>();
    for (const caller of numbers.map((at) => `clr_${at}`)) {
      const said = await of(caller);
      assert.equal(await of(caller), said);
      seen.add(said);
    }
    assert.deepEqual([...seen].sort(), ['0,1,0,1', '1,0,1,0']);
  });

  test('by row: each row keeps its model, and the answers are in the order of the rows', async () => {
    const [blue, green] = [new Fake(1, 0), new Fake(0, 1)];
    const { ask } = made(canary('row', 3, 1), { blue, green });
    const { said, told } = await ask(rowsOf(...numbers));
    for (const at of numbers)
      assert.deepEqual((await ask(rowsOf(at))).said, said.slice(2 * at, 2 * at + 2), `row ${at}`);
    const counts = told?.answered.map(({ rows }) => rows) ?? [];
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      50,
    );
    assert.deepEqual(told?.answered.map(({ model }) => model).sort(), ['blue', 'green']);
    assert.ok(told?.answered.every(({ version }) => version === '7'));
  });

  test('does without a model that is not there, and with none it refuses', async () => {
    const [blue, green] = [new Fake(1, 0), new Fake(0, 1)];
    const { ask, predictor } = made(canary('row'), { blue, green });
    green.there = false;
    assert.ok(predictor.ready());
    assert.deepEqual((await ask(rowsOf(...numbers))).told?.answered, [
      { model: 'blue', version: '7', rows: 50 },
    ]);
    blue.there = false;
    assert.ok(!predictor.ready());
    await assert.rejects(ask(rowsOf(1)), refused('model_unknown'));
  });

  test('a weight of zero is nothing, and a model of a fixed batch is asked for all of it', async () => {
    const members = { blue: new Fake(1, 0), green: new Fake(0, 1) };
    assert.deepEqual(
      new Set((await made(canary('row', 1, 0), members).ask(rowsOf(...numbers))).said).size,
      2,
    );
    assert.equal(members.green.asked, 0);
    const { told } = await made(canary('row'), members, 50).ask(rowsOf(...numbers));
    assert.equal(told?.answered.length, 1);
  });

  test('models that answer in different forms are no canary', async () => {
    const { ask } = made(canary('row'), { blue: new Fake(1, 0), green: new Fake(0, 1, 0) });
    await assert.rejects(ask(rowsOf(...numbers)), refused('upstream_invalid'));
  });
});

suite('a vote', () => {
  const [a, b, c] = [new Fake(0.75, 0.25), new Fake(0.5, 0.5), new Fake(0.25, 0.75)];

  test('is one answer of all, and says how far they differ', async () => {
    const { said, told } = await made(voting('mean'), { a, b, c }).ask(rowsOf(1, 2));
    assert.deepEqual(said, [0.5, 0.5, 0.5, 0.5]);
    assert.deepEqual(
      told?.answered.map(({ rows }) => rows),
      [2, 2, 2],
    );
    assert.ok((told?.disagreement?.[0] ?? 0) > 0.1);
    const agreed = await made(voting('mean'), { a, b: a, c: a }).ask(rowsOf(1));
    assert.equal(agreed.told?.disagreement?.[0], 0);
    const most = await made(voting('majority'), { a, b: a, c }).ask(rowsOf(1));
    assert.deepEqual(
      most.said.map((share) => Math.round(share * 3)),
      [2, 1],
    );
  });

  test('needs all of them, and lets none go while another is at work', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const [slow, broken] = [new Fake(1, 0), new Fake(1, 0)];
    slow.waits = promise;
    broken.fails = true;
    const asked = made(voting('mean'), { a: slow, b: broken, c }).ask(rowsOf(1));
    let over = false;
    asked.catch(() => {}).finally(() => (over = true));
    await setImmediate();
    assert.deepEqual([over, slow.guests, broken.guests], [false, 1, 1]);
    resolve();
    await assert.rejects(asked, refused('upstream_failed'));
    assert.deepEqual([slow.guests, broken.guests], [0, 0]);
    const gone = new Fake(1, 0);
    gone.there = false;
    await assert.rejects(made(voting('mean'), { a, b, c: gone }).ask(rowsOf(1)), refused('model_unknown'));
  });

  test('is of the same classes, of probabilities, and has no other output', async () => {
    const refusal = (members: Record<string, Fake>) =>
      assert.rejects(
        made(voting('mean'), { a, b, c, ...members }).ask(rowsOf(1)),
        refused('upstream_invalid'),
      );
    await refusal({ c: new Fake(0.5, 0.25, 0.25) });
    await refusal({ c: new Fake(3, -1) });
    await refusal({ c: new Fake(Number.NaN, 1) });
    await assert.rejects(
      made(voting('mean'), { a, b, c }).ask(rowsOf(1), 'clr', ['embedding']),
      refused('request_invalid'),
    );
  });

  test('may be a part of something else: who answered, and how far they differ, is told for its rows', async () => {
    const vote = made(voting('mean'), { a, b, c }).predictor;
    const { told } = await made(canary('row'), { blue: vote, green: new Fake(1, 0) }).ask(rowsOf(...numbers));
    assert.deepEqual([...new Set(told?.answered.map(({ model }) => model))].sort(), ['a', 'b', 'c', 'green']);
    const voted = told?.answered.find(({ model }) => model === 'a')?.rows ?? 0;
    assert.equal(told?.disagreement?.filter((value) => value > 0).length, voted);
  });
});
