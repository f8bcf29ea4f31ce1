import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { before, suite, test } from 'node:test';
import fc from 'fast-check';
import {
  CompactSign,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTVerifyGetKey,
} from 'jose';
import type { IssuerSettings } from '../../settings/identity.ts';
import { callerOfToken, isToken, type TrustedIssuer, verifyToken } from './index.ts';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const pepper = createSecretKey(Buffer.alloc(32, 3));

const SETTINGS: IssuerSettings = {
  name: 'corp',
  issuer: 'https://idp.example.com',
  audience: ['gatehouse'],
  algorithms: ['RS256', 'ES256'],
  jwks: undefined,
  insecure_http: false,
  reach: undefined,
  ca: undefined,
  clock_skew: 60_000,
  max_age: undefined,
  type: undefined,
  clients: undefined,
  require: {},
  subjects: 'any',
  claims: {
    name: 'email',
    owner: undefined,
    team: 'team',
    roles: 'realm_access.roles',
    tags: { env: 'env' },
  },
  roles: { engineers: ['app'], admins: ['admin', 'app'] },
  everyone: [],
  team: 'default',
  tags: { via: 'corp' },
  refresh: 600_000,
  keys_kept: 86_400_000,
};
const CLAIMS = {
  iss: SETTINGS.issuer,
  aud: 'gatehouse',
  sub: 'user-1',
  exp: SECONDS + 600,
  iat: SECONDS - 10,
  email: 'ann@example.com',
  realm_access: { roles: ['engineers', 'unmapped'] },
};

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Pair;
let ec: Pair;
let stranger: Pair;
let keys: JWTVerifyGetKey;
before(async () => {
  [rsa, ec, stranger] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
  keys = createLocalJWKSet({
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'r1', use: 'sig', alg: 'RS256' },
      { ...(await exportJWK(ec.publicKey)), kid: 'e1', use: 'sig' },
    ],
  });
});

const bytes = (claims: object | string) =>
  new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims));
const sign = (claims: object | string, header: object = {}, key: CryptoKey | Uint8Array = rsa.privateKey) =>
  new CompactSign(bytes(claims)).setProtectedHeader({ alg: 'RS256', kid: 'r1', ...header }).sign(key);
const part = (value: object | string) => Buffer.from(bytes(value)).toString('base64url');

function verify(token: string, settings: Partial<IssuerSettings> = {}, now = NOW) {
  const issuer: TrustedIssuer = {
    settings: { ...SETTINGS, ...settings },
    keys: async () => keys,
    newerKeys: async () => undefined,
  };
  return verifyToken(token, (name) => (name === SETTINGS.issuer ? issuer : undefined), now);
}
const refused = (token: string, settings: Partial<IssuerSettings> = {}, hint?: RegExp) =>
  assert.rejects(verify(token, settings), (error: { code?: string; message: string }) => {
    assert.equal(error.code, 'credential_invalid');
    if (hint !== undefined) assert.match(error.message, hint);
    return true;
  });

suite('tokens that are good', () => {
  test('both algorithms, one audience of several, the shape is told from keys', async () => {
    const token = await sign(CLAIMS);
    assert.ok(isToken(token));
    assert.ok(!isToken(`ghk_${'a'.repeat(10)}_${'b'.repeat(43)}`));
    const { subject, ends } = await verify(token);
    assert.deepEqual([subject, ends], ['user-1', (SECONDS + 600) * 1000]);
    await verify(
      await sign({ ...CLAIMS, aud: ['other', 'gatehouse'] }, { alg: 'ES256', kid: 'e1' }, ec.privateKey),
    );
  });

  test('the caller: a stable id, a name behind the issuer’s, only roles that the table gives', async () => {
    const caller = callerOfToken(await verify(await sign({ ...CLAIMS, team: 'web', env: 'prod' })), pepper);
    assert.match(caller.id, /^oidc_[0-9a-f]{32}$/);
    assert.deepEqual(
      [caller.name, caller.team, caller.roles, caller.tags, caller.credential],
      ['corp/ann@example.com', 'web', ['app'], { via: 'corp', env: 'prod' }, 'oidc:corp'],
    );
    const other = callerOfToken(await verify(await sign({ ...CLAIMS, email: 'x\ny', team: 5 })), pepper);
    assert.equal(other.id, caller.id, 'issuer and subject alone make the id');
    assert.deepEqual([other.name, other.team], [`corp/${caller.id}`, 'default']);
    const another = callerOfToken(await verify(await sign({ ...CLAIMS, sub: 'user-2' })), pepper);
    assert.notEqual(another.id, caller.id);
  });

  test('groups that nothing maps give nothing, whatever they are called', async () => {
    for (const roles of [
      ['unmapped'],
      ['__proto__', 'constructor', 'toString'],
      'none',
      [['admins']],
      { admins: 1 },
      null,
      undefined,
    ]) {
      const token = await sign({ ...CLAIMS, realm_access: { roles } });
      assert.deepEqual(callerOfToken(await verify(token), pepper).roles, []);
    }
    const scopes = { claims: { ...SETTINGS.claims, roles: 'scope' } };
    const caller = callerOfToken(
      await verify(await sign({ ...CLAIMS, scope: 'openid admins' }), scopes),
      pepper,
    );
    assert.deepEqual(caller.roles, ['admin', 'app']);
  });

  test('a claim whose name has dots is read by its whole name first', async () => {
    const settings = { claims: { ...SETTINGS.claims, roles: 'https://example.com/groups' } };
    const token = await sign({ ...CLAIMS, 'https://example.com/groups': ['admins'] });
    assert.deepEqual(callerOfToken(await verify(token, settings), pepper).roles, ['admin', 'app']);
  });
});

suite('claims that do not hold', () => {
  for (const [name, change, settings, hint] of [
    ['another audience', { aud: 'other' }, {}, /another audience/],
    ['no audience', { aud: undefined }, {}, /another audience/],
    ['expired', { exp: SECONDS - 61 }, {}, /expired/],
    ['no end', { exp: undefined }, {}, /./],
    ['an end that is text', { exp: '9999999999' }, {}, /./],
    ['not yet', { nbf: SECONDS + 61 }, {}, /not valid yet/],
    ['too old', { iat: SECONDS - 4000 }, { max_age: 3_600_000 }, /too old|expired/],
    ['no birth, where age is bounded', { iat: undefined }, { max_age: 3_600_000 }, /./],
    ['nobody', { sub: undefined }, {}, /./],
    ['an empty subject', { sub: '' }, {}, /names nobody/],
    ['a subject without end', { sub: 'x'.repeat(256) }, {}, /names nobody/],
    ['another client', { azp: 'evil' }, { clients: ['web'] }, /another client/],
    ['no client', {}, { clients: ['web'] }, /another client/],
    ['a demand that is not met', { repo: 'evil/x' }, { require: { repo: ['my-org/*'] } }, /claim/],
    ['a demand on what is not there', {}, { require: { toString: ['*'] } }, /claim/],
    ['another issuer', { iss: 'https://idp.example.com/' }, {}, /not valid/],
    ['no issuer', { iss: undefined }, {}, /not valid/],
  ] as const)
    test(name, async () =>
      refused(await sign({ ...CLAIMS, ...change }), settings as Partial<IssuerSettings>, hint),
    );

  test('clocks may differ by as much as is set, and no more', async () => {
    await verify(await sign({ ...CLAIMS, exp: SECONDS - 59, nbf: SECONDS + 59 }));
    await refused(await sign({ ...CLAIMS, exp: SECONDS }), { clock_skew: 0 });
    await verify(await sign({ ...CLAIMS, exp: SECONDS + 1 }), { clock_skew: 0 });
  });

  test('client and demands that are met', async () => {
    await verify(await sign({ ...CLAIMS, azp: 'web' }), { clients: ['web'] });
    await verify(await sign({ ...CLAIMS, client_id: 'web' }), { clients: ['web'] });
    await verify(await sign({ ...CLAIMS, repo: 'my-org/shop', ok: true }), {
      require: { repo: ['other/*', 'my-org/*'], ok: ['true'] },
    });
  });
});

suite('tricks', () => {
  test('alg: none, in any case, with and without a signature', async () => {
    const [, , signature] = (await sign(CLAIMS)).split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
      for (const end of ['', signature]) await refused(`${part({ alg, kid: 'r1' })}.${part(CLAIMS)}.${end}`);
    await refused(`${part({ kid: 'r1' })}.${part(CLAIMS)}.${signature}`);
  });

  test('algorithm confusion: HMAC with the public key for a secret (CVE-2015-9235)', async () => {
    const pem = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
    for (const alg of ['HS256', 'HS384', 'HS512']) await refused(await sign(CLAIMS, { alg }, pem));
  });

  test('an algorithm that is not pinned, and a key of another kind (RFC 8725, section 3.1)', async () => {
    await refused(await sign(CLAIMS), { algorithms: ['ES256'] });
    await refused(await sign(CLAIMS, { kid: 'e1' }));
    await refused(await sign(CLAIMS, { alg: 'PS256' }, (await generateKeyPair('PS256')).privateKey), {
      algorithms: ['PS256'],
    });
  });

  test('another’s signature, under a known key id, none and unknown ones', async () => {
    for (const kid of ['r1', 'r2', undefined, '../../dev/null', "' OR 1=1 --", 'x'.repeat(1000)])
      await refused(await sign(CLAIMS, { kid }, stranger.privateKey));
    for (const kid of ["' OR 1=1 --", '/dev/null', 'x'.repeat(300)])
      await refused(await sign(CLAIMS, { kid }));
    await verify(await sign(CLAIMS, { kid: undefined }));
  });

  test('keys and addresses of keys in the header are not looked at (CVE-2018-0114)', async () => {
    const jwk = await exportJWK(stranger.publicKey);
    for (const header of [
      { jwk },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example/c' },
      { x5c: ['MIIB'] },
    ]) {
      await refused(await sign(CLAIMS, header, stranger.privateKey));
      await verify(await sign(CLAIMS, header));
    }
  });

  test('crit, b64 and zip', async () => {
    for (const header of [{ crit: ['exp'], exp: 1 }, { crit: [] }, { b64: false, crit: ['b64'] }]) {
      const signed = `${part({ alg: 'RS256', kid: 'r1', ...header })}.${part(CLAIMS)}.${(await sign(CLAIMS)).split('.')[2]}`;
      await refused(signed);
    }
  });

  test('the type of a token, where one is asked for (RFC 9068, section 4)', async () => {
    await refused(await sign(CLAIMS), { type: 'at+jwt' });
    await refused(await sign(CLAIMS, { typ: 'JWT' }), { type: 'at+jwt' });
    await verify(await sign(CLAIMS, { typ: 'application/AT+JWT' }), { type: 'at+jwt' });
  });

  test('members that are there twice, in claims and in the header', async () => {
    const twice = JSON.stringify(CLAIMS).replace('{', '{"sub":"admin",');
    await refused(await sign(twice));
    const [, payload, signature] = (await sign(CLAIMS)).split('.');
    await refused(`${part('{"alg":"none","alg":"RS256","kid":"r1"}')}.${payload}.${signature}`);
  });

  test('what is no JSON object, no UTF-8, too deep, too long, or spelled otherwise', async () => {
    for (const claims of ['[]', '1', '', '{', `{"a":${'['.repeat(50)}${']'.repeat(50)}}`])
      await refused(await sign(claims));
    await refused(await sign({ ...CLAIMS, pad: 'x'.repeat(9000) }));
    const [header, payload, signature] = (await sign(CLAIMS)).split('.');
    await refused(`${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`);
    await refused(`${header}.${payload}.${signature}=`);
    await refused(`${header}.${payload}.${signature}.${signature}`);
    await refused(`${header}.${payload}`);
  });

  test('any change of any character is refused, and nothing but a refusal is thrown', async () => {
    const token = await sign(CLAIMS);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.nat(letters.length - 1), async (at, letter) => {
        const changed = token.slice(0, at) + letters[letter] + token.slice(at + 1);
        if (changed !== token) await refused(changed);
      }),
      { numRuns: 150 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => refused(text)),
      { numRuns: 100 },
    );
  });
});
