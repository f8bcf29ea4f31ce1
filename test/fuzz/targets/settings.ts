import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../src/base/problem.ts';
import { Secret } from '../../../src/base/secret.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { checkTls } from '../../../src/gateway/build-house.ts';
import { GUARD_KINDS } from '../../../src/guards/index.ts';
import { cedar } from '../../../src/lifecycle/cedar.ts';
import { readCases, runCases } from '../../../src/policy/cases.ts';
import { DEFAULT_POLICY } from '../../../src/policy/default-policy.ts';
import { DEFAULT_PRICES } from '../../../src/policy/default-prices.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { parsePrices } from '../../../src/policy/price-table.ts';
import { defaultSettings } from '../../../src/settings/default-settings.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import { findModel } from '../../../src/settings/routes.ts';
import { assertSilent, CANARY, refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

const DOCS = join(import.meta.dirname, '../../../docs');

/** Blocks of code of this kind in the manual: what people start from. */
const blocksIn = (pages: readonly string[], kind: string): string[] =>
  pages.flatMap((page) =>
    [
      ...readFileSync(join(DOCS, `${page}.md`), 'utf8').matchAll(
        new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'),
      ),
    ].map(([, text = '']) => text),
  );

const YAML = [
  '&a',
  '*a',
  '<<: ',
  '!!binary ',
  '!!js/function ',
  '--- ',
  '? ',
  '|-\n',
  '>\n',
  '{',
  '[',
  '- ',
  ': ',
  '"',
  "'",
  '#',
  '%YAML 1.1\n',
  'null',
  'yes',
  '\t',
  '~',
];

/** Every error is a list of places in the file, and holds no secret, wherever that stood. */
function checkProblem(found: unknown, file: string): void {
  if (!(found instanceof Problem)) return;
  assert.equal(found.kind, 'usage');
  assert.ok(found.message.includes(`${file}:`), `no place in: ${found.message}`);
  assertSilent(`${found.message} ${found.advice}`, 'the message');
}

const UPSTREAM = `upstreams:
  one: { dialect: openai, url: "https://one.example/v1", key: "\${ONE_KEY}", models: [m, "gpt-*"] }
  two: { dialect: anthropic, url: "https://10.1.2.3", key: { file: k }, models: [{ name: claude, as: inner }], timeout: 30s }
listen: { address: 127.0.0.1, port: "\${PORT:-8642}", hosts: [a.example], origins: ["https://a.example"] }
limits: { body: 10MB, depth: 64, drain: 30s }
vault: { masters: { one: { key: "\${MASTER_KEY}" } } }
`;

const settings = pure({
  name: 'settings.file',
  words: [
    ...YAML,
    '${ONE_KEY}',
    '${',
    '$${',
    '${X:-y}',
    'upstreams:',
    'routes:',
    'url: ',
    'key: ',
    'file: ',
    'workers: ',
    'identity:',
    'spiffe: ',
    '169.254.169.254',
    '10.0.0.0/8',
  ],
  seeds: () => [
    UPSTREAM,
    defaultSettings([]),
    ...blocksIn(['configuration', 'routing', 'identity', 'vault', 'operate'], 'yaml'),
  ],
  quick: 350,
  check(input) {
    const found = refusedBy(
      () =>
        parseSettings(input.toString(), {
          // Whatever a reference asks for is the secret.
          env: new Proxy({}, { get: (_, name) => (name === 'PORT' ? undefined : CANARY) }),
          readFile: (path) => {
            if (path.includes('missing')) throw Object.assign(new Error(path), { code: 'ENOENT' });
            return `${CANARY}\n`;
          },
          baseDir: '/etc/gatehouse',
          file: 'gatehouse.yaml',
          dialects: DIALECTS.map(({ name }) => name),
        }),
      Problem,
    );
    checkProblem(found, 'gatehouse.yaml');
    if (!(found instanceof Problem)) findModel(found, 'gpt-4');
  },
});

const RULES = blocksIn(['authorization'], 'cedar').join('\n');

const policy = pure({
  name: 'policy.file',
  words: [
    ...YAML,
    'roles:',
    'allow:',
    'deny:',
    'actions: ',
    'models: ',
    '"*"',
    'quotas:',
    'per: ',
    '/minute',
    'guards:',
    'use: ',
    'match: ',
    '(a+)+',
    'budgets:',
    'dollars: ',
    'authorization:',
    '1e9',
    '0.000001',
  ],
  seeds: () => [
    DEFAULT_POLICY,
    ...blocksIn(['policy', 'guards', 'quotas', 'budgets', 'authorization'], 'yaml'),
  ],
  quick: 250,
  check(input) {
    const found = refusedBy(
      () =>
        parsePolicy(input.toString(), {
          kinds: new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings])),
          file: 'policy.yaml',
          readFile: (path) => (path.endsWith('.cedar') ? RULES : DEFAULT_PRICES),
          cedar,
        }),
      Problem,
    );
    if (found instanceof Problem) assert.equal(found.kind, 'usage');
    else assert.match(found.hash, /^[0-9a-f]{64}$/);
  },
});

const documents = pure({
  name: 'policy.cedar',
  words: [
    'permit',
    'forbid',
    '(principal, action, resource)',
    'when { ',
    'unless { ',
    '}',
    ';',
    '@id("',
    '==',
    'in',
    'has',
    'like',
    'ip("',
    'decimal("1.2")',
    'context.',
    'Action::"',
    'Team::"',
    '\\u{110000}',
    '?principal',
    '//',
  ],
  seeds: () => blocksIn(['authorization'], 'cedar'),
  quick: 120,
  longest: 4096,
  check(input) {
    const text = `version: 1\nroles: { app: { allow: [{ actions: [chat], models: [m] }] } }\nauthorization: { files: [r.cedar] }\n`;
    const found = refusedBy(
      () =>
        parsePolicy(text, { kinds: new Map(), file: 'policy.yaml', readFile: () => input.toString(), cedar }),
      Problem,
    );
    if (!(found instanceof Problem)) return;
    assert.equal(found.kind, 'usage');
    assert.match(found.message, /(r\.cedar|policy\.yaml):\d+:\d+ /);
  },
});

const prices = pure({
  name: 'policy.prices',
  words: [
    ...YAML,
    'prices:',
    'models: ',
    'input: ',
    'output: ',
    'long: ',
    'above: ',
    'as_of: ',
    '0.0000001',
    '1e-7',
    '.5',
  ],
  seeds: () => [
    'version: 1\nas_of: "2026-01-01"\nprices:\n  - { models: [m, "gpt-*"], input: 3, cached_input: 0.3, output: 15, request: 0.01, long: { above: 200000, input: 6, output: 22.5 } }\n',
  ],
  quick: 500,
  check(input) {
    const found = refusedBy(() => parsePrices(input.toString(), 'prices.yaml'), Problem);
    checkProblem(found, 'prices.yaml');
    if (found instanceof Problem) return;
    const price = found.find('gpt-x', 'any');
    for (const rate of [price?.input, price?.output, price?.request])
      assert.ok(rate === undefined || rate >= 0n);
  },
});

const cases = pure({
  name: 'policy.cases',
  words: [
    ...YAML,
    'cases:',
    'caller: ',
    'action: ',
    'at: ',
    'from: ',
    'expect: ',
    'allow',
    'deny',
    '2026-02-30T25:00:00Z',
    '::ffff:1.2.3.4',
  ],
  seeds: () => blocksIn(['authorization'], 'yaml').filter((text) => text.includes('cases:')),
  quick: 250,
  check(input) {
    const found = refusedBy(() => readCases(input.toString(), 'cases.yaml'), Problem);
    checkProblem(found, 'cases.yaml');
    if (!(found instanceof Problem)) runCases(CASES_POLICY, found);
  },
});
const CASES_POLICY = parsePolicy(DEFAULT_POLICY, {
  kinds: new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings])),
  file: 'policy.yaml',
});

/** Any file in the place of certificate, authorities or revocation list. */
const tls = pure({
  name: 'settings.tls',
  words: [
    '-----BEGIN CERTIFICATE-----\n',
    '-----END CERTIFICATE-----\n',
    '-----BEGIN X509 CRL-----\n',
    '-----BEGIN PRIVATE KEY-----\n',
    '=',
    '\n\n',
  ],
  quick: 150,
  check(input) {
    const pem = input.toString('latin1');
    for (const [cert, key, client_ca, crl] of [
      [pem, CANARY, undefined, undefined],
      ['', '', pem, undefined],
      ['', '', pem, pem],
    ] as const) {
      const found = refusedBy(
        () => checkTls({ cert, key: new Secret(key), client_certificates: 'required', client_ca, crl }),
        Problem,
      );
      assert.ok(found === undefined || found.kind === 'usage');
    }
  },
});

export const settingsTargets: readonly Target[] = [settings, policy, documents, prices, cases, tls];
