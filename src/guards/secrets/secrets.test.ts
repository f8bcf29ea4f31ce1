import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ABOUT, MEANS, masked, read, readWhole } from '../testing.ts';
import { secretSpan, secrets, secretType } from './index.ts';
import { entropy, isPassword, isRandom, isRegular, isToken, looksReal } from './real.ts';
import { RANK } from './rule.ts';
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

test('at least 150 issuers are known, each rule by a name of its own but the generic ones', () => {
  const named = RULES.filter(({ rank }) => rank !== RANK.generic).map(({ id }) => id);
  assert.equal(new Set(named).size, named.length);
  assert.ok(new Set(RULES.map(({ provider }) => provider)).size >= 150);
});

/** What is held back of a text after each of its pieces. */
async function heldOf(pieces: readonly string[]): Promise<string[]> {
  const reader = guard.open(ABOUT);
  let text = '';
  const held: string[] = [];
  for (const piece of pieces) {
    text += piece;
    held.push(text.slice((await reader.push(piece)).clear));
  }
  return held;
}

test('plain text leaves at once, also where it speaks of secrets', async () => {
  const harmless =
    'It rains: Anna asks, in plain words, why 2048 clouds (or 12,000) stood over https://example.com/page. ';
  const telling =
    'The task: how the gateway handles keys; elastic bands, hello, telegrams, the password for the house and the ' +
    'key to the door of a box. GitHub is where the code lives, and Docker in it. ';
  for (const held of await heldOf((harmless + telling).split(/(?<= )/))) assert.equal(held, '');
  for (const held of await heldOf(harmless.split(''))) assert.ok(held.length <= 3, held);
});

test('what announces a secret leaves, the secret does not', async () => {
  const key = base62(40);
  assert.deepEqual(await heldOf(['The pass', 'word', ' is', ' ', 'Win', 'ter7', 'f!x', ' now']), [
    ...['', '', 'is', '', 'Win', 'Winter7', 'Winter7f!x'],
    '',
  ]);
  assert.deepEqual(await heldOf(['datadog', '_token', ' = "', key, '"']), ['', '', '', key, '']);
  // Nobody knows yet whether a word begins with what is no secret by itself.
  assert.deepEqual(await heldOf(['a', 's', 'k', ' as', 'k']), ['a', 'as', '', 'as', '']);
  assert.deepEqual(await heldOf(['\\', 'n', 's', 'k', '-']), ['', 'n', 's', 'sk', 'sk-']);
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
  const token = `987654321:${'AA'}${base62(33)}`;
  assert.deepEqual(await readWhole(secrets.build('secrets', { known: [token] }, MEANS), token), []);
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

test('tells what was drawn from what counts, repeats or reads', () => {
  for (const text of [base62(32), hex(32), base62(16, 4)]) assert.ok(isRandom(text, 12), text);
  for (const text of [
    'AbstractSingletonProxyFactoryBean',
    'user_access_token_v2',
    '20240131120000',
    'a'.repeat(32),
  ]) {
    assert.ok(!isRandom(text, 12), text);
  }
  assert.ok(
    isRegular('abababab') && isRegular('12345678') && isRegular('zzzzzzzz') && !isRegular('Tiger39&x'),
  );
});

test('a value is a secret by the name before it, in code, settings, commands and sentences', async () => {
  const key = base62(32);
  const word = `Winter${hex(4)}!x`;
  const caught = {
    generic_secret: [
      `api_key = "${key}"`,
      `  token: '${key}'`,
      `let client_secret: &str = "${key}";`,
      `os.environ["API_TOKEN"] = "${key}"`,
      `<string name="api_key">${key}</string>`,
      `https://api.example.net/v1?access_token=${key}&page=2`,
      `my API key for staging is ${key}.`,
    ],
    generic_password: [
      `password=${word}`,
      `Server=db;User Id=sa;Password=${word};Encrypt=true`,
      `machine git.example.net login bob password ${word}`,
      `The password for the admin account is ${word}`,
      `пароль: ${word}`,
      `密码是 ${word}`.replace('是 ', '：'),
      `el password es ${word}`,
      `mysql -uroot -p${word} main`,
      `login with bob / ${word}`,
    ],
  };
  for (const [id, texts] of Object.entries(caught)) {
    for (const text of texts) assert.deepEqual(await reasons(text), [`secrets.${id}`], text);
  }
});

test('names that announce no secret, and values that are none, stay quiet', async () => {
  const key = base62(32);
  for (const text of [
    `public_key = "${key}"`,
    `password_hash_algorithm = "argon2id"`,
    `cache_key: ${hex(32)}`,
    `token_type: bearer`,
    'password = getpass.getpass()',
    'const token = process.env.API_TOKEN2',
    'password: str = Field(min_length=12)',
    'The password is required and must contain 12 characters.',
    'Your token is expired; log in with your account / password.',
    `next_page_token = "${key}"`,
  ]) {
    assert.deepEqual(await reasons(text), [], text);
  }
});

test('passwords of words, keys in parts, pairs, and what nothing names', async () => {
  const key = base62(32);
  for (const [text, reason] of [
    ['{"user": "app", "password": "letmeinplease"}', 'generic_password'],
    ['passphrase = "purple rocket falcon lemon"', 'generic_password'],
    ['<setting name="Password" serializeAs="String">\n  <value>Blue73%x</value>', 'generic_password'],
    ['variable "db_password" {\n  type = string\n  default = "Blue73%x"\n}', 'generic_password'],
    [`acme_token = "acme_live_${hex(32)}"`, 'generic_secret'],
    [`acmeKey = ${hex(32)}`, 'generic_secret'],
    [`<key>apiSecret</key>\n<string>${key}</string>`, 'generic_secret'],
    [`service.connect("${base62(40)}")`, 'generic_secret'],
    [`datadog ${hex(32)}`, 'datadog_key'],
  ] as const) {
    assert.deepEqual(await reasons(text), [`secrets.${reason}`], text);
  }
  for (const text of [
    '"password": "required"',
    '"passphrase": "please enter your passphrase"',
    `nextPage("${base62(40)}")`,
    `chunkKey = ${hex(32)}`,
    `connect("${hex(64)}")`,
    'secret_arn: arn:aws:secretsmanager:us-east-1:882432286767:secret:prod/db-pDLxlI',
  ]) {
    assert.deepEqual(await reasons(text), [], text);
  }
});

test('types and spans as data sets have them', () => {
  assert.equal(secretType('secrets.openai_key'), 'OPENAI_KEY');
  assert.equal(secretType('house.kagi_key'), 'KAGI_KEY');
  const text = `see postgres://app:${base62(9)}@db/main, please`;
  const at = text.indexOf(base62(9));
  const whole = secretSpan(text, { reason: 'secrets.url_password', start: at, end: at + 9 });
  assert.equal(text.slice(whole.start, whole.end), `postgres://app:${base62(9)}@db/main`);
});

test('the list of issuers in the docs is the list of the rules', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/guards.md'), 'utf8');
  const listed = /<!-- issuers -->\s([\s\S]*?)\.\s<!-- \/issuers -->/.exec(docs)?.[1]?.split(/,\s/);
  const known = new Set(RULES.map(({ provider }) => provider).filter((provider) => provider !== 'any'));
  assert.deepEqual(new Set(listed), known);
});

test('what is no text at all is read too, the same however it is cut, and no secret leaves before it is known', async () => {
  const words = fc.constantFrom(
    ...['password', 'key ', 'token=', 'github ', ' is ', ' for ', ': ', '="', '("', '-p ', 'пароль', '密码'],
    ...['sk-', 'AKIA', 'ghp_', 'eyJ', '://a:', '12345678:', 'https://hooks.slack.com/services/', 'MT'],
    ...[
      '\\n',
      '\\',
      'n',
      '%3D',
      '%',
      '41',
      '\\u0022',
      '\x1b[31m',
      '\n',
      '\t',
      '\x00',
      '"',
      "'",
      '`',
      '<',
      ';',
      '@',
      '.',
    ],
    ...[base62(20), hex(32), 'Winter7f!x', 'x', ' ', 'é', '😀', '\ud83d'],
  );
  const samples = fc.constantFrom(
    ...RULES.flatMap(({ catches, passes }) => [...catches, ...passes]).filter(({ length }) => length < 300),
  );
  const cut = fc.tuple(samples, fc.nat(300), fc.nat(300)).map(([text, from, to]) => text.slice(from, to));
  const texts = fc.array(fc.oneof({ arbitrary: words, weight: 4 }, samples, cut), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat(600), { maxLength: 6 }), async (parts, cuts) => {
      const text = parts.join('');
      const whole = await readWhole(guard, text);
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
      for (const split of [pieces, text.split('')]) {
        // That no finding begins in what has left is checked at every step.
        assert.deepEqual(await read(guard.open(ABOUT), split), whole);
      }
    }),
    { numRuns: 400 },
  );
});

test('more secrets than a call takes arguments', async () => {
  const found = await readWhole(secrets.build('secrets', {}, MEANS), `${'sk'}-proj-`.repeat(130_000));
  assert.ok(Array.isArray(found));
});

test('a sentence that has ended is not held back', () => {
  const reading = secrets.build('secrets', {}, MEANS).open(ABOUT).push('It rains!');
  assert.ok(!(reading instanceof Promise));
  assert.equal(reading.clear, 9);
});
