import type { Case } from './case.ts';
import type { Lab } from './lab.ts';
import { everywhere, type Refused } from './refused.ts';
import type { Door } from './surfaces.ts';
import { claimsOf, stranger, tokenByHmac, tokenOf, unsigned } from './token-issuer.ts';

const ALG = 'RFC 8725, section 3.1: the token chooses how it is checked';
const CONFUSED = 'CVE-2015-9235: a public key taken for an HMAC secret';
const BROUGHT = 'CVE-2018-0114: the token brings its own key';
const CLAIMS = 'RFC 7519, section 4.1: claims that nobody looks at';
const TWICE = 'RFC 8259, section 4: two readers of one text';
const CACHE = 'LiteLLM CVE-2026-35030: identities cached by the first 20 characters';
const TWO = 'RFC 9110, section 5.3; two credentials of which another server might obey the other';

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
/** One for all, so that it is tried once at each door. */
const benign = () => bearer(tokenOf());
const token = (id: string, origin: string, make: (lab: Lab) => string): Refused => ({
  id,
  origin,
  attack: (lab) => bearer(make(lab)),
  benign,
});
const claims = (id: string, change: object): Refused => token(id, CLAIMS, () => tokenOf(claimsOf(change)));
const jwk = stranger.publicKey.export({ format: 'jwk' });

const list: readonly Refused[] = [
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) => token(`alg ${alg}`, ALG, () => unsigned(alg))),
  ...['HS256', 'HS384', 'HS512'].map((alg) => token(`alg ${alg}`, CONFUSED, () => tokenByHmac(alg))),
  token('alg that is not pinned', ALG, () => tokenOf(claimsOf(), { alg: 'RS256' })),
  token('another’s key', BROUGHT, () => tokenOf(claimsOf(), {}, stranger.privateKey)),
  token('jwk', BROUGHT, () => tokenOf(claimsOf(), { jwk }, stranger.privateKey)),
  token('jku', BROUGHT, () => tokenOf(claimsOf(), { jku: 'https://evil.example/jwks' }, stranger.privateKey)),
  token('x5u', BROUGHT, () => tokenOf(claimsOf(), { x5u: 'https://evil.example/c' }, stranger.privateKey)),
  token('kid as a path', BROUGHT, () => tokenOf(claimsOf(), { kid: '../../../dev/null' })),
  token('kid as SQL', BROUGHT, () => tokenOf(claimsOf(), { kid: "one' OR '1'='1" })),
  token('crit', 'RFC 7515, section 4.1.11', () => tokenOf(claimsOf(), { crit: ['exp'], exp: 1 })),
  token('no signature', ALG, () => tokenOf().replace(/[^.]+$/, '')),
  token('other claims under a good signature', CACHE, () => {
    const [header = '', , signature = ''] = tokenOf().split('.');
    return `${header}.${Buffer.from(JSON.stringify(claimsOf({ sub: 'admin' }))).toString('base64url')}.${signature}`;
  }),
  token('first 20 characters', CACHE, () => `${tokenOf().slice(0, 20)}.x.y`),
  claims('another audience', { aud: 'elsewhere' }),
  claims('no audience', { aud: undefined }),
  claims('another issuer', { iss: 'https://issuer.example/' }),
  claims('expired', { exp: 1 }),
  claims('no end', { exp: undefined }),
  claims('not yet', { nbf: 9_999_999_999 }),
  claims('nobody', { sub: '' }),
  claims('a group that nothing maps', { groups: ['admin', 'app', '__proto__'] }),
  claims('roles that it gives itself', { groups: [], roles: ['app', 'admin'] }),
  token('a claim twice', TWICE, () =>
    tokenOf(JSON.stringify(claimsOf({ groups: undefined })).replace('{', '{"groups":[],"groups":["users"],')),
  ),
  token('too long', 'CWE-400', () => tokenOf(claimsOf({ pad: 'x'.repeat(9000) }))),
  {
    id: 'a token beside a key',
    origin: TWO,
    attack: (lab) => ({ headers: { authorization: `Bearer ${tokenOf()}`, 'x-api-key': lab.gateway.key } }),
  },
  {
    id: 'a token in a header for keys',
    origin: TWO,
    attack: () => ({ headers: { authorization: undefined, 'x-api-key': tokenOf() } }),
  },
];

const inAddress = ({ path }: Door): Refused => ({
  id: 'a token in the address',
  origin: 'RFC 6750, section 5.3',
  attack: () => ({ path: `${path}${path.includes('?') ? '&' : '?'}access_token=${tokenOf()}` }),
});

export const tokenCases: readonly Case[] = everywhere('tokens', (door) => [...list, inAddress(door)]);
