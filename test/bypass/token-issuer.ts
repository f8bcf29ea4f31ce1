import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An identity provider that the lab's gateway believes: a key set at an address, and tokens signed with its key. */
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ISSUER = 'https://issuer.example';

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const seconds = () => Math.floor(Date.now() / 1000);
export const claimsOf = (change: object = {}) => ({
  iss: ISSUER,
  aud: 'gatehouse',
  sub: 'someone',
  iat: seconds(),
  exp: seconds() + 600,
  groups: ['users'],
  ...change,
});

/** A token with any claims and header; claims as text go in as they are. */
export function tokenOf(
  claims: object | string = claimsOf(),
  header: object = {},
  key: KeyObject = own.privateKey,
): string {
  const text = `${part({ alg: 'ES256', kid: 'one', ...header })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The public key taken for a shared secret. */
export function tokenByHmac(alg: string): string {
  const text = `${part({ alg, kid: 'one' })}.${part(claimsOf())}`;
  const secret = own.publicKey.export({ type: 'spki', format: 'pem' });
  return `${text}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(text)
    .digest('base64url')}`;
}

export const unsigned = (alg: string): string => `${part({ alg, kid: 'one' })}.${part(claimsOf())}.`;

/** Serves the key set; its settings for `gatehouse.yaml`. */
export async function serveKeySet(): Promise<{ readonly settings: string; close(): void }> {
  const keys = [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }];
  const server = http.createServer((_req, res) => void res.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: `identity:
  issuers:
    corp:
      issuer: ${ISSUER}
      jwks: http://127.0.0.1:${port}/jwks
      audience: gatehouse
      algorithms: [ES256]
      claims: { roles: groups }
      roles: { users: app }
`,
    close: () => server.close(),
  };
}
