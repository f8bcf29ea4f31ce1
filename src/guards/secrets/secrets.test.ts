import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEANS, masked, readWhole } from '../testing.ts';
import { secrets } from './index.ts';
import { entropy, isPassword, isToken, looksReal } from './real.ts';
import { RULES } from './rules.ts';
import { base62, base64, base64url, hex } from './samples.ts';

const guard = secrets.build('secrets', {}, MEANS);
const reasons = async (text: string): Promise<string[]> =>
  (await readWhole(guard, text)).map(({ reason }) => reason);

test('every example is caught by its own rule, and by no other', async () => {
  for (const { id, catches } of RULES) {
    assert.ok(catches.length > 0, id);
    for (const text of catches) assert.deepEqual(await reasons(text), [`secrets.${id}`], `${id}: ${text}`);
  }
});

test('every rule has a name of its own and begins with what is rare in plain text', async () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  const prose =
    'The task: explain, in plain words, how the gateway handles keys; then ask Anna why it matters. ';
  const reader = guard.open({
    direction: 'reply',
    path: '',
    provenance: 'assistant',
    format: 'text',
    streamed: true,
  });
  let given = 0;
  for (const char of prose) {
    given++;
    const { clear } = await reader.push(char);
    assert.ok(given - clear <= 3, `${prose.slice(0, given)} is held back`);
  }
});

test('only the password of an address and the value of an assignment are masked', async () => {
  const password = base62(14);
  const url = `postgres://app:${password}@db.internal/main`;
  assert.equal(
    masked(url, await readWhole(guard, url)),
    'postgres://app:[secrets.url_password]@db.internal/main',
  );
  const line = `AWS_SECRET_ACCESS_KEY="${base64(40)}"`;
  assert.equal(
    masked(line, await readWhole(guard, line)),
    'AWS_SECRET_ACCESS_KEY="[secrets.aws_secret_key]"',
  );
});

test('a key that broke off is caught, and a longer one whole', async () => {
  const cut = `-----BEGIN PRIVATE KEY-----\n${base64(64)}\n${base64(30, 2)}`;
  assert.equal(masked(cut, await readWhole(guard, cut)), '[secrets.private_key]');
  const long = `${'ghp'}_${base62(200)}`;
  assert.equal(masked(long, await readWhole(guard, long)), '[secrets.github_token]');
});

test('settings leave out kinds and known texts', async () => {
  const key = `${'gsk'}_${base62(52)}`;
  for (const settings of [{ except: ['groq_key'] }, { known: [key] }]) {
    assert.deepEqual(await readWhole(secrets.build('secrets', settings, MEANS), key), []);
  }
});

test('hashes, ids and public keys are no secrets', async () => {
  for (const text of [
    `commit ${hex(40)}`,
    `sha256:${hex(64)}`,
    `integrity "sha512-${base64(86)}=="`,
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${base64(48)} me@host`,
    'id: 683ae760-4193-4764-98f8-691c0f78d5ab',
    `data:image/png;base64,${base64(400)}`,
    `${'pk'}_live_${base62(24)}`,
  ]) {
    assert.deepEqual(await reasons(text), [], text);
  }
});

test('tells keys from what stands for them', () => {
  assert.ok(looksReal(base62(36)) && looksReal(hex(32)));
  assert.ok(!looksReal('YOUR_API_KEY_GOES_HERE_0a9b8c7d6e') && !looksReal('abababababababababab'));
  assert.equal(entropy('aaaa'), 0);
  assert.equal(entropy('abcd'), 2);
  assert.ok(isToken(`${base64url('{"alg":"none"}')}.x`));
  assert.ok(!isToken('eyJub3Q.x') && !isToken(`${base64url('[1]')}.x`) && !isToken(`${base64url('null')}.x`));
  assert.ok(isPassword('%n!7ztn$Io') && isPassword('hunter2hunter'));
  for (const text of [
    'password',
    '****',
    '$PASSWORD',
    '%PASSWORD%',
    '<password>',
    '[pw]',
    '{{ pw }}',
    'changeme',
  ]) {
    assert.ok(!isPassword(text), text);
  }
});
