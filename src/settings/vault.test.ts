import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const parse = (vault: string) =>
  parseSettings(
    `upstreams: { a: { dialect: openai, url: "https://a.example", models: [m] } }\nvault: ${vault}\n`,
    {
      env: { MASTER: 'aa'.repeat(32) },
      file: 'gatehouse.yaml',
      baseDir: '/',
      readFile: () => 'from a file\n',
      dialects: ['openai'],
    },
  ).vault;

const errors = (vault: string): string => {
  try {
    parse(vault);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return '';
};

test('master keys from the environment, a file, a command and a transit engine', () => {
  const vault = parse(
    `{ current: env, masters: { env: { key: "\${MASTER}" }, file: { key: { file: k } }, run: { command: [pass, show] },
      kms: { transit: { url: "https://vault.example:8200", key: gate, token: t, timeout: 2s } } } }`,
  );
  const { env, file, run, kms } = vault?.masters ?? {};
  assert.equal(vault?.current, 'env');
  assert.equal(env?.kind === 'key' && env.key.reveal(), 'aa'.repeat(32));
  assert.equal(file?.kind === 'key' && file.key.reveal(), 'from a file');
  assert.deepEqual(run, { kind: 'command', command: ['pass', 'show'] });
  assert.ok(kms?.kind === 'transit');
  assert.deepEqual([kms.url, kms.mount, kms.timeout], ['https://vault.example:8200', 'transit', 2000]);
  assert.equal(JSON.stringify(vault).includes('aaaa'), false, 'no key is shown');
});

test('one master key is the current one by itself; of several one must be named', () => {
  assert.equal(parse('{ masters: { only: { key: k } } }')?.current, 'only');
  assert.match(errors('{ masters: { a: { key: k }, b: { key: k } } }'), /must have “current”/);
  assert.match(errors('{ current: c, masters: { a: { key: k } } }'), /name of no master key/);
});

test('what cannot be meant is an error', () => {
  const transit = (more: string) => errors(`{ masters: { a: { transit: { key: k, token: t, ${more} } } } }`);
  assert.match(errors('{ masters: { a: {} } }'), /one of key, command and transit/);
  assert.match(errors('{ masters: { a: { key: k, command: [x] } } }'), /one of key, command and transit/);
  assert.match(transit('url: "http://vault.example"'), /would travel in clear/);
  assert.match(transit('url: "https://vault.example/v1"'), /without a path/);
  assert.equal(transit('url: "http://vault.example", insecure_http: true'), '');
  assert.equal(transit('url: "http://127.0.0.1:8200"'), '');
});
