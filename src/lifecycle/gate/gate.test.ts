import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import type { ScanResult } from '../../findings/result.ts';
import { BOUNDS } from '../scan/bounds.ts';
import { NO_POLICY } from '../scan/no-policy.ts';
import { scan } from '../scan/scan.ts';
import { type Walked, walk } from '../scan/walk.ts';
import { type SignModelOptions, signModel } from '../sign/sign-model.ts';
import { modelOf, options, tempFolder, trusting } from '../sign/testing.ts';
import { type GateOptions, type GateReport, gate } from './gate.ts';

/** `os.system('true')` in protocol 0: never executed here. */
const HOSTILE = "cos\nsystem\n(S'true'\ntR.";
const FILES = { 'config.json': '{ "model_type": "none" }', 'notes.txt': 'A model that nobody trained.\n' };

const read = (walked: Walked): Promise<ScanResult> =>
  scan(walked, { version: '0', policy: NO_POLICY, baseline: [], over: [], bounds: BOUNDS, jobs: 1 });

const pass = (model: string, more: Partial<GateOptions> = {}): Promise<GateReport> =>
  gate({ model, trust: trusting(), requireScan: false, scan: read, jobs: 1, clock: systemClock, ...more });

async function signed(
  t: TestContext,
  more: Partial<SignModelOptions> = {},
  files: Readonly<Record<string, string>> = FILES,
): Promise<string> {
  const model = modelOf(t, files);
  await signModel(options(model, more));
  return model;
}

/** `rule path`, of the signature and of the scan. */
const found = ({ result }: GateReport): string[] =>
  result.files.flatMap(({ path, findings }) => findings.map(({ rule }) => `${rule} ${path}`));

const paths = ({ files }: ScanResult): string[] => files.map(({ path }) => path);

suite('the gate', () => {
  test('reads each file once: what the scan hashed is what the signature is compared with', async (t) => {
    const model = await signed(t);
    let hashed = 0;
    const onProgress = (done: number) => {
      hashed = done;
    };
    const report = await pass(model, { onProgress });
    assert.deepEqual([report.outcome, found(report), hashed], ['passed', [], 0]);
    assert.deepEqual(paths(report.result), ['config.json', 'model.scan.sig', 'model.sig', 'notes.txt']);

    // What the scan has read decides, whatever lies there.
    const other = async (walked: Walked) => {
      const result = await read(walked);
      const files = result.files.map((file) => ({ ...file, sha256: '0'.repeat(64) }));
      return { ...result, files };
    };
    assert.deepEqual(found(await pass(model, { scan: other })), [
      'gate.file-changed config.json',
      'gate.file-changed notes.txt',
    ]);
  });

  test('parts of files are read again, and have to be as they were scanned', async (t) => {
    const model = await signed(t, { shardSize: 8 });
    assert.equal((await pass(model)).outcome, 'passed');
    const notes = join(model, 'notes.txt');
    const { atime, mtime } = statSync(notes);
    const honest = FILES['notes.txt'];
    // Clean while it is scanned, and as it was signed before and after; even its times are put back.
    const swap = async (walked: Walked) => {
      writeFileSync(notes, 'x'.repeat(honest.length));
      const result = await read(walked);
      writeFileSync(notes, honest);
      utimesSync(notes, atime, mtime);
      return result;
    };
    assert.deepEqual(found(await pass(model, { scan: swap })), ['gate.file-changed notes.txt']);
  });

  test('a file that comes or goes while it is scanned does not pass', async (t) => {
    const model = await signed(t);
    const comes = async (walked: Walked) => {
      const result = await read(walked);
      writeFileSync(join(model, 'late.pkl'), HOSTILE);
      return result;
    };
    assert.deepEqual(found(await pass(model, { scan: comes })), ['gate.file-unsigned late.pkl']);
    rmSync(join(model, 'late.pkl'));
    const goes = async (walked: Walked) => {
      const result = await read(walked);
      rmSync(join(model, 'notes.txt'));
      return result;
    };
    const report = await pass(model, { scan: goes });
    assert.equal(report.outcome, 'refused');
    assert.ok(found(report).includes('gate.file-missing notes.txt'));
  });

  test('a signature does not make what is hostile pass', async (t) => {
    const model = await signed(t, {}, { ...FILES, 'weights.pkl': HOSTILE });
    const report = await pass(model);
    assert.deepEqual([report.outcome, report.objections], ['refused', []]);
    assert.deepEqual(found(report), ['pickle.dangerous-call weights.pkl']);
  });

  test('files that nobody signed are scanned where they are allowed', async (t) => {
    const model = await signed(t);
    const trust = trusting({ unsignedFiles: true });
    writeFileSync(join(model, 'added.txt'), 'Hello.\n');
    assert.equal((await pass(model)).outcome, 'refused');
    assert.equal((await pass(model, { trust })).outcome, 'passed');
    writeFileSync(join(model, 'added.txt'), HOSTILE);
    assert.deepEqual(found(await pass(model, { trust })), ['pickle.dangerous-call added.txt']);
    // What a link to a folder leads to is no part of the model, and is scanned all the same.
    rmSync(join(model, 'added.txt'));
    const elsewhere = tempFolder(t);
    writeFileSync(join(elsewhere, 'x.pkl'), HOSTILE);
    symlinkSync(elsewhere, join(model, 'linked'));
    const report = found(await pass(model));
    assert.ok(report.includes('gate.file-unsigned linked'));
    assert.ok(report.includes('pickle.dangerous-call linked/x.pkl'));
  });

  test('a signed file where no scan looks does not pass', async (t) => {
    const model = await signed(t, {}, { ...FILES, 'sub/.git/hook.pkl': HOSTILE });
    const report = await pass(model);
    assert.deepEqual([report.outcome, found(report)], ['refused', ['gate.scan-missing sub/.git/hook.pkl']]);
  });

  test('the signed result of a scan is taken for what it covers, and nothing else', async (t) => {
    const scanned = { scan: async (model: string) => read(await walk([model], '/')) };
    const ask = { requireScan: true, trust: trusting({ scan: true }) };
    const model = await signed(t, { ...scanned, ignore: ['left'] });
    const report = await pass(model, ask);
    assert.deepEqual([report.outcome, paths(report.scanned)], ['passed', ['model.scan.sig', 'model.sig']]);
    // What the signer left out, anybody may have put there.
    mkdirSync(join(model, 'left'));
    writeFileSync(join(model, 'left/x'), HOSTILE);
    assert.deepEqual(found(await pass(model, ask)), ['pickle.dangerous-call left/x']);
    rmSync(join(model, 'left/x'));

    // A hostile file under the name of the scan is no scan, and is read as what it is.
    writeFileSync(join(model, 'model.scan.sig'), HOSTILE);
    assert.deepEqual(found(await pass(model, ask)), [
      'pickle.dangerous-call model.scan.sig',
      'gate.scan-missing model.scan.sig',
    ]);
    // A signature without a scan says so, and that is none.
    const skipped = await signed(t);
    assert.deepEqual(found(await pass(skipped, ask)), ['gate.scan-missing model.scan.sig']);
  });

  test('a file by itself, with its signature beside it or elsewhere', async (t) => {
    const folder = tempFolder(t);
    const model = join(folder, 'notes.txt');
    const signature = join(folder, 'sigs', 'n.sig');
    mkdirSync(join(folder, 'sigs'));
    writeFileSync(model, 'A model that nobody trained.\n');
    assert.deepEqual(found(await pass(model)), ['gate.unsigned notes.txt.sig']);
    await signModel(options(model, { signature }));
    assert.equal((await pass(model, { signature })).outcome, 'passed');
    writeFileSync(model, 'A model that somebody trained.\n');
    assert.deepEqual(found(await pass(model, { signature })), ['gate.file-changed notes.txt']);
    writeFileSync(signature, '{}');
    const report = await pass(model, { signature });
    assert.deepEqual([report.outcome, found(report)], ['undecided', ['gate.signature sigs/n.sig']]);
  });
});
