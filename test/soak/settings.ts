import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from '../identity/authority.ts';
import type { Speech } from './upstream-process.ts';

/** What `gatehouse.yaml` and the policy say; a reload changes some of it. */
export interface Configuration {
  readonly workers: number;
  readonly issuer: string;
  readonly upstreams: Readonly<Record<Speech, string>>;
  readonly witnesses: readonly { readonly url: string; readonly file: string }[];
  /** Names of master keys, the one that wraps new keys first. */
  readonly masters: readonly string[];
  /** Goes up with every good reload. */
  readonly version: number;
}

/** As the model servers name them, with dollars for a million tokens. */
export const PRICES = {
  'o-model': { input: '2.5', output: '10' },
  'a-model': { input: '3', output: '15' },
  'g-model': { input: '0.3', output: '2.5' },
} as const;

/** How many requests a minute the caller `tight` has, and dollars a month the team `poor`. */
export const TIGHT = 30;
export const POOR = '0.05';

export const MODELS = {
  /** Three servers, the third only where the others cannot. */
  'soak-main': ['openai', 'anthropic', 'gemini'],
  /** May be asked again whatever became of the first attempt. */
  'soak-safe': ['gemini', 'anthropic', 'openai'],
  /** Answers are kept. */
  'soak-kept': ['openai', 'anthropic'],
  /** For clients whose own words no server here speaks. */
  'soak-turned': ['anthropic', 'gemini'],
} as const;
export type Model = keyof typeof MODELS;

const TARGETS: Readonly<Record<Speech, string>> = {
  openai: 'upstream: openai, model: o-model',
  anthropic: 'upstream: anthropic, model: a-model',
  gemini: 'upstream: gemini, model: g-model',
};

const routeOf = (model: Model): string => {
  const targets = MODELS[model].map(
    (name, place) => `{ ${TARGETS[name]}, priority: ${place === 2 ? 2 : 1}, weight: ${3 - place} }`,
  );
  const more = {
    'soak-main': '',
    'soak-safe': ', idempotent: true, retries: 3, backoff: 50ms',
    'soak-kept': ', cache: { ttl: 2s, per: team }',
    'soak-turned': ', idempotent: true',
  }[model];
  return `  ${model}: { targets: [${targets.join(', ')}], patience: 2s, breaker: { window: 5s, pause: 1s }${more} }`;
};

const settingsOf = (written: Configuration): string => `# version ${written.version}
listen: { port: 0, tls: { cert: cert.pem, key: key.pem } }
workers: ${written.workers}
upstreams:
  openai: { dialect: openai, url: "${written.upstreams.openai}/v1", key: { file: upstream.key }, ${TIMES} }
  anthropic: { dialect: anthropic, url: "${written.upstreams.anthropic}", key: { file: upstream.key }, ${TIMES} }
  gemini: { dialect: gemini, url: "${written.upstreams.gemini}", key: { file: upstream.key }, ${TIMES} }
routes:
${(Object.keys(MODELS) as Model[]).map(routeOf).join('\n')}
identity:
  issuers:
    corp: { issuer: "${written.issuer}", audience: gatehouse, claims: { name: email, roles: groups }, roles: { engineers: app }, team: people }
vault:
  current: ${written.masters[0]}
  masters:
${written.masters.map((name) => `    ${name}: { key: { file: ${name}.master } }`).join('\n')}
ledger:
  segment: 4MB
${
  written.witnesses.length === 0
    ? ''
    : `  witnesses: { every: 1s, quorum: 2, who: [${written.witnesses.map(({ url, file }) => `{ url: "${url}", key: ${file} }`).join(', ')}] }\n`
}limits: { reply: 256KB, event: 128KB, client_idle: 10s, drain: 10s }
abuse: { repeats: off, invalid_requests: off }
log: { level: info }
`;

const TIMES = 'timeouts: { connect: 2s, first_byte: 3s, idle: 3s }';

const policyOf = ({ version }: Configuration): string => `version: 1
roles:
  app: { allow: [{ actions: [chat, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*"] }] }
  auditor: { allow: [{ actions: [audit.read, metrics.read] }] }
authorization: { files: [soak.cedar] }
quotas:
  - { per: caller, requests: 10M/day, tokens: 900M/day, concurrency: ${40 + (version % 3)} }
  - { per: team, tokens: 900M/day }
  - { per: caller, callers: [tight], requests: ${TIGHT}/minute }
budgets:
  - { per: key, dollars: 4000000/month }
  - { per: caller, dollars: 4000000/month }
  - { per: team, dollars: 4000000/month }
  - { per: organisation, dollars: 4000000/month }
  - { per: model, dollars: 4000000/month }
  - { per: team, teams: [poor], dollars: ${POOR}/month }
prices: prices.yaml
guards:
  - use: bounds
  - use: secrets
    action: mask
  - use: patterns
    name: words
    patterns: [{ id: forbidden, match: "forbidden f[r]uit" }${version % 2 === 0 ? '' : ', { id: never, match: "never said by anybody" }'}]
content: { seal: both, keep: 2d }
`;

/** For a registered purpose only; and one that makes every request count what its caller has spent. */
const CEDAR = `@id("purpose")
forbid (principal, action in Action::"use", resource)
when { context has purpose && !principal.purposes.contains(context.purpose) };

@id("spend")
forbid (principal, action in Action::"use", resource)
when { context.spend.cents_this_month > 100000000 };
`;

const PRICE_FILE = `version: 1
as_of: "2026-11-01"
prices:
${Object.entries(PRICES)
  .map(([model, { input, output }]) => `  - { models: [${model}], input: ${input}, output: ${output} }`)
  .join('\n')}
`;

/** Writes a configuration that is good. */
export function writeConfiguration(folder: string, written: Configuration, leaf: TestCertificate): void {
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  put('cert.pem', leaf.cert);
  put('key.pem', leaf.key);
  put('soak.cedar', CEDAR);
  put('prices.yaml', PRICE_FILE);
  put('policy.yaml', policyOf(written));
  put('gatehouse.yaml', settingsOf(written));
}

/** Ways to be wrong: none of them may change anything. */
export const MISTAKES: readonly ((folder: string, written: Configuration) => void)[] = [
  (folder) => writeFileSync(join(folder, 'policy.yaml'), 'version: 1\nroles: ['),
  (folder, written) =>
    writeFileSync(
      join(folder, 'gatehouse.yaml'),
      settingsOf(written).replace('upstream: gemini,', 'upstream: nobody,'),
    ),
  (folder) => writeFileSync(join(folder, 'soak.cedar'), 'permit (principal, action, resource) when { 1 };'),
  (folder, written) =>
    writeFileSync(join(folder, 'gatehouse.yaml'), settingsOf({ ...written, workers: written.workers + 1 })),
  (folder) => writeFileSync(join(folder, 'cert.pem'), 'no certificate'),
];
