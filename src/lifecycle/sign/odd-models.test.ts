import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { signModel } from './sign-model.ts';
import { modelOf, options, tempFolder, trusting } from './testing.ts';
import { type VerifyModelOptions, verifyModel } from './verify-model.ts';

const verify = (model: string, more: Partial<VerifyModelOptions> = {}) =>
  verifyModel({ model, trust: trusting(), jobs: 2, clock: systemClock, ...more });

/** Names of the files in a state. */
const named = ({ files }: Awaited<ReturnType<typeof verify>>, state: string): string[] =>
  files.filter((file) => file.state === state).map(({ name }) => name);

const refuses = (kind: Problem['kind'], pattern: RegExp, act: Promise<unknown>) =>
  assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof Problem, String((error as Error).stack));
    assert.match(error.message, pattern);
    assert.equal(error.kind, kind);
    return true;
  });

suite('models that are odd', () => {
  test('in parts: what has no bytes has no part, is told, and is no way in', async (t) => {
    const model = modelOf(t, { a: 'some', none: '' });
    assert.deepEqual((await signModel(options(model, { shardSize: 8 }))).empty, ['none']);
    assert.equal((await verify(model)).outcome, 'verified');
    // Nor what a link leads to, empty for the moment.
    const elsewhere = join(tempFolder(t), 'later');
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, join(model, 'link'));
    assert.deepEqual(named(await verify(model), 'unsigned'), ['link']);
    rmSync(join(model, 'link'));
    writeFileSync(join(model, 'a'), '');
    assert.deepEqual(named(await verify(model), 'changed'), ['a']);
    const empty = modelOf(t, { none: '' });
    await refuses('findings', /not one file is signed/, signModel(options(empty, { shardSize: 8 })));
  });

  test('what no verifier would read is not written', async (t) => {
    const name = 'a'.repeat(200);
    const model = modelOf(t, { [name]: Buffer.alloc(130_000) });
    await refuses('usage', /no verifier reads its signature/, signModel(options(model, { shardSize: 1 })));
    assert.deepEqual(readdirSync(model), [name]);
  });

  test('names that some disks take for one are several here, and none stands for another', async (t) => {
    const names = ['model.bin', 'Model.bin', '\u00e9', 'e\u0301', 'x', 'x ', '.git ', '.GIT'];
    const model = modelOf(t, Object.fromEntries(names.map((name) => [name, `in ${name}`])));
    await signModel(options(model));
    assert.deepEqual(named(await verify(model), 'signed'), [...names].sort());
    rmSync(join(model, 'e\u0301'));
    renameSync(join(model, 'model.bin'), join(model, 'MODEL.bin'));
    writeFileSync(join(model, 'Model.bin'), 'in model.bin');
    const report = await verify(model);
    assert.deepEqual(named(report, 'missing'), ['e\u0301', 'model.bin'].sort());
    assert.deepEqual(named(report, 'unsigned'), ['MODEL.bin']);
    assert.deepEqual(named(report, 'changed'), ['Model.bin']);
  });

  test('a signer who leaves weights out: they are told as such, whatever lies there', async (t) => {
    const model = modelOf(t, { 'model.safetensors': 'w', 'config.json': '{}' });
    await signModel(options(model, { ignore: ['model.safetensors', 'sub'] }));
    writeFileSync(join(model, 'model.safetensors'), 'others');
    mkdirSync(join(model, 'sub/deep'), { recursive: true });
    writeFileSync(join(model, 'sub/deep/x.pkl'), 'x');
    mkdirSync(join(model, 'empty/folders'), { recursive: true });
    const report = await verify(model);
    assert.deepEqual(named(report, 'left_out'), ['model.safetensors', 'sub/deep/x.pkl']);
    assert.deepEqual(
      report.files.filter(({ state }) => state === 'left_out').map(({ why }) => why),
      ['the signer left it out', 'the signer left it out'],
    );
    // Whole parts of names, in their only spelling: nothing else is left out.
    for (const path of ['sub/../config.json', '.', '..', '/', '', 'a//b', './'])
      await refuses('usage', /no path inside/, signModel(options(model, { ignore: [path] })));
  });
});
