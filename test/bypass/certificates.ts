import assert from 'node:assert/strict';
import https from 'node:https';
import { type Authority, makeAuthority, type Name, type TestCertificate } from '../identity/authority.ts';
import type { Case } from './case.ts';
import { GUARDS, type Lab, sideLab } from './lab.ts';
import { answerOf, CHAT_DOOR } from './surfaces.ts';

/** Client certificates: who signed them, what they say, and what else was sent. */
const MAPPED = 'CWE-297, RFC 9525: a certificate that is good, of somebody whom nobody let in';
const FORWARDED =
  'LiteLLM CVE-2026-49468 and its kin: a certificate in a header, of a proxy that is not there';
const TWO = 'RFC 9110, section 5.3; two credentials of which another server might obey the other';
const SHOP: Name = ['url', 'spiffe://example.org/ns/web/sa/shop'];

interface Scene {
  readonly lab: Lab;
  readonly ours: Authority;
  readonly strangers: Authority;
}
let scene: Promise<Scene> | undefined;
const open = (): Promise<Scene> => {
  scene ??= begin();
  return scene;
};
async function begin(): Promise<Scene> {
  const [ours, strangers] = await Promise.all([makeAuthority('Test CA'), makeAuthority('Test CA')]);
  const server = await ours.issue([['dns', 'localhost']]);
  const lab = await sideLab('certificates', {
    policy: GUARDS,
    listen:
      'tls: { cert: ./server.pem, key: ./server.key, client_ca: ./ca.pem, client_certificates: optional }',
    files: { 'server.pem': server.cert, 'server.key': server.key, 'ca.pem': ours.cert },
    identity: '  certificates: [{ spiffe: "spiffe://example.org/ns/web/*", roles: app }]\n',
  });
  return { lab, ours, strangers };
}

/** The status; 0 where there is no connection. */
async function ask(
  { lab, ours }: Scene,
  certificate: TestCertificate | undefined,
  headers: Record<string, string> = {},
): Promise<number> {
  lab.upstream.script = answerOf(CHAT_DOOR.surface, lab);
  const own = certificate && { cert: certificate.cert, key: certificate.key };
  return new Promise((resolve) => {
    const req = https.request(
      {
        ...{ host: '127.0.0.1', port: new URL(lab.gateway.url).port, servername: 'localhost', ca: ours.cert },
        ...{ method: 'POST', path: CHAT_DOOR.path, agent: false, ...own },
        headers: { 'content-type': 'application/json', host: 'localhost', ...headers },
      },
      (res) => res.resume().on('close', () => resolve(res.statusCode ?? 0)),
    );
    req.on('error', () => resolve(0));
    req.end(JSON.stringify(CHAT_DOOR.body));
  });
}

type Try = (scene: Scene) => Promise<readonly [TestCertificate | undefined, Record<string, string>?]>;
const shown =
  (...names: Name[]): Try =>
  async ({ ours }) => [await ours.issue(names)];

const tries: readonly (readonly [string, string, Try])[] = [
  ['that no rule names', MAPPED, shown(['dns', 'other.example.com'])],
  ['of another path', MAPPED, shown(['url', 'spiffe://example.org/ns/other/sa/shop'])],
  ['of another trust domain', MAPPED, shown(['url', 'spiffe://example.org.evil.example/ns/web/sa/shop'])],
  ['of a path with dots', MAPPED, shown(['url', 'spiffe://example.org/ns/web/../admin'])],
  ['of a path in escapes', MAPPED, shown(['url', 'spiffe://example.org/ns/web/%2e%2e/x'])],
  ['of two names', MAPPED, shown(SHOP, ['url', 'spiffe://example.org/ns/admin'])],
  ['with the name in the wrong place', MAPPED, shown(['dns', 'spiffe.example.org'])],
  ['of another authority of that name', MAPPED, async ({ strangers }) => [await strangers.issue([SHOP])]],
  ['that has ended', MAPPED, async ({ ours }) => [await ours.issue([SHOP], { ends: Date.now() - 1000 })]],
  [
    'beside a key',
    TWO,
    async ({ ours, lab }) => [await ours.issue([SHOP]), { authorization: `Bearer ${lab.gateway.key}` }],
  ],
  ['beside a bad key', TWO, async ({ ours }) => [await ours.issue([SHOP]), { 'x-api-key': 'ghk_' }]],
  [
    'in a header',
    FORWARDED,
    async ({ ours }) => [
      undefined,
      {
        'x-forwarded-client-cert': `URI=${SHOP[1]}`,
        'x-client-cert': encodeURIComponent((await ours.issue([SHOP])).cert),
        'x-ssl-client-verify': 'SUCCESS',
      },
    ],
  ],
];

async function benign(): Promise<void> {
  const here = await open();
  assert.equal(await ask(here, await here.ours.issue([SHOP])), 200);
}

export const certificateCases: readonly Case[] = tries.map(
  ([id, origin, make]): Case => ({
    id: `client certificates / ${id}`,
    theme: 'client certificates',
    origin,
    async attack() {
      const here = await open();
      const before = here.lab.upstream.seen.length;
      const status = await ask(here, ...(await make(here)));
      return [
        ...(status > 0 && status < 400 ? [`it was answered with ${status}`] : []),
        ...(here.lab.upstream.seen.length > before ? ['it reached the model server'] : []),
      ];
    },
    benign,
  }),
);
