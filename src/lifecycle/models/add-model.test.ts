import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import type { ScanResult, Verdict } from '../../findings/result.ts';
import { nodeDisk } from '../../ledger/disk.ts';
import { publicKeyOf } from '../../signing/keys.ts';
import { newKey } from '../../signing/testing.ts';
import { trustKeys } from '../../signing/trust-policy.ts';
import { openDatabase } from '../../store/database.ts';
import type { ModelRules } from '../../store/model-steps.ts';
import { ModelRegistry } from '../../store/models.ts';
import { localMaster } from '../../vault/master.ts';
import { Masters } from '../../vault/masters.ts';
import { signModel } from '../sign/sign-model.ts';
import { modelOf, scanOf, options as signing, tempFolder, trusting } from '../sign/testing.ts';
import { type AddModelOptions, addModel, type RegistryDesk } from './add-model.ts';
import { labelOf } from './form.ts';
import { type OpenModelOptions, openModel } from './open-model.ts';
import { PIECE } from './sealed-file.ts';
import { SealedModels } from './sealed-models.ts';
import { writeOut } from './write-out.ts';

const FILES = { 'README.md': 'notes', 'weights/a.bin': 'aaaa', 'weights/b.bin': '' };
const [ann, ben] = [
  { id: 'clr_ann', owner: 'ann' },
  { id: 'clr_ben', owner: 'ben' },
];
const rules: ModelRules = { approvals: 1, unsigned: 'refuse' };
const master = localMaster('first', Buffer.alloc(32, 1));
const SCAN = { version: '1', policy: null };
const stands = () => true;

function scene(t: TestContext, disk = nodeDisk) {
  const folder = tempFolder(t);
  const database = openDatabase(join(folder, 'store.sqlite'));
  t.after(() => database.close());
  const registry = new ModelRegistry(database, systemClock);
  const desk: RegistryDesk = {
    add: async (name) => registry.add(registry.newId(name), name, ann),
    async scanned(about, root, scan) {
      registry.take(labelOf(about), { act: 'scan', by: ann, root, files: 1, bytes: 1, scan });
    },
    async signed(about) {
      registry.take(labelOf(about), { act: 'sign', by: ann, signer: 'me' });
    },
    async revoke(about) {
      registry.take(labelOf(about), { act: 'revoke' });
    },
  };
  const common = {
    sealed: new SealedModels(join(folder, 'models'), disk),
    masters: new Masters([master], master),
    clock: systemClock,
  };
  const add = (model: string, more: Partial<AddModelOptions> = {}) =>
    addModel({
      ...common,
      model,
      name: 'm',
      trust: trusting(),
      registry: desk,
      scan: async () => scanOf(FILES),
      scannedBy: SCAN,
      jobs: 1,
      ...more,
    });
  const open = (more: Partial<OpenModelOptions> = {}) =>
    openModel({ ...common, reference: 'm', registry, rules, trust: trusting(), ...more });
  /** Approved by Ben, and active. */
  const use = (by: ModelRules = rules) => {
    const model = registry.find('m');
    const reference = labelOf(model);
    registry.take(reference, { act: 'approve', by: ben, root: model.root ?? '', rules: by, stands });
    registry.take(reference, { act: 'activate', rules: by, stands, scan: SCAN });
    return model;
  };
  const sealed = () => readdirSync(join(folder, 'models'));
  return { folder, registry, desk, add, open, use, sealed };
}

async function signed(t: TestContext, more: Parameters<typeof signing>[1] = {}): Promise<string> {
  const model = modelOf(t, FILES);
  await signModel(signing(model, more));
  return model;
}

const refuses = (kind: Problem['kind'], pattern: RegExp, act: Promise<unknown>) =>
  assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.kind, kind);
    return true;
  });

suite('adding a model', () => {
  test('sealed is what was signed and scanned, and it is read as it was', async (t) => {
    const { add, open, use, registry } = scene(t);
    const added = await add(await signed(t));
    assert.equal(added.signer, 'me');
    assert.deepEqual(
      added.files.map(({ name, as }) => [name, as]),
      [
        ...Object.keys(FILES).map((name) => [name, 'model']),
        ['model.sig', 'signature'],
        ['model.scan.sig', 'scan'],
      ],
    );
    assert.equal(registry.find('m').state, 'signed');
    use();
    const model = await open();
    assert.equal(String(await model.bytes('weights/a.bin', 100)), 'aaaa');
    await model.check();
    await refuses('usage', /no file/, model.bytes('model.sig', 1e6));
    await refuses('usage', /has 4 bytes, and there is room for 3/, model.bytes('weights/a.bin', 3));
    model.close();
  });

  test('what nobody signed is no part of it, and a file by itself keeps its name', async (t) => {
    const { add, open, use } = scene(t);
    const model = await signed(t);
    writeFileSync(join(model, 'later.bin'), 'x');
    await refuses('findings', /later.bin is not signed/, add(model));
    const lax = trusting({ unsignedFiles: true });
    const { files } = await add(model, { trust: lax });
    assert.ok(files.every(({ name }) => name !== 'later.bin'));

    const single = join(modelOf(t, { 'w.bin': 'w' }), 'w.bin');
    await signModel(signing(single));
    await add(single, { scan: async () => scanOf({ 'w.bin': 'w' }) });
    use();
    const opened = await open();
    assert.equal(String(await opened.bytes('w.bin', 10)), 'w');
    opened.close();
  });

  test('in parts, as signers of large models do', async (t) => {
    const { add, open, use } = scene(t);
    const large = { a: Buffer.alloc(2 * PIECE + 7, 1).toString('latin1') };
    const model = modelOf(t, large);
    await signModel(signing(model, { shardSize: PIECE + 3 }));
    await add(model, { scan: async () => scanOf(large) });
    use();
    const opened = await open();
    await opened.check();
    opened.close();
  });

  test('what does not pass leaves nothing but a revoked draft', async (t) => {
    const { add, registry, sealed } = scene(t);
    const model = await signed(t);
    const scanned = (files: Readonly<Record<string, string>>, verdict: Verdict = 'clean') => ({
      scan: async (): Promise<ScanResult> => scanOf(files, verdict),
    });
    await refuses('findings', /the scan found something/, add(model, scanned(FILES, 'findings')));
    await refuses('undecided', /could not read all/, add(model, scanned(FILES, 'undecided')));
    await refuses('findings', /changed while/, add(model, scanned({ ...FILES, 'README.md': 'other' })));
    await refuses('findings', /changed while/, add(model, scanned({ 'README.md': 'notes' })));
    const stranger = { ...trusting(), signers: [trustKeys('other', [publicKeyOf(newKey())])] };
    await refuses('findings', /the signature is not taken/, add(model, { trust: stranger }));
    writeFileSync(join(model, 'README.md'), 'other');
    await refuses('findings', /README.md is not as it was signed/, add(model));
    assert.deepEqual(sealed(), []);
    assert.ok(registry.list().every(({ state, root }) => state === 'revoked' && root === null));
    const before = registry.list().length;
    await refuses('usage', /nobody whose signatures are taken/, add(model, { trust: undefined }));
    assert.equal(registry.list().length, before);
  });

  test('a file that changes between signature, scan and seal', async (t) => {
    const { add, sealed } = scene(t);
    for (const change of [
      (model: string) => appendFileSync(join(model, 'README.md'), 'x'),
      (model: string) => rmSync(join(model, 'README.md')),
      (model: string) => {
        rmSync(join(model, 'README.md'));
        symlinkSync('weights/a.bin', join(model, 'README.md'));
      },
      (model: string) => {
        rmSync(join(model, 'README.md'));
        mkdirSync(join(model, 'README.md'));
      },
    ]) {
      const model = await signed(t);
      const scan = async () => {
        change(model);
        return scanOf(FILES);
      };
      await refuses('findings', /README.md changed while/, add(model, { scan }));
      assert.deepEqual(sealed(), []);
    }
    // The signature is replaced by another one that is trusted, on another state of the model.
    const model = await signed(t);
    const scan = async () => {
      writeFileSync(join(model, 'README.md'), 'other');
      await signModel(signing(model));
      writeFileSync(join(model, 'README.md'), 'notes');
      return scanOf(FILES);
    };
    await refuses('findings', /model.sig changed while/, add(model, { scan }));
  });

  test('without a signature: scanned, and used only where that is allowed', async (t) => {
    const { add, open, use, registry } = scene(t);
    const model = modelOf(t, FILES);
    symlinkSync('README.md', join(model, 'link'));
    await refuses('findings', /link cannot be sealed: it is a link/, add(model));
    rmSync(join(model, 'link'));
    mkdirSync(join(model, '.git'));
    writeFileSync(join(model, '.git/HEAD'), 'x');
    const { signer, files } = await add(model);
    assert.deepEqual([signer, registry.find('m').state, files.length], [null, 'scanned', 3]);
    const lax = { approvals: 1, unsigned: 'allow' } as const;
    use(lax);
    await refuses('findings', /Nobody who is trusted has signed it/, open());
    (await open({ rules: lax, trust: undefined })).close();
  });

  test('many at once have versions of their own', async (t) => {
    const { add, registry } = scene(t);
    const model = await signed(t);
    const added = await Promise.all(Array.from({ length: 5 }, () => add(model)));
    assert.deepEqual(added.map(({ version }) => version).sort(), [1, 2, 3, 4, 5]);
    assert.equal(new Set(added.map(({ root }) => root)).size, 1);
    assert.ok(registry.list().every(({ state }) => state === 'signed'));
  });

  test('a full disk, and a registry that does not answer', async (t) => {
    const open = async () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    };
    const full = scene(t, { ...nodeDisk, open });
    await refuses('environment', /the disk is full/, full.add(await signed(t)));
    assert.deepEqual([full.sealed(), full.registry.find('m').state], [[], 'revoked']);
    const { add, desk, sealed, registry } = scene(t);
    const signedStep = async () => Promise.reject(new Problem('environment', 'no answer'));
    await refuses(
      'environment',
      /no answer/,
      add(await signed(t), { registry: { ...desk, signed: signedStep } }),
    );
    assert.deepEqual([sealed(), registry.find('m').state], [[], 'revoked']);
  });
});

suite('opening a model', () => {
  test('only an active one, approved as the rules are now, signed by whoever is trusted now', async (t) => {
    const { add, open, use } = scene(t);
    await refuses('findings', /No sealed model/, open());
    await add(await signed(t));
    await refuses('findings', /m@1 is signed/, open());
    use();
    await refuses('findings', /by 1 of 2 people/, open({ rules: { ...rules, approvals: 2 } }));
    await refuses('findings', /no signature of anybody/, open({ trust: undefined }));
    const lax = { approvals: 1, unsigned: 'allow' } as const;
    await refuses('findings', /no signature of anybody/, open({ trust: undefined, rules: lax }));
    await refuses('findings', /the signature is not taken/, open({ trust: trusting({ postQuantum: true }) }));
    await refuses('findings', /without a scan|no signed result/, open({ trust: trusting({ scan: true }) }));
    const stranger = { ...trusting(), signers: [trustKeys('other', [publicKeyOf(newKey())])] };
    await refuses('findings', /the signature is not taken/, open({ trust: stranger }));
    (await open()).close();
  });

  test('with the signed scan, where the policy asks for one', async (t) => {
    const { add, open, use } = scene(t);
    const trust = trusting({ scan: true });
    await add(await signed(t, { scan: async () => scanOf(FILES) }), { trust });
    use();
    (await open({ trust })).close();
  });

  test('a model that is revoked while it is read gives no more', async (t) => {
    const { add, open, use, registry } = scene(t);
    const large = { a: Buffer.alloc(3 * PIECE, 1).toString('latin1') };
    const model = modelOf(t, large);
    await signModel(signing(model));
    await add(model, { scan: async () => scanOf(large) });
    use();
    const opened = await open();
    const pieces = opened.read(opened.find('a'));
    assert.equal((await pieces.next()).value?.length, PIECE);
    registry.take('m@1', { act: 'revoke' });
    await refuses('findings', /m@1 is revoked/, pieces.next());
    await refuses('findings', /m@1 is revoked/, opened.bytes('a', 1e9));
    opened.close();
    await refuses('findings', /m@1 is revoked/, open());
  });

  test('a name is its active version, until another is; who still reads the old one is told', async (t) => {
    const { add, open, use, registry } = scene(t);
    const model = await signed(t);
    await add(model);
    use();
    const old = await open();
    await add(model);
    const still = await open();
    assert.equal(still.registered.version, 1);
    still.close();
    const { root } = registry.find('m@2');
    registry.take('m@2', { act: 'approve', by: ben, root: root ?? '', rules, stands });
    registry.take('m@2', { act: 'activate', rules, stands, scan: SCAN });
    await refuses('findings', /m@1 is approved/, old.check());
    old.close();
    const next = await open();
    assert.equal(next.registered.version, 2);
    next.close();
  });

  test('written out whole, or not at all', async (t) => {
    const { add, open, use, folder } = scene(t);
    await add(await signed(t));
    const { id } = use();
    const to = join(folder, 'out');
    const model = await open();
    assert.equal(await writeOut(model, to), 5);
    await refuses('usage', /is there already/, writeOut(model, to));
    const piece = join(folder, 'models', id, '1');
    appendFileSync(piece, 'x');
    const other = join(folder, 'other');
    await refuses('findings', /not what was sealed/, writeOut(model, other));
    assert.ok(!existsSync(other) && readdirSync(folder).every((name) => !name.endsWith('.partial')));
    model.close();
  });
});
