import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { ScanResult } from '../../src/findings/result.ts';
import { newKey, publicPem } from '../../src/signing/testing.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';

interface Report {
  readonly outcome: string;
  readonly objections: readonly { readonly rule: string; readonly path: string; readonly message: string }[];
  readonly verify: {
    readonly signed?: { readonly signer: string };
    readonly files: readonly { readonly name: string; readonly state: string }[];
  } | null;
  readonly scan: ScanResult;
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly locations: readonly [
          { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } },
        ];
      }[];
      readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
      readonly properties: { readonly verdict: string };
    },
  ];
}

/** `os.system('true')` in protocol 0: never executed here. */
const HOSTILE = "cos\nsystem\n(S'true'\ntR.";
const HONEST = Buffer.from('80027d710058010000006171014b01732e', 'hex');

/** A folder with a model that is signed, and a trust policy that takes its signer. */
async function scene(t: TestContext) {
  const folder = tempFolder(t);
  const [key, other] = [newKey(), newKey()];
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, 'model'));
  write('model/config.json', '{ "model_type": "none" }\n');
  write('model/weights.pkl', HONEST);
  write('key.pem', key.export({ type: 'pkcs8', format: 'pem' }));
  write('key.pub', publicPem(key));
  write('other.pub', publicPem(other));
  const trust = (file: string) => `version: 1\nsigners:\n  - { name: release, keys: [${file}] }\n`;
  write('trust.yaml', trust('key.pub'));
  write('others.yaml', trust('other.pub'));
  const signed = await gatehouse(folder, ['sign', 'model', '--key-file', 'key.pem']);
  assert.equal(signed.code, 0, signed.err);
  const gate = (...args: string[]) => gatehouse(folder, ['gate', 'model', '--policy', 'trust.yaml', ...args]);
  return { folder, write, gate };
}

/** What `--json` and `--sarif` say, which is the same. */
async function findingsOf({ folder }: { readonly folder: string }, ...args: string[]) {
  const policy = args.includes('--policy') ? [] : ['--policy', 'trust.yaml'];
  const { code, out, err } = await gatehouse(folder, [
    'gate',
    'model',
    '--json',
    '--sarif',
    'out.sarif',
    ...policy,
    ...args,
  ]);
  assert.equal(err, '');
  const report = JSON.parse(out) as Report;
  const [run] = (JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')) as Sarif).runs;
  const found = run.results
    .map(({ ruleId, locations }) => `${ruleId} ${locations[0].physicalLocation.artifactLocation.uri}`)
    .sort();
  for (const { rule, path } of report.objections) assert.ok(found.includes(`${rule} ${path}`), rule);
  return { code, report, run, found };
}

suite('gatehouse gate', () => {
  test('a model that is signed and clean passes, with every file accounted for', async (t) => {
    const it = await scene(t);
    const { code, out, err } = await it.gate();
    assert.equal(code, 0, out + err);
    assert.match(out, /^model: passed\nSigned by release, with key [0-9a-f]{64}\n/);
    assert.match(out, /\n2 files as signed\.\n[\s\S]*signature +model\.sig\n/);
    assert.match(out, /Scan: clean, 4 files here; the signed one is clean, by gatehouse /);
    const { report, run, found } = await findingsOf(it);
    assert.deepEqual([report.outcome, report.objections, found], ['passed', [], []]);
    assert.equal(report.verify?.signed?.signer, 'release');
    assert.equal(run.properties.verdict, 'clean');
    assert.equal(run.artifacts.length, 4);

    // What its signed scan covers need not be scanned again.
    const { code: again, report: bySigner } = await findingsOf(it, '--require-scan');
    assert.equal(again, 0);
    assert.deepEqual(
      bySigner.scan.files.map(({ path }) => path),
      ['model.scan.sig', 'model.sig'],
    );
  });

  test('each thing that is wrong is one result, of its file', async (t) => {
    const it = await scene(t);
    it.write('model/added.pkl', HOSTILE);
    it.write('model/weights.pkl', Buffer.from('80027d710058010000006171014b02732e', 'hex'));
    rmSync(join(it.folder, 'model/config.json'));
    const { code, report, run, found } = await findingsOf(it);
    assert.deepEqual([code, report.outcome, run.properties.verdict], [1, 'refused', 'findings']);
    assert.deepEqual(found, [
      'gate.file-changed weights.pkl',
      'gate.file-missing config.json',
      'gate.file-unsigned added.pkl',
      'pickle.dangerous-call added.pkl',
    ]);
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      ['gate.file-changed', 'gate.file-missing', 'gate.file-unsigned', 'pickle.dangerous-call'],
    );
    // Nothing is said of the bytes of what is not there.
    assert.ok(!run.artifacts.some(({ location }) => location.uri === 'config.json'));

    const { code: again, out } = await it.gate();
    assert.equal(again, 1);
    assert.match(out, /^model: REFUSED\n/);
    assert.match(out, /gate\.file-unsigned {2}added\.pkl\n {10}nobody signed it\n {10}→ Remove the file/);
    assert.match(out, /pickle\.dangerous-call {2}added\.pkl\n/);
  });

  test('who signed: nobody, somebody else, and what cannot be read', async (t) => {
    const it = await scene(t);
    const stranger = await findingsOf(it, '--policy', 'others.yaml');
    assert.deepEqual([stranger.code, stranger.found], [1, ['gate.signature model.sig']]);

    it.write('model/model.sig', '{"mediaType":"x"}');
    const broken = await findingsOf(it);
    assert.deepEqual([broken.code, broken.report.outcome], [2, 'undecided']);
    assert.deepEqual(broken.found, ['gate.signature model.sig']);
    assert.equal(broken.run.properties.verdict, 'undecided');
    // What is known to be bad weighs more than what is not known.
    it.write('model/weights.pkl', HOSTILE);
    assert.equal((await findingsOf(it)).code, 1);

    rmSync(join(it.folder, 'model/model.sig'));
    it.write('model/weights.pkl', HONEST);
    const none = await findingsOf(it);
    assert.deepEqual([none.code, none.report.verify], [1, null]);
    assert.deepEqual(none.found, ['gate.unsigned model.sig']);
  });

  test('what nobody can read is not decided', async (t) => {
    const it = await scene(t);
    it.write('model/index.own', Buffer.from('00ff13370000beef8001', 'hex'));
    assert.equal(
      (await gatehouse(it.folder, ['sign', 'model', '--key-file', 'key.pem', '--no-scan'])).code,
      0,
    );
    const { code, out } = await it.gate();
    assert.equal(code, 2, out);
    assert.match(out, /^model: NOT DECIDED\n[\s\S]*index\.own was not read whole: /);
    // A scan policy may say that it need not be.
    const { sha256 = '' } =
      (await findingsOf(it)).report.scan.files.find(({ path }) => path === 'index.own') ?? {};
    it.write(
      'scan.yaml',
      `version: 1\nunread:\n  - { sha256: ${sha256}, reason: our own format, until: 2999-01-31 }\n` +
        'suppress:\n  - { rule: gate.unsigned, path: "*", reason: we like it, until: 2999-01-31 }\n',
    );
    assert.equal((await it.gate('--scan-policy', 'scan.yaml')).code, 0);
    // But not that it need not be signed.
    rmSync(join(it.folder, 'model/model.sig'));
    const unsigned = await it.gate('--scan-policy', 'scan.yaml');
    assert.equal(unsigned.code, 1);
    assert.match(unsigned.out, /gate\.unsigned {2}model\.sig\n/);
    assert.match(unsigned.out, / {2}note: .* met nothing\n/);
  });

  test('a single file, in parts, with its signature elsewhere; and wrong usage', async (t) => {
    const it = await scene(t);
    const at = ['--signature', 'elsewhere.sig'];
    const run = (...args: string[]) => gatehouse(it.folder, args);
    const weights = 'model/weights.pkl';
    assert.equal((await run('sign', weights, '--key-file', 'key.pem', '--shards', ...at)).code, 0);
    assert.equal((await run('gate', weights, '--key-file', 'key.pub', ...at)).code, 0);
    it.write(weights, Buffer.from('80027d710058010000006171014b02732e', 'hex'));
    const { code, out } = await run('gate', weights, '--key-file', 'key.pub', ...at, '--json');
    assert.equal(code, 1);
    assert.deepEqual(
      (JSON.parse(out) as Report).objections.map(({ rule, path }) => [rule, path]),
      [['gate.file-changed', 'weights.pkl']],
    );

    assert.equal((await run('gate', 'model')).code, 3);
    assert.equal(
      (await run('gate', 'model', '--policy', 'trust.yaml', '--scan-policy', 'trust.yaml')).code,
      3,
    );
    assert.equal((await run('gate', 'nowhere', '--policy', 'trust.yaml')).code, 4);
    assert.equal((await it.gate('--sarif', 'no/such/folder.sarif')).code, 4);
  });
});
