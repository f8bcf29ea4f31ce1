import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { reachOf } from '../../src/base/reach.ts';
import { guardedConnect } from '../../src/gateway/reach.ts';
import { json, type Script } from '../harness/upstream.ts';
import type { Case } from './case.ts';
import { send } from './judge.ts';
import { GUARDS, type Lab, sideLab } from './lab.ts';
import { answerOf, DOORS, MAIN_DOORS } from './surfaces.ts';

/** Where the gateway goes, and what comes back from there: redirects, addresses, names that change, bombs. */
const REDIRECT = 'Portkey CVE-2025-66405, Portkey #1718; BentoML CVE-2025-54381: SSRF by redirect';
const FORMS = 'Portkey CVE-2025-66405, Portkey #1596: addresses in other notations went round the check';
const REBOUND = 'Portkey CVE-2025-66405; DNS rebinding: a name that means another address a moment later';
const NAMED = 'Portkey gateway 1.15.2: the request names the server that is asked';
const EXPANDS = 'CWE-409: a small body that becomes a large one';
const IGNORED = 'BerriAI/litellm#34280: a setting that nobody reads is passed over in silence';

const LOCATIONS = ['/elsewhere', 'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd'];

const redirects: readonly Case[] = DOORS.flatMap((door) => {
  const benign = async (lab: Lab) => {
    lab.upstream.script = answerOf(door.surface, lab);
    assert.equal((await send(lab, { path: door.path, body: door.body })).got.status, 200);
  };
  return [301, 302, 303, 307, 308].flatMap((status) =>
    LOCATIONS.map(
      (location): Case => ({
        id: `redirects / ${door.name} / ${status} to ${location}`,
        theme: 'redirects of a model server',
        door: door.name,
        origin: REDIRECT,
        async attack(lab) {
          const redirect = json({ note: 'moved' }, status, { location, refresh: `0; url=${location}` });
          const answer = answerOf(door.surface, lab);
          lab.upstream.script = (res, seen) =>
            (seen.path.startsWith('/elsewhere') ? answer : redirect)(res, seen);
          const { got, seen } = await send(lab, { path: door.path, body: door.body });
          const found = got.status < 400 ? [`it was answered with ${got.status}`] : [];
          if (seen.length !== 1) found.push('it was followed');
          if (JSON.stringify(got).includes(location)) found.push('the client was told where to');
          return found;
        },
        benign,
      }),
    ),
  );
});

/** Names of servers that callers bring: none is ever asked. */
const brought: readonly Case[] = DOORS.flatMap((door) => {
  const benign = async (lab: Lab) => {
    lab.upstream.script = answerOf(door.surface, lab);
    assert.equal((await send(lab, { path: door.path, body: door.body })).got.status, 200);
  };
  return ['x-portkey-custom-host', 'x-forwarded-host', 'x-upstream', 'helicone-target-url', 'forwarded'].map(
    (name): Case => ({
      id: `servers that callers name / ${door.name} / ${name}`,
      theme: 'servers that callers name',
      door: door.name,
      origin: NAMED,
      async attack(lab) {
        lab.upstream.script = answerOf(door.surface, lab);
        const elsewhere = `${lab.upstream.url}/elsewhere`;
        const { seen } = await send(lab, {
          path: door.path,
          body: door.body,
          headers: { [name]: elsewhere },
        });
        return seen.flatMap(({ path, headers }) => [
          ...(path.startsWith('/elsewhere') ? ['the caller chose the server'] : []),
          ...(name in headers ? ['the header went on'] : []),
        ]);
      },
      benign,
    }),
  );
});

const open = (): Promise<Lab> =>
  sideLab('reach', {
    policy: GUARDS,
    settings: (url) =>
      `  named: { dialect: openai, url: "${url.replace('127.0.0.1', 'localhost')}/v1", key: k, models: [named], reach: public }
  fine: { dialect: openai, url: "${url.replace('127.0.0.1', 'localhost')}/v1", key: k, models: [fine] }
`,
  });
const HI = (model: string) => ({
  path: '/v1/chat/completions',
  body: { model, messages: [{ role: 'user', content: 'hi' }] },
});

const named: Case = {
  id: 'addresses / a name that means this machine',
  theme: 'addresses',
  origin: REBOUND,
  async attack() {
    const lab = await open();
    lab.upstream.script = lab.hello;
    const { got, seen } = await send(lab, HI('named'));
    return [...(got.status < 400 ? ['it was answered'] : []), ...(seen.length > 0 ? ['it was reached'] : [])];
  },
  async benign() {
    const lab = await open();
    lab.upstream.script = lab.hello;
    assert.equal((await send(lab, HI('fine'))).got.status, 200);
  },
};

const PUBLIC = { address: '203.0.113.7', family: 4 };
const answersOf: Readonly<Record<string, readonly { address: string; family: number }[]>> = {
  loopback: [{ address: '127.0.0.1', family: 4 }],
  'a private one behind a public one': [PUBLIC, { address: '10.0.0.1', family: 4 }],
  metadata: [{ address: '169.254.169.254', family: 4 }],
  'IPv4 in IPv6': [{ address: '::ffff:127.0.0.1', family: 6 }],
  'IPv4 in NAT64': [{ address: '64:ff9b::7f00:1', family: 6 }],
  'IPv4 in 6to4': [{ address: '2002:7f00:1::', family: 6 }],
  'unique local': [{ address: 'fd00:ec2::254', family: 6 }],
  'link local, with a zone': [{ address: 'fe80::1%eth0', family: 6 }],
  unspecified: [{ address: '0.0.0.0', family: 4 }],
  'no address': [{ address: 'localhost', family: 4 }],
  nothing: [],
};

/** What a name may turn into between two requests: each connection looks it up once, and goes to what was checked. */
const rebound: readonly Case[] = Object.entries(answersOf).map(([what, addresses]): Case => {
  const connected = (reach: Parameters<typeof reachOf>[0], list: typeof addresses) =>
    new Promise<string>((resolve) => {
      guardedConnect({
        reach: reachOf(reach),
        timeout: 50,
        resolve: (_name, done) => done(null, list),
      })({ hostname: 'model.example', host: 'model.example', protocol: 'http:', port: '9' }, (...[error]) =>
        resolve((error as NodeJS.ErrnoException | null)?.code ?? 'connected'),
      );
    });
  return {
    id: `addresses / a name that turns into ${what}`,
    theme: 'addresses',
    origin: REBOUND,
    async attack() {
      const code = await connected('model.example', addresses);
      return code === 'ADDRESS_REFUSED' ? [] : [`it was tried: ${code}`];
    },
    async benign() {
      // Nobody answers at the discard port; it was tried, and that is all there is to see.
      assert.equal(await connected('localhost', [{ address: '127.0.0.1', family: 4 }]), 'ECONNREFUSED');
    },
  };
});

const UPSTREAM = 'upstreams: { up: { dialect: openai, url: "https://model.example/v1", models: [m] } }';
const RULES = 'roles: { app: { allow: [{ actions: [chat], models: [m] }] } }';
const urls = [
  'http://127.1/v1',
  'http://0x7f000001/v1',
  'http://0x7f.1/v1',
  'http://2130706433/v1',
  'http://0177.0.0.1/v1',
  'http://１２７.0.0.1/v1',
  'http://127。0。0。1/v1',
  'http://169.254.169.254/v1',
  'http://[fd00:ec2::254]/v1',
  'http://100.100.100.200/v1',
  'http://0.0.0.0/v1',
  'http://[::]/v1',
  'http://224.0.0.1/v1',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'http://user:pass@model.example/v1',
];

interface Bad {
  readonly what: string;
  readonly origin: string;
  readonly file: 'gatehouse.yaml' | 'policy.yaml';
  readonly text: string;
}
const settings = (what: string, text: string, origin = IGNORED): Bad => ({
  ...{ what, origin, file: 'gatehouse.yaml', text: `listen: { port: 0 }\n${text}\n` },
});
const rule = (what: string, text: string): Bad => ({
  ...{ what, origin: IGNORED, file: 'policy.yaml', text: `version: 1\n${RULES}\n${text}\n` },
});

/** Configurations that would do other than they seem to: none takes effect. */
const configured: readonly Case[] = [
  ...urls.map((url) => settings(`address ${url}`, UPSTREAM.replace('https://model.example/v1', url), FORMS)),
  settings('a misspelt setting', UPSTREAM.replace('models', 'modles')),
  settings('a setting of another product', `${UPSTREAM}\nlitellm_settings: { callbacks: [x] }`),
  settings('a key twice', `${UPSTREAM}\n${UPSTREAM}`),
  rule('a guard that there is not', 'guards: [{ use: paterns, patterns: [{ id: a, match: a }] }]'),
  rule('a misspelt list of guards', 'guard: [{ use: bounds }]'),
  rule('an action that there is not', 'guards: [{ use: secrets, action: blok }]'),
  rule('a direction that there is not', 'guards: [{ use: secrets, on: [promt] }]'),
  rule('a pattern that does not parse', 'guards: [{ use: patterns, patterns: [{ id: a, match: "(" }] }]'),
  rule(
    'a pattern without linear time',
    'guards: [{ use: patterns, patterns: [{ id: a, match: "(a)\\\\1" }] }]',
  ),
  rule('a switch of another product', 'guards: [{ use: secrets, default_on: true }]'),
].map(({ what, origin, file, text }) => ({
  id: `settings / ${what}`,
  theme: 'settings',
  origin,
  attack: async () => reloaded(await open(), file, text),
  benign: reloads,
}));

/** Puts a file in place, reloads, and puts back what was there. */
async function reloaded(
  { gateway: { folder, gateway } }: Lab,
  name: string,
  text: string,
): Promise<string[]> {
  const file = join(folder, name);
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  try {
    await gateway.reload();
    return ['it took effect'];
  } catch {
    return [];
  } finally {
    writeFileSync(file, before);
  }
}

/** What the bad ones are made of takes effect. */
async function reloads(): Promise<void> {
  const lab = await open();
  for (const { file, text } of [settings('', UPSTREAM), rule('', 'guards: [{ use: bounds }]')]) {
    assert.deepEqual(await reloaded(lab, file, text), ['it took effect']);
    await lab.gateway.gateway.reload();
  }
}

const BOMB = gzipSync(Buffer.alloc(40_000_000, 0x20), { level: 9 });
const packed =
  (type: string): Script =>
  (res) =>
    void res.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(BOMB);

/** Thirty thousand bytes that become forty million: the limit on answers is on what they become. */
const bombs: readonly Case[] = MAIN_DOORS.map(
  (door): Case => ({
    id: `bombs / ${door.name}`,
    theme: 'bombs of a model server',
    door: door.name,
    origin: EXPANDS,
    async attack(lab) {
      lab.upstream.script = packed(door.stream ? 'text/event-stream' : 'application/json');
      const { got } = await send(lab, { path: door.path, body: door.body });
      return got.status < 400 && !/error/.test(got.text) ? [`it was answered with ${got.status}`] : [];
    },
    async benign(lab) {
      lab.upstream.script = answerOf(door.surface, lab);
      assert.equal((await send(lab, { path: door.path, body: door.body })).got.status, 200);
    },
  }),
);

export const reachingCases: readonly Case[] = [
  ...redirects,
  ...brought,
  named,
  ...rebound,
  ...configured,
  ...bombs,
];
