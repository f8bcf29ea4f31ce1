import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeSigstore } from '../../src/signing/keyless/testing.ts';
import {
  EXTENSION,
  ISSUES,
  makeCertificate,
  newKey,
  pemOf,
  publicPem,
  SIGNS,
} from '../../src/signing/testing.ts';
import { gatehouse, gatehouseJson, ledgerOf, stopped, tempFolder } from '../harness/cli.ts';

interface Report {
  readonly outcome: string;
  readonly objections: readonly { code: string; message: string }[];
  readonly signed?: { signer: string; by: string; who: string; post_quantum: boolean; time: string | null };
  readonly scan: { holds: boolean; verdict?: string };
  readonly files: readonly { name: string; state: string }[];
}

/** A folder with a model in it, and a gateway's configuration with a vault. */
function scene(t: TestContext) {
  const folder = tempFolder(t);
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model/notes.txt'), 'A model that nobody trained.\n');
  writeFileSync(join(folder, 'model/config.json'), '{ "model_type": "none" }\n');
  writeFileSync(join(folder, 'master.key'), `${'aa'.repeat(32)}\n`);
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    'upstreams:\n  open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: [m] }\n' +
      'vault: { masters: { first: { key: { file: ./master.key } } } }\n',
  );
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n',
  );
  return folder;
}

const verify = async (folder: string, ...args: string[]): Promise<Report> => {
  const { out } = await gatehouse(folder, ['verify', 'model', ...args, '--json']);
  return JSON.parse(out) as Report;
};

test('a key of the gateway signs a model, is rotated and revoked, and the ledger has every change', async (t) => {
  const folder = scene(t);
  const run = async (line: string) => {
    const { code, out, err } = await gatehouse(folder, line.split(' '));
    return { code, out, err };
  };
  assert.equal((await run('keys create release')).code, 0);
  const stored = readFileSync(join(folder, 'gatehouse-data/keys/signing-release.json'), 'utf8');
  assert.doesNotMatch(stored, /PRIVATE/);
  assert.equal((await run('sign model --key release --no-scan')).code, 0);

  const shown = await run('keys show release');
  writeFileSync(join(folder, 'release.pub'), shown.out);
  const byFile = await verify(folder, '--key-file', 'release.pub');
  assert.deepEqual([byFile.outcome, byFile.signed?.post_quantum], ['verified', true]);
  assert.equal((await verify(folder, '--key', 'release')).outcome, 'verified');

  // Rotated: what the old version signed holds, and the new one signs.
  assert.equal((await run('keys rotate release --curve P-384')).code, 0);
  assert.equal((await verify(folder, '--key', 'release')).outcome, 'verified');
  assert.equal((await run('sign model --key release --no-scan')).code, 0);
  const other = await verify(folder, '--key-file', 'release.pub');
  assert.deepEqual([other.outcome, other.objections[0]?.code], ['refused', 'signer']);

  assert.equal((await run('keys revoke release')).code, 0);
  const revoked = await run('verify model --key release');
  assert.equal(revoked.code, 1);
  assert.match(revoked.err, /was revoked: nothing that it signed is taken/);
  assert.equal((await run('sign model --key release --no-scan')).code, 3);

  const changes = ledgerOf(folder).filter(({ kind }) => kind === 'system.signing_key');
  assert.deepEqual(
    changes.map(({ act, name, version }) => [act, name, version]),
    [
      ['create', 'release', 1],
      ['rotate', 'release', 2],
      ['revoke', 'release', 2],
    ],
  );
  assert.match(String(changes[0]?.keys), /^[0-9a-f]{64} [0-9a-f]{64}$/);
  const { keys } = await gatehouseJson<{ keys: { versions: { state: string }[] }[] }>(folder, [
    'keys',
    'list',
  ]);
  assert.deepEqual(
    keys[0]?.versions.map(({ state }) => state),
    ['revoked', 'revoked'],
  );
});

test('keys and certificates of elsewhere; exit codes; what a person reads', async (t) => {
  const folder = scene(t);
  const [key, rootKey] = [newKey('secp384r1'), newKey()];
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text);
  write('key.pem', key.export({ type: 'pkcs8', format: 'pem' }));
  const DAY = 86_400_000;
  const times = { from: Date.now() - DAY, to: Date.now() + DAY };
  const issued = { ...times, issuer: 'root', issuerKey: rootKey };
  write(
    'root.crt',
    pemOf(
      makeCertificate({
        ...issued,
        subject: 'root',
        key: rootKey,
        extensions: [EXTENSION.authority(), EXTENSION.usage(ISSUES)],
      }),
    ),
  );
  write(
    'leaf.crt',
    pemOf(
      makeCertificate({
        ...issued,
        subject: 'leaf',
        key,
        extensions: [EXTENSION.usage(SIGNS), EXTENSION.email('build@example.com')],
      }),
    ),
  );

  const signed = await gatehouse(folder, [
    'sign',
    'model',
    '--key-file',
    'key.pem',
    '--certificate',
    'leaf.crt',
    '--no-scan',
  ]);
  assert.equal(signed.code, 0, signed.err);
  assert.match(signed.out, /WITHOUT a scan, and it says so/);
  const good = await gatehouse(folder, [
    'verify',
    'model',
    '--authority',
    'root.crt',
    '--identity',
    'build@example.com',
  ]);
  assert.equal(good.code, 0);
  assert.match(
    good.out,
    /^model: verified\nSigned by root.crt, with certificate build@example.com\n {2}without ML-DSA-65\n/,
  );

  write('model/more.bin', 'x');
  const more = await gatehouse(folder, ['verify', 'model', '--authority', 'root.crt']);
  assert.equal(more.code, 1);
  assert.match(
    more.out,
    /model: REFUSED\n {2}more.bin is not signed by anybody\n[\s\S]*NOT SIGNED +more.bin/,
  );
  assert.equal(
    (await gatehouse(folder, ['verify', 'model', '--authority', 'root.crt', '--ignore-unsigned-files'])).code,
    0,
  );

  write('model/model.sig', '{"mediaType":"x"}');
  assert.equal((await gatehouse(folder, ['verify', 'model', '--authority', 'root.crt'])).code, 2);
  assert.equal((await gatehouse(folder, ['verify', 'model'])).code, 3);
  assert.equal((await gatehouse(folder, ['verify', 'model', '--identity', 'me'])).code, 3);
  assert.equal((await gatehouse(folder, ['verify', 'nowhere', '--authority', 'root.crt'])).code, 4);
  assert.equal((await gatehouse(folder, ['sign', 'model', '--no-scan'])).code, 3);
  // A variable that nobody set is not the folder where one stands.
  for (const verb of ['sign', 'verify', 'gate', 'bom'])
    assert.equal((await gatehouse(folder, [verb, ''])).code, 3, verb);
  const another = ['--key-file', 'key.pem', '--certificate', 'root.crt'];
  const { code, err } = await gatehouse(folder, ['sign', 'model', ...another]);
  assert.equal(code, 3);
  assert.match(err, /of another key/);
  assert.equal((await gatehouse(folder, ['sign', 'model', '--key-file', 'root.crt', '--no-scan'])).code, 3);
});

test('keyless, offline, with a policy and a trusted root of one’s own', async (t) => {
  const folder = scene(t);
  const sigstore = new FakeSigstore(Date.now() - 3_600_000);
  writeFileSync(join(folder, 'key.pem'), newKey().export({ type: 'pkcs8', format: 'pem' }));
  assert.equal((await gatehouse(folder, ['sign', 'model', '--key-file', 'key.pem', '--no-scan'])).code, 0);
  const { dsseEnvelope } = JSON.parse(readFileSync(join(folder, 'model/model.sig'), 'utf8')) as {
    dsseEnvelope: { payload: string };
  };
  // The same statement, signed by somebody without a key.
  writeFileSync(join(folder, 'model/model.sig'), sigstore.sign(Buffer.from(dsseEnvelope.payload, 'base64')));
  writeFileSync(join(folder, 'root.json'), sigstore.trustedRoot);
  writeFileSync(
    join(folder, 'trust.yaml'),
    'version: 1\nsigners:\n  - { name: ci, identity: me@example.com, issuer: "https://issuer.test", trusted_root: root.json }\n',
  );
  const report = await verify(folder, '--policy', 'trust.yaml');
  assert.deepEqual(
    [report.outcome, report.signed?.by, report.signed?.who],
    ['verified', 'sigstore', 'me@example.com'],
  );
  assert.ok(report.signed?.time);
  const flags = ['--identity', 'me@example.com', '--issuer', 'https://issuer.test'];
  assert.equal((await verify(folder, ...flags, '--trusted-root', 'root.json')).outcome, 'verified');
  // The public Sigstore knows nothing of this one.
  assert.equal((await verify(folder, ...flags)).objections[0]?.code, 'log');
});

test('a model is scanned first: what passes is said to, and what does not is not signed', async (t) => {
  const folder = scene(t);
  const keys = [newKey(), generateKeyPairSync('ml-dsa-65').privateKey];
  writeFileSync(
    join(folder, 'key.pem'),
    keys.map((key) => key.export({ type: 'pkcs8', format: 'pem' })).join(''),
  );
  writeFileSync(join(folder, 'key.pub'), Buffer.concat(keys.map(publicPem)));
  const sign = () => gatehouse(folder, ['sign', 'model', '--key-file', 'key.pem']);
  const signed = await sign();
  assert.equal(signed.code, 0, signed.err);
  const report = await verify(folder, '--key-file', 'key.pub', '--require-scan', '--require-post-quantum');
  assert.deepEqual([report.outcome, report.scan.holds, report.scan.verdict], ['verified', true, 'clean']);
  // Our own signatures are no part of the next scan.
  assert.equal((await sign()).code, 0);

  // os.system('true') in protocol 0: never executed here.
  writeFileSync(join(folder, 'model/weights.pkl'), "cos\nsystem\n(S'true'\ntR.");
  const refused = await sign();
  assert.equal(refused.code, 1);
  assert.match(refused.err, /it is not signed: the scan found something in weights.pkl/);
  const old = await verify(folder, '--key-file', 'key.pub');
  assert.deepEqual(
    old.files.filter(({ state }) => state === 'unsigned').map(({ name }) => name),
    ['weights.pkl'],
  );
});

test('OpenSSL reads the keys that are shown', async (t) => {
  const folder = scene(t);
  writeFileSync(join(folder, 'pass'), 'correct horse battery staple\n');
  const place = ['--keys', 'own', '--passphrase-file', 'pass'];
  assert.equal((await gatehouse(folder, ['keys', 'create', 'k', '--curve', 'P-521', ...place])).code, 0);
  const { out } = await gatehouse(folder, ['keys', 'show', 'k', '--keys', 'own']);
  writeFileSync(join(folder, 'k.pub'), out);
  const said = execFileSync('openssl', ['pkey', '-pubin', '-in', 'k.pub', '-noout', '-text'], {
    cwd: folder,
  });
  assert.match(said.toString(), /secp521r1/);
  assert.equal((await gatehouse(folder, ['sign', 'model', '--key', 'k', '--no-scan', ...place])).code, 0);
  assert.equal((await verify(folder, '--key', 'k', '--keys', 'own')).outcome, 'verified');
});

test('a model does not bring the policy of its own scan', async (t) => {
  const folder = scene(t);
  writeFileSync(join(folder, 'key.pem'), newKey().export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'model/x.pkl'), "cos\nsystem\n(S'true'\ntR.");
  writeFileSync(
    join(folder, 'model/gatehouse-scan.yaml'),
    'version: 1\nsuppress: [{ rule: pickle.dangerous-call, reason: fine, until: 2999-01-01 }]\n',
  );
  const { code, err } = await gatehouse(join(folder, 'model'), ['sign', '.', '--key-file', '../key.pem']);
  assert.equal(code, 1);
  assert.match(err, /found something in x\.pkl/);
});

test('another passphrase is wrong usage, and signs nothing', async (t) => {
  const folder = scene(t);
  writeFileSync(join(folder, 'right'), 'correct horse battery staple');
  writeFileSync(join(folder, 'wrong'), 'another horse battery staple');
  const keys = ['--keys', 'keys', '--passphrase-file'];
  assert.equal((await gatehouse(folder, ['keys', 'create', 'k', ...keys, 'right'])).code, 0);
  const { code, err } = await gatehouse(folder, [
    'sign',
    'model',
    '--key',
    'k',
    '--no-scan',
    ...keys,
    'wrong',
  ]);
  assert.equal(code, 3);
  assert.match(err, /another passphrase/);
  const pem = newKey().export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
  writeFileSync(join(folder, 'key.pem'), pem);
  const file = ['--key-file', 'key.pem', '--passphrase-file', 'wrong'];
  assert.equal((await gatehouse(folder, ['sign', 'model', '--no-scan', ...file])).code, 3);
  assert.deepEqual(readdirSync(join(folder, 'model')).sort(), ['config.json', 'notes.txt']);
});

test('Ctrl-C while it hashes or scans: a message, a code, and nothing written', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const folder = scene(t);
  const key = newKey();
  writeFileSync(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'key.pub'), publicPem(key));
  writeFileSync(join(folder, 'model/weights.bin'), '');
  const sign = ['sign', 'model', '--key-file', 'key.pem'];
  assert.equal((await gatehouse(folder, [...sign, '--no-scan'])).code, 0);
  const before = readFileSync(join(folder, 'model/model.sig'));
  truncateSync(join(folder, 'model/weights.bin'), 2 ** 36);
  const at = { file: 'weights.bin', signal: 'SIGINT' } as const;
  const trust = ['model', '--key-file', 'key.pub'];
  for (const [args, said] of [
    [[...sign, '--no-scan'], /nothing is signed/],
    [sign, /nothing is signed/],
    [['verify', ...trust], /nothing is verified/],
    [['gate', ...trust], /has not passed/],
    [['bom', 'model', '-o', 'bom.json'], /nothing was written/],
  ] as const) {
    const { code, err } = await stopped(folder, args, at);
    assert.equal(code, 2, `${args[0]}: ${err}`);
    assert.match(err, said);
  }
  assert.deepEqual(readFileSync(join(folder, 'model/model.sig')), before);
  assert.ok(!readdirSync(folder).includes('bom.json'));
  const left = readdirSync(join(folder, 'model')).sort();
  assert.deepEqual(left, ['config.json', 'model.scan.sig', 'model.sig', 'notes.txt', 'weights.bin']);
});
