import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, suite, test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { int } from '../../graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { OnnxNode } from '../../graph/onnx.ts';
import { float32, int64, type Tensors } from '../../tensors/tensor.ts';
import { PredictionFailed } from './prediction-failed.ts';
import { ServedModel, type ServingOptions, type ServingWatch } from './served-model.ts';

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: OnnxNode['attributes'] = new Map(),
): OnnxNode => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs,
  attributes,
});

/** y = 2x, row by row, and, where `mixed`, less the mean over all rows: of x itself, or of what is beyond 50. */
function model(mixed: boolean | 'large' = false): Uint8Array {
  const nodes = [node('Mul', ['x', 'two'], ['doubled'])];
  if (mixed === 'large')
    nodes.push(
      node('Sub', ['doubled', 'far'], ['over']),
      node('Relu', ['over'], ['beyond']),
      node('ReduceMean', ['beyond'], ['mean'], new Map([['axes', { kind: 'ints' as const, value: [0] }]])),
      node('Sub', ['doubled', 'mean'], ['y'], new Map()),
    );
  else if (mixed)
    nodes.push(
      node('ReduceMean', ['doubled'], ['mean'], new Map([['axes', { kind: 'ints' as const, value: [0] }]])),
      node('Sub', ['doubled', 'mean'], ['y'], new Map()),
    );
  else nodes.push(node('Identity', ['doubled'], ['y']));
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'double',
      nodes,
      initializers: [storeTensor('two', float32([], [2])), storeTensor('far', float32([], [50]))],
      inputs: [valueInfo('x', 'float32', ['n', 3])],
      outputs: [valueInfo('y', 'float32', ['n', 3])],
      rest: [],
    },
  });
}

/** y = x without the rows that hold 5,000 or more, which no trial finds: of such a batch nobody knows which row is whose. */
function dropping(): Uint8Array {
  const reduced = new Map([
    ['axes', { kind: 'ints' as const, value: [1] }],
    ['keepdims', int(0)],
  ]);
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'dropping',
      nodes: [
        node('ReduceMax', ['x'], ['most'], reduced),
        node('Less', ['most', 'bound'], ['small']),
        node('Compress', ['x', 'small'], ['y'], new Map([['axis', int(0)]])),
      ],
      initializers: [storeTensor('bound', float32([], [5000]))],
      inputs: [valueInfo('x', 'float32', ['n', 3])],
      outputs: [valueInfo('y', 'float32', ['m', 3])],
      rest: [],
    },
  });
}

/** A loop that does not end in this age of the world. */
function endless(): Uint8Array {
  const loop = node('CumSum', ['big', 'axis'], ['y']);
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'endless',
      nodes: [
        node('Gather', ['x', 'zero'], ['size'], new Map([['axis', int(0)]])),
        node('ConstantOfShape', ['size'], ['big'], new Map()),
        loop,
      ],
      initializers: [storeTensor('zero', int64([1], [0])), storeTensor('axis', int64([], [0]))],
      inputs: [valueInfo('x', 'int64', [1])],
      outputs: [valueInfo('y', 'float32', ['n'])],
      rest: [],
    },
  });
}

const open: ServedModel[] = [];
async function started(bytes: Uint8Array, options: ServingOptions = {}): Promise<ServedModel> {
  const served = await ServedModel.start(bytes, options);
  open.push(served);
  return served;
}
after(() => Promise.all(open.map((served) => served.close())));

const rows = (...values: number[]): Tensors =>
  new Map([
    [
      'x',
      float32(
        [values.length, 3],
        values.flatMap((value) => [value, value + 1, value + 2]),
      ),
    ],
  ]);

const failed = (reason: PredictionFailed['reason']) => (error: unknown) =>
  error instanceof PredictionFailed && error.reason === reason;

/** What a model tells of its work. */
function counting() {
  const runs: { readonly rows: number; readonly waited: readonly number[]; readonly took: number }[] = [];
  const ended: string[] = [];
  let restarts = 0;
  const watch: ServingWatch = {
    ran: (rows, waited, took) => void runs.push({ rows, waited, took }),
    ended: (how) => void ended.push(how),
    restarted() {
      restarts += 1;
    },
  };
  return { watch, runs, ended, restarts: () => restarts };
}

suite('a served model', () => {
  test('answers each of many questions at once with its own rows', async () => {
    for (const workers of [1, 2]) {
      const served = await started(model(), { workers, batchRows: 8 });
      assert.equal(served.batches, true);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          served.predict(rows(...Array.from({ length: (at % 3) + 1 }, () => at))),
        ),
      );
      for (const [at, answer] of answers.entries()) {
        const y = answer.get('y');
        assert.deepEqual(y?.dims, [(at % 3) + 1, 3]);
        assert.equal(y?.data[0], at * 2);
      }
    }
  });

  test('rows that a model mixes are never run together', async () => {
    const served = await started(model(true), { batchRows: 8 });
    assert.equal(served.batches, false);
    const answers = await Promise.all([served.predict(rows(1)), served.predict(rows(9))]);
    for (const answer of answers) assert.equal(answer.get('y')?.data[0], 0);
    assert.equal((await started(model('large'), { batchRows: 8 })).batches, false);
  });

  test('a batch with an answer of another size is asked again, each alone', async () => {
    const served = await started(dropping(), { batchRows: 64 });
    const row = (value: number): Tensors => new Map([['x', float32([1, 3], [value, value, value])]]);
    const asked = [0.5, 0.5, 7000, 0.25, 0.125].map((value) => served.predict(row(value)));
    assert.equal(served.batches, true);
    const firsts = (await Promise.all(asked)).map((answer) => answer.get('y')?.data[0]);
    assert.deepEqual(firsts, [0.5, 0.5, undefined, 0.25, 0.125]);
  });

  test('a process that ends under several questions: each is asked again', async (t) => {
    const served = await started(model(), { batchRows: 64 });
    const children = `/proc/${process.pid}/task/${process.pid}/children`;
    if (!existsSync(children)) return t.skip('finds processes only on Linux');
    const first = served.predict(rows(1));
    const others = [2, 3, 4].map((value) => served.predict(rows(value)));
    await first;
    for (const pid of readFileSync(children, 'utf8').trim().split(' ')) process.kill(Number(pid), 'SIGKILL');
    const firsts = (await Promise.all(others)).map((answer) => answer.get('y')?.data[0]);
    assert.deepEqual(firsts, [4, 6, 8]);
  });

  test('a question that the model does not take fails alone', async () => {
    const served = await started(model(), { batchRows: 64 });
    const busy = Array.from({ length: 10 }, (_, at) => served.predict(rows(at)));
    const odd = served.predict(new Map([['x', float32([1, 2], [1, 2])]]));
    const other = served.predict(new Map([['z', float32([1, 3], [1, 2, 3])]]));
    await Promise.all([
      assert.rejects(odd, failed('model')),
      assert.rejects(other, failed('model')),
      ...busy,
    ]);
    assert.equal((await served.predict(rows(4))).get('y')?.data[0], 8);
  });

  test('what is too much is refused, and what waits is answered', async () => {
    const served = await started(model(), { queueRows: 4, batchRows: 1 });
    const asked = Array.from({ length: 12 }, (_, at) => served.predict(rows(at)));
    const done = await Promise.allSettled(asked);
    assert.ok(done.some((one) => one.status === 'rejected' && failed('busy')(one.reason)));
    assert.ok(done.filter((one) => one.status === 'fulfilled').length >= 4);
    // Few rows may be many bytes: one is being run, one waits.
    const small = await started(model(), { queueBytes: 12, batchRows: 1 });
    const many = await Promise.allSettled([1, 2, 3].map((value) => small.predict(rows(value))));
    assert.deepEqual(
      many.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.equal((await small.predict(rows(4))).get('y')?.data[0], 8);
  });

  test('when it is closed, what was asked is answered, and nothing more is taken', async () => {
    const served = await ServedModel.start(model());
    const asked = Array.from({ length: 20 }, (_, at) => served.predict(rows(at)));
    const closing = served.close();
    await assert.rejects(served.predict(rows(1)), failed('closed'));
    for (const [at, answer] of (await Promise.all(asked)).entries())
      assert.equal(answer.get('y')?.data[0], at * 2);
    await closing;
  });

  test('a thread that hangs is replaced', async () => {
    const served = await started(endless(), { timeout: 300 });
    const size = (count: number): Tensors => new Map([['x', int64([1], [count])]]);
    await assert.rejects(served.predict(size(400_000_000)), failed('timeout'));
    const again = await Promise.race(
      Array.from({ length: 1 }, async () => {
        for (;;) {
          const answer = await served.predict(size(3)).catch(() => undefined);
          if (answer !== undefined) return answer;
        }
      }),
    );
    assert.deepEqual(again.get('y')?.dims, [3]);
  });

  test('an answer that is too long fails, alone', async () => {
    const served = await started(model(), { batchRows: 64, replyBytes: 24 });
    assert.equal(served.batches, true);
    const first = served.predict(rows(1));
    const others = [rows(2), rows(3, 4), rows(5, 6, 7), rows(8)].map((feeds) => served.predict(feeds));
    // Three floats are 12 bytes.
    const done = await Promise.allSettled(others);
    assert.deepEqual(
      done.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await first).get('y')?.data[0], 2);
    await assert.rejects(served.predict(rows(1, 2, 3)), failed('reply'));
    // Alone, too; the process goes on.
    const long = await started(endless(), { replyBytes: 2 ** 20 });
    await assert.rejects(long.predict(new Map([['x', int64([1], [1_000_000])]])), failed('reply'));
    assert.deepEqual((await long.predict(new Map([['x', int64([1], [4])]]))).get('y')?.dims, [4]);
  });

  test('who is gone is not waited for, and takes no room', async () => {
    const { watch, runs, ended } = counting();
    const served = await started(model(), { batchRows: 1, queueRows: 2, watch });
    const leave: (() => void)[] = [];
    const asked = [1, 2, 3].map((value) =>
      served.predict(rows(value), undefined, (act) => void leave.push(act)),
    );
    await assert.rejects(served.predict(rows(4)), failed('busy'));
    leave[1]?.();
    await assert.rejects(asked[1] as Promise<unknown>, failed('gone'));
    const late = served.predict(rows(5));
    // The first runs already: it is answered.
    leave[0]?.();
    const answers = await Promise.all([asked[0], asked[2], late]);
    assert.deepEqual(
      answers.map((answer) => answer?.get('y')?.data[0]),
      [2, 6, 10],
    );
    assert.equal(runs.length, 3, 'what nobody waits for is not run');
    assert.deepEqual(ended, ['busy', 'gone', 'answered', 'answered', 'answered']);
  });

  test('whoever counts is told of runs, waits and ends', async () => {
    const { watch, runs, ended } = counting();
    const served = await started(model(), { batchRows: 8, watch });
    await Promise.all([1, 2, 3].map((value) => served.predict(rows(value, value))));
    // What is asked in one moment is run together.
    assert.deepEqual(
      runs.map((run) => [run.rows, run.waited.length]),
      [[6, 3]],
    );
    assert.ok(runs.every(({ waited, took }) => took > 0 && waited.every((seconds) => seconds >= 0)));
    assert.deepEqual(ended, ['answered', 'answered', 'answered']);
  });

  test('a process that ends with a question is replaced, and the question fails', async (t) => {
    const children = `/proc/${process.pid}/task/${process.pid}/children`;
    if (!existsSync(children)) return t.skip('finds processes only on Linux');
    const pids = () => readFileSync(children, 'utf8').trim().split(' ');
    const before = pids();
    const { watch, ended, restarts } = counting();
    const served = await started(endless(), { watch });
    const [own] = pids().filter((pid) => !before.includes(pid));
    const cut = served.predict(new Map([['x', int64([1], [400_000_000])]]));
    setTimeout(() => process.kill(Number(own), 'SIGKILL'), 20);
    await assert.rejects(cut, failed('model'));
    assert.deepEqual((await served.predict(new Map([['x', int64([1], [3])]]))).get('y')?.dims, [3]);
    assert.deepEqual([ended, restarts()], [['model', 'answered'], 1]);
  });

  test('a file that is no model is refused', async () => {
    await assert.rejects(ServedModel.start(new TextEncoder().encode('hello')), Problem);
  });
});
