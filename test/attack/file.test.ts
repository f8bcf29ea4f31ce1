import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { rounded, tree } from '../../src/lifecycle/attack/testing.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';
import { ATTACK, csv, FEATURES, place, result, rows } from './place.ts';

const require = createRequire(import.meta.url);

suite('a model that is a file', () => {
  test('robust accuracy is that of the linear model, exactly', async (t) => {
    const folder = place(t);
    const found = await result(folder, [
      ...ATTACK,
      '--epsilon',
      '0.05,0.1',
      '--unit',
      'one',
      '--queries',
      '200',
    ]);
    assert.equal(found.verdict, 'done');
    assert.equal(found.clean.share, 1);
    assert.equal(found.model.access, 'gradients');
    // Within Linf ε the sum moves by ε at each feature that does not meet its bounds.
    const data = rows(40);
    const lower = data[0]?.map((_, at) => Math.min(...data.map((row) => row[at] ?? 0))) ?? [];
    const upper = data[0]?.map((_, at) => Math.max(...data.map((row) => row[at] ?? 0))) ?? [];
    for (const { epsilon, robust } of found.worst) {
      const left = data.filter((row) => {
        const label = row[FEATURES];
        let sum = 0;
        for (let at = 0; at < FEATURES; at++) {
          const sign = (at < FEATURES / 2 ? 1 : -1) * (label === 1 ? -1 : 1);
          const value = (row[at] ?? 0) + sign * epsilon;
          sum -= sign * Math.max(lower[at] ?? 0, Math.min(upper[at] ?? 1, value));
        }
        return sum > 1e-4;
      });
      assert.equal(robust.count, left.length);
      assert.equal(robust.of, 40);
      assert.ok(robust.low < robust.share && robust.share < robust.high);
    }
    assert.ok(found.findings.some(({ rule }) => rule === 'attack.evasion-gradients'));
    assert.ok(found.examples.length > 0);
    assert.equal(found.stopped, undefined);
  });

  test('--fail-under ends with 1 where fewer rows are left right, and with 0 where they are', async (t) => {
    const folder = place(t);
    const args = [...ATTACK, '--epsilon', '0.1', '--attack', 'pgd'];
    const below = await result(folder, [...args, '--fail-under', '0.99'], 1);
    assert.equal(below.verdict, 'below');
    await result(folder, [...args, '--fail-under', '0.01'], 0);
  });

  test('what is fixed stays, and whole numbers stay whole', async (t) => {
    const folder = place(t);
    const whole = rows(40).map((row) => row.map((value, at) => (at === 1 ? Math.round(value * 2) : value)));
    const labelled = whole.map((row) => {
      const sum = row
        .slice(0, FEATURES)
        .reduce((total, value, at) => total + (at < FEATURES / 2 ? value : -value), 0);
      return [...row.slice(0, FEATURES), sum > 0 ? 1 : 0];
    });
    writeFileSync(join(folder, 'data.csv'), csv(labelled));
    const found = await result(folder, [...ATTACK, '--epsilon', '0.4', '--fixed', 'a,d', '--attack', 'pgd']);
    assert.ok(found.examples.length > 0);
    for (const { original, adversarial } of found.examples) {
      assert.equal(adversarial[0], original[0]);
      assert.equal(adversarial[3], original[3]);
      assert.ok(Number.isInteger(adversarial[1]));
    }
  });

  test('of trees there are no gradients: scores are asked, and the reason is said', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'model.onnx'), tree(FEATURES));
    writeFileSync(
      join(folder, 'data.csv'),
      csv(rows(30).map((row) => [...row.slice(0, FEATURES), (row[0] ?? 0) > 0.5 ? 1 : 0])),
    );
    const found = await result(folder, [...ATTACK, '--epsilon', '0.2', '--unit', 'one']);
    assert.equal(found.model.access, 'scores');
    assert.match(found.model.opaque ?? '', /TreeEnsembleClassifier/);
    const near = rows(30).filter(([first = 0]) => Math.abs(first - 0.5) < 0.199).length;
    assert.ok(Math.abs((found.worst[0]?.robust.count ?? 0) - (30 - near)) <= 1);
    const ran = await gatehouse(folder, [...ATTACK, '--attack', 'pgd']);
    assert.equal(ran.code, 3);
    assert.match(ran.err, /pgd needs gradients/);
  });

  test('a model whose gradients are zero is not called robust', async (t) => {
    const folder = place(t, rounded(FEATURES));
    const found = await result(folder, [...ATTACK, '--epsilon', '0.1', '--queries', '200'], 2);
    assert.equal(found.verdict, 'undecided');
    assert.ok(
      found.warnings.some(({ rule, message }) => rule === 'attack.masked-gradients' && /zero/.test(message)),
    );
    assert.ok(found.warnings.some(({ message }) => /Round/.test(message)));
  });

  test('labels that are the other way round leave it undecided', async (t) => {
    const folder = place(t);
    writeFileSync(
      join(folder, 'data.csv'),
      csv(rows(40).map((row) => [...row.slice(0, FEATURES), row[FEATURES] === 1 ? 0 : 1])),
    );
    const found = await result(folder, [...ATTACK, '--epsilon', '0.1'], 2);
    assert.equal(found.clean.count, 0);
    assert.ok(found.findings.some(({ rule }) => rule === 'attack.little-accuracy'));
  });

  test('every report is written; SARIF is valid; the page holds nothing from elsewhere', async (t) => {
    const folder = place(t);
    const ran = await gatehouse(folder, [
      ...ATTACK,
      '--epsilon',
      '0.1',
      '--out',
      'report',
      '--queries',
      '100',
    ]);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /all together/);
    const read = (file: string) => readFileSync(join(folder, 'report', file), 'utf8');
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<
      string,
      unknown
    >;
    const { $schema: _, $id: __, id: ___, ...body } = schema;
    const validate = ajv.compile(body);
    assert.ok(validate(JSON.parse(read('report.sarif'))), JSON.stringify(validate.errors));
    assert.match(read('report.sarif'), /AML\.T0043\.000/);
    assert.match(read('report.sarif'), /ML01:2023/);
    const page = read('report.html');
    assert.match(page, /<svg/);
    assert.doesNotMatch(page, /<script|https?:/);
    assert.match(read('report.md'), /\| \*\*all together\*\* \|/);
    assert.equal((JSON.parse(read('result.json')) as AttackResult).kind, 'gatehouse-attack');
  });

  test('rows that nobody attacks are tried as well', async (t) => {
    const folder = place(t);
    const found = await result(folder, [...ATTACK, '--attack', 'fgsm', '--corruptions']);
    const names = new Set(found.corruptions.map(({ name }) => name));
    assert.ok(names.size > 3);
    assert.equal(found.corruptions.length, 5 * names.size);
    assert.ok(found.corruptions.every(({ accuracy }) => accuracy.of === 40));
  });

  test('the ensemble takes turns, and leaves no more than each alone', async (t) => {
    const args = ['--epsilon', '0.05,0.1', '--queries', '100', '--steps', '20', '--standard'];
    const sloped = await result(place(t), [...ATTACK, ...args]);
    assert.ok(sloped.runs.every(({ attack }) => attack !== 'hop-skip-jump'));
    // Where gradients are zero, decisions are asked as well.
    const flat = await result(place(t, rounded(FEATURES)), [...ATTACK, ...args], 2);
    assert.ok(flat.runs.some(({ attack }) => attack === 'hop-skip-jump'));
    for (const [found, at, epsilon] of [sloped, flat].flatMap((one) =>
      one.asked.epsilons.map((epsilon, at) => [one, at, epsilon] as const),
    )) {
      const own = found.runs.filter((run) => run.epsilon === epsilon);
      assert.ok(own.length >= 3);
      for (const [index, run] of own.entries())
        assert.ok(index === 0 || run.robust.count <= (own[index - 1]?.robust.count ?? 0));
      assert.equal(found.worst[at]?.robust.count, own.at(-1)?.robust.count);
      assert.equal(found.worst[at]?.robust.of, 40);
    }
  });
});
