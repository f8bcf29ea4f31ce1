import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { Problem } from '../src/base/problem.ts';
import type { Asked, DefenceDesk, Stance } from '../src/gateway/defence/desk.ts';
import { readResponse, writeRequest } from '../src/oip/inference.ts';
import { LENGTH_HEADER } from '../src/oip/message.ts';
import { float32, type Tensor } from '../src/tensors/tensor.ts';
import {
  type ClassifierOptions,
  CONTRACT,
  calibrationOf,
  classifier,
  FEATURES,
  KEY,
  rowsOf,
  WEIGHTS,
} from './harness/classifiers.ts';
import { servePredictions } from './harness/predictions.ts';

/** Answers that are shaped: a real gateway, real models; who stands where is the test's. */

/** A desk that says what it is told, and remembers what it saw. */
class ScriptedDesk implements DefenceDesk {
  before: Stance;
  after: Stance;
  readonly seen: Asked[] = [];

  stands(stance: Stance): void {
    this.before = stance;
    this.after = stance;
  }

  stanceOf(): Stance {
    return this.before;
  }

  async observe(asked: Asked): Promise<Stance> {
    this.seen.push(asked);
    return this.after;
  }

  async outcome(): Promise<boolean> {
    return false;
  }
}

interface SceneOptions extends ClassifierOptions {
  /** Of the one rule. */
  readonly rule: string;
  readonly calibrated?: boolean;
  /** Another model, served as `other`. */
  readonly other?: Uint8Array;
}

async function scene(t: TestContext, options: SceneOptions) {
  const { rule, calibrated = true, other, ...about } = options;
  const model = classifier(about);
  const desk = new ScriptedDesk();
  const calibration = calibrated ? await calibrationOf(model) : '';
  const key = `, calibration: calibration.json, calibration_key: "${KEY}"`;
  const gate = await servePredictions(
    t,
    {
      files: { 'fraud.yaml': CONTRACT, 'calibration.json': calibration },
      policy: `predictions:\n  - { models: [fraud], ${rule} }`,
      ...(other !== undefined && { settings: '  other: { contract: fraud.yaml }' }),
      replace: (whole) => ({ ...whole, defence: desk }),
    },
    calibrated ? key : '',
  );
  gate.add(model);
  if (other !== undefined) gate.add(other, 'other');
  const infer = async (rows: number[][], outputs?: string[]) => {
    const answer = await gate.post('/v2/models/fraud/infer', {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [rows.length, FEATURES], data: rows.flat() }],
      ...(outputs !== undefined && { outputs: outputs.map((name) => ({ name })) }),
    });
    const body = (await answer.json()) as {
      code?: string;
      outputs?: { name: string; datatype: string; shape: number[]; data: (number | string)[] }[];
    };
    const of = (name: string) => body.outputs?.find((output) => output.name === name);
    return { answer, body, of, names: body.outputs?.map(({ name }) => name) };
  };
  const binary = async (rows: number[][]): Promise<ReadonlyMap<string, Tensor>> => {
    const inputs = new Map([['x', float32([rows.length, FEATURES], rows.flat())]]);
    const { body, length } = writeRequest(inputs, undefined, undefined);
    const headers = { 'content-type': 'application/octet-stream', [LENGTH_HEADER]: length ?? '' };
    const answer = await fetch(`${gate.url}/v2/models/fraud/infer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gate.key}`, ...headers },
      body: Buffer.from(body),
    });
    assert.equal(answer.status, 200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return readResponse({ body: bytes, length: answer.headers.get(LENGTH_HEADER) ?? undefined }).outputs;
  };
  const last = () => gate.entries().findLast(({ kind }) => kind === 'request.end') ?? {};
  return { ...gate, desk, infer, binary, last };
}

/** What the model says of a row, unshaped. */
function own(row: readonly number[], weights: readonly (readonly number[])[] = WEIGHTS): number[] {
  const logits = weights.map((of) => of.reduce((sum, weight, at) => sum + weight * (row[at] ?? 0), 0));
  const most = Math.max(...logits);
  const sizes = logits.map((logit) => Math.exp(logit - most));
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size) => size / sum);
}

const bestOf = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
const rowsIn = ({ data }: { data: (number | string)[] }, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, at) =>
    data.slice(at * width, (at + 1) * width).map(Number),
  );

const ROWS = rowsOf(40);
/** Like none of the owner's. */
const FAR = [
  [90, -80, 70, -60],
  [-95, 10, 85, 40],
];

const sizes = (one: number) => Math.abs(one * 10 - Math.round(one * 10));

suite('what callers are answered', () => {
  test('is shaped at every door, and outputs that would tell are made of it or left out', async (t) => {
    const { infer, binary, ask, get, last, allEntries } = await scene(t, {
      rule: 'shapers: [{ use: rounding, decimals: 1 }]',
      names: [7, 8, 9],
      chatty: true,
    });
    const { of, names } = await infer(ROWS);
    assert.deepEqual(names, ['probabilities', 'label']);
    const scores = rowsIn(of('probabilities') ?? { data: [] }, 3);
    assert.equal(scores.length, ROWS.length);
    for (const [at, row] of scores.entries()) {
      for (const score of row) assert.ok(sizes(score) < 1e-6, `${score}`);
      assert.equal(Number(of('label')?.data[at]), 7 + bestOf(row));
    }
    const asBytes = await binary(ROWS);
    assert.deepEqual([...asBytes.keys()], ['probabilities', 'label']);
    for (const score of asBytes.get('probabilities')?.data ?? []) assert.ok(sizes(Number(score)) < 1e-6);
    const named = ROWS.map(([a, b, c, d]) => ({ a, b, c, d }));
    const byRows = (await (await ask(named)).json()) as { rows: { probabilities: number[] }[] };
    for (const { probabilities } of byRows.rows)
      for (const score of probabilities) assert.ok(sizes(score) < 1e-6);
    const { outputs } = (await (await get('/v2/models/fraud')).json()) as { outputs: { name: string }[] };
    assert.deepEqual(
      outputs.map(({ name }) => name),
      ['probabilities', 'label'],
    );
    const [shaped] = last().shaped as { name: string; rows: number; l1: number }[];
    assert.equal(shaped?.name, 'rounding');
    assert.ok((shaped?.rows ?? 0) > 0 && (shaped?.l1 ?? 0) > 0);
    assert.doesNotMatch(JSON.stringify(allEntries()), /"data"|"scores"/);
  });

  test('by name: what is not given is refused, also where it is asked for with what is', async (t) => {
    const { infer } = await scene(t, {
      rule: 'shapers: [{ use: label-only }]',
      names: ['x', 'y', 'z'],
      chatty: true,
    });
    for (const outputs of [['logits'], ['probabilities', 'logits'], ['x']]) {
      const { answer, body } = await infer(ROWS.slice(0, 1), outputs);
      assert.deepEqual([answer.status, body.code, body.outputs], [400, 'request_invalid', undefined]);
    }
    const { of, names } = await infer(ROWS, ['label']);
    assert.deepEqual(names, ['label']);
    assert.deepEqual(
      of('label')?.data,
      ROWS.map((row) => ['x', 'y', 'z'][bestOf(own(row))]),
    );
  });

  for (const type of ['float64', 'float16'] as const)
    test(`is shaped in ${type}`, async (t) => {
      const { binary } = await scene(t, { rule: 'shapers: [{ use: rounding, decimals: 1 }]', type });
      const tensor = (await binary(ROWS)).get('probabilities');
      assert.equal(tensor?.type, type);
      const read =
        tensor?.type === 'float16'
          ? new Float16Array(tensor.data.buffer)
          : ((tensor?.data ?? []) as ArrayLike<number>);
      assert.equal(read.length, ROWS.length * 3);
      for (const score of Array.from(read)) assert.ok(sizes(score) < 1e-2, `${score}`);
    });

  for (const single of ['column', 'flat'] as const)
    test(`is shaped where it is one number a row (${single}), as of two classes`, async (t) => {
      const weights = WEIGHTS.slice(0, 2);
      const rule = 'shapers: [{ use: label-only }]';
      const { infer, desk } = await scene(t, { rule, single, weights, names: [0, 1] });
      const { of } = await infer(ROWS);
      const wanted = ROWS.map((row) => bestOf(own(row, weights)));
      assert.deepEqual(of('probabilities')?.data, wanted);
      assert.deepEqual(of('label')?.data.map(Number), wanted);
      assert.deepEqual(of('probabilities')?.shape, single === 'flat' ? [ROWS.length] : [ROWS.length, 1]);
      assert.equal(desk.seen[0]?.classes, 2);
    });

  test('without a calibration: what has to know nothing of rows works, and labels are left out', async (t) => {
    const { infer, desk } = await scene(t, {
      rule: 'shapers: [{ use: top-k, k: 1 }]',
      calibrated: false,
      names: [7, 8, 9],
    });
    const { names, of } = await infer(ROWS);
    assert.deepEqual(names, ['probabilities']);
    for (const row of rowsIn(of('probabilities') ?? { data: [] }, 3)) {
      const [least, middle] = row.toSorted((a, b) => a - b);
      assert.equal(least, middle);
    }
    assert.equal(desk.seen.length, 0);
  });

  test('is refused where its scores cannot be told', async (t) => {
    const { infer, binary, entries } = await scene(t, {
      rule: 'shapers: [{ use: rounding }]',
      calibrated: false,
      chatty: true,
      // Its logits are probabilities, too.
      weights: [[0, 0, 0, 0]],
    });
    const { answer, body } = await infer(ROWS.slice(0, 2));
    assert.deepEqual([answer.status, body.code, body.outputs], [502, 'upstream_invalid', undefined]);
    await assert.rejects(binary(ROWS.slice(0, 2)));
    assert.equal(entries().filter(({ kind }) => kind === 'request.end').length, 2);
  });
});

suite('asking again', () => {
  const rule =
    'internal: { teams: [home] }, shapers: [{ use: boundary-privacy, epsilon: 0.1, zone: 1 }, { use: misinformation, threshold: 0.9 }, { use: dawn, rate: 0.1 }]';

  test('gives the same answer, so averaging strips nothing', async (t) => {
    const { infer, last, desk, gateway } = await scene(t, { rule, names: [7, 8, 9] });
    const rows = [...ROWS, ...FAR];
    const { of } = await infer(rows);
    const first = of('probabilities')?.data;
    const names = (last().shaped as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ['boundary-privacy', 'dawn', 'misinformation']);
    for (let again = 0; again < 3; again++)
      assert.deepEqual((await infer(rows)).of('probabilities')?.data, first);
    // One by one, and in another order, too.
    const reversed = (await infer(rows.toReversed())).of('probabilities')?.data ?? [];
    assert.deepEqual(rowsIn({ data: reversed }, 3).toReversed(), rowsIn({ data: first ?? [] }, 3));
    await gateway.reload();
    assert.deepEqual((await infer(rows)).of('probabilities')?.data, first);
    const scores = rowsIn({ data: first ?? [] }, 3);
    assert.ok(scores.some((row, at) => bestOf(row) !== bestOf(own(rows[at] ?? []))));
    assert.deepEqual(
      of('label')?.data.map(Number),
      scores.map((row) => 7 + bestOf(row)),
    );
    // Monitors see what the model itself said.
    const { scores: unshaped } = desk.seen[0] ?? assert.fail();
    for (const [at, row] of rows.entries())
      for (const [to, score] of own(row).entries())
        assert.ok(Math.abs((unshaped[at * 3 + to] ?? 0) - score) < 1e-4);
  });

  test('marks are for callers outside alone', async (t) => {
    const dawn = 'shapers: [{ use: dawn, rate: 0.1 }]';
    const outside = await scene(t, { rule: dawn });
    await outside.infer(rowsOf(64));
    assert.equal((outside.last().shaped as object[] | undefined)?.length, 1);
    const inside = await scene(t, { rule: `internal: { callers: [app] }, ${dawn}` });
    const { of } = await inside.infer(rowsOf(64));
    assert.equal(inside.last().shaped, undefined);
    for (const [at, row] of rowsIn(of('probabilities') ?? { data: [] }, 3).entries())
      assert.equal(bestOf(row), bestOf(own(rowsOf(64)[at] ?? [])));
  });
});

suite('where a caller stands', () => {
  const other = classifier({ weights: WEIGHTS.toReversed(), names: [7, 8, 9] });
  const rule =
    'shapers: [{ use: rounding, decimals: 3 }], ladder: [{ respond: coarser, shapers: [{ use: rounding, decimals: 1 }] }, { respond: misinformation, shapers: [{ use: misinformation, threshold: 0 }] }, { respond: decoy, model: other }, { respond: block }]';

  test('decides what they are given, rung by rung, and the ledger says it', async (t) => {
    const { infer, desk, last, entries } = await scene(t, { rule, other, names: [7, 8, 9] });
    const scoresOf = async () => rowsIn((await infer(ROWS)).of('probabilities') ?? { data: [] }, 3);
    const atFoot = await scoresOf();
    assert.ok(atFoot.flat().some((score) => sizes(score) > 1e-3));
    assert.equal(last().stance, undefined);
    desk.stands('log');
    assert.deepEqual(await scoresOf(), atFoot);
    assert.equal(last().stance, 'log');
    desk.stands('coarser');
    const coarser = await scoresOf();
    assert.ok(coarser.flat().every((score) => sizes(score) < 1e-6));
    desk.stands('misinformation');
    const wrong = await scoresOf();
    // As coarse as before: nothing shows.
    assert.ok(wrong.flat().every((score) => sizes(score) < 1e-6));
    assert.ok(
      wrong.filter((row, at) => bestOf(row) !== bestOf(own(ROWS[at] ?? []))).length > ROWS.length / 4,
    );
    const [first, second] = last().shaped as { name: string; rows: number }[];
    assert.deepEqual([first?.name, first?.rows, second?.name], ['misinformation', ROWS.length, 'rounding']);
    desk.stands('block');
    const { answer, body } = await infer(ROWS);
    assert.deepEqual([answer.status, body.code], [403, 'forbidden']);
    assert.doesNotMatch(JSON.stringify(body), /block|stance|ladder|alarm/);
    const refused = entries().findLast(({ kind }) => kind === 'request.refused');
    assert.deepEqual([refused?.stance, refused?.code], ['block', 'forbidden']);
  });

  test('a decoy answers, and nothing but its answers differs', async (t) => {
    const { infer, ask, desk, last, entries, registry } = await scene(t, { rule, other, names: [7, 8, 9] });
    const real = await infer(ROWS);
    desk.stands('decoy');
    const decoy = await infer(ROWS);
    const shapeOf = ({ body, answer }: typeof real) => ({
      ...body,
      outputs: body.outputs?.map(({ data, ...rest }) => [rest, data.length]),
      headers: [...answer.headers.keys()].filter((name) => name !== 'content-length').toSorted(),
    });
    assert.deepEqual(shapeOf(decoy), shapeOf(real));
    assert.equal((decoy.body as { model_name?: string }).model_name, 'fraud');
    assert.notDeepEqual(decoy.of('label')?.data, real.of('label')?.data);
    const end = last();
    assert.deepEqual([end.answered_by, end.stance], ['other', 'decoy']);
    // By its own name it is not there, or its answers would be known again.
    assert.equal((await ask([], '/v2/models/other/rows')).status, 404);
    registry.take('other@1', { act: 'revoke' });
    const gone = await infer(ROWS);
    assert.deepEqual(
      [gone.answer.status, gone.body.code, gone.body.outputs],
      [502, 'upstream_failed', undefined],
    );
    const begin = entries().findLast(({ kind }) => kind === 'request.begin');
    assert.deepEqual([begin?.model, begin?.version], ['fraud', '1']);
  });

  test('holds for the very answer that brought it on', async (t) => {
    const { infer, desk, last } = await scene(t, { rule, other, names: [7, 8, 9] });
    desk.after = 'decoy';
    await infer(ROWS);
    assert.deepEqual([last().answered_by, last().stance, desk.seen.length], ['other', 'decoy', 1]);
    desk.after = 'block';
    const { answer, body } = await infer(ROWS);
    assert.deepEqual([answer.status, body.code, body.outputs], [403, 'forbidden', undefined]);
    assert.deepEqual([last().stance, last().code], ['block', 'forbidden']);
  });
});

suite('a policy that cannot be kept', () => {
  const fails = async (t: TestContext, options: SceneOptions, words: RegExp) =>
    assert.rejects(scene(t, options), (error) => error instanceof Problem && words.test(error.message));

  test('is an error at load, with its place', async (t) => {
    await fails(t, { rule: 'shapers: [{ use: roundign }]' }, /predictions\[0\]\.shapers\[0\]/);
    await fails(
      t,
      { rule: 'shapers: [{ use: rounding, decimals: 9 }]' },
      /predictions\[0\]\.shapers\[0\]\.decimals/,
    );
    await fails(
      t,
      {
        rule: 'ladder: [{ respond: log }, { respond: misinformation, shapers: [{ use: misinformation }] }]',
        calibrated: false,
      },
      /predictions\[0\]\.ladder\[1\]\.shapers\[0\].*misinformation/,
    );
    await fails(
      t,
      { rule: 'ladder: [{ respond: decoy, model: nobody }]' },
      /predictions\[0\]\.ladder\[0\]\.model.*is no prediction/,
    );
    await fails(t, { rule: 'ladder: [{ respond: decoy, model: fraud }]' }, /of itself/);
  });

  test('is seen as soon as models run: a decoy of another form', async (t) => {
    const { gateway, infer, desk } = await scene(t, {
      rule: 'ladder: [{ respond: decoy, model: other }]',
      other: classifier({ type: 'float64' }),
    });
    desk.stands('decoy');
    const { answer, body } = await infer(ROWS);
    assert.deepEqual([answer.status, body.code, body.outputs], [502, 'upstream_invalid', undefined]);
    await assert.rejects(gateway.reload(), /no decoy of fraud/);
  });

  test('changes nothing at a reload, and a good one does', async (t) => {
    const { gateway, infer, folder } = await scene(t, { rule: 'shapers: [{ use: rounding, decimals: 1 }]' });
    const { readFileSync, writeFileSync } = await import('node:fs');
    const file = `${folder}/policy.yaml`;
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('decimals: 1', 'decimals: 9'));
    await assert.rejects(gateway.reload(), /decimals/);
    const coarse = (await infer(ROWS)).of('probabilities')?.data;
    writeFileSync(file, before.replace('rounding, decimals: 1', 'label-only'));
    await gateway.reload();
    const sure = (await infer(ROWS)).of('probabilities')?.data;
    assert.notDeepEqual(sure, coarse);
    assert.deepEqual([...new Set(sure)].toSorted(), [0, 1]);
  });
});
