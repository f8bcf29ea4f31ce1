import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { parse } from 'yaml';
import { type CliIo, processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import { readContract } from '../src/contracts/document.ts';
import { parsePlaybook } from '../src/incidents/playbook.ts';
import { readMapping } from '../src/lifecycle/attack/endpoints/mapping.ts';
import { ALL_RULES } from '../src/lifecycle/scan/catalogue.ts';
import { readScanPolicy } from '../src/lifecycle/scan/policy.ts';
import { EXTENSION, makeCertificate, newKey, publicPem } from '../src/signing/testing.ts';
import { parseTrust } from '../src/signing/trust-policy.ts';
import { openWitnessKeys, publicText } from '../src/witness/keys.ts';
import { CONTRACT, calibrationOf, classifier, KEY } from './harness/classifiers.ts';
import { tempFolder } from './harness/cli.ts';

const docs = join(dirname(import.meta.dirname), 'docs');

interface Example {
  readonly text: string;
  /** Of its first line in the page. */
  readonly line: number;
}

function examplesIn(page: string, language: string): readonly Example[] {
  const all = readFileSync(join(docs, page), 'utf8');
  const fences = all.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return Array.from(fences, ({ 1: text = '', index }) => ({
    text,
    line: all.slice(0, index).split('\n').length + 1,
  }));
}

/** An example that is a part of a section, below the name of that section. */
function whole(text: string): string {
  if (!text.startsWith(' ')) return text;
  if (/^ +- use:/.test(text)) return `guards:\n${text}`;
  return `${text.includes('dialect:') ? 'upstreams' : 'roles'}:\n${text}`;
}

const SCAN_POLICY = ['fail_on', 'calls', 'suppress', 'unread'];
const SETTINGS = [
  'listen',
  'upstreams',
  'routes',
  'identity',
  'people',
  'incidents',
  'abuse',
  'detections',
  'ledger',
  'vault',
  'models',
  'predictions',
  'telemetry',
  'feeds',
];

interface Step {
  readonly uses?: string;
  readonly with?: object;
}

/** Steps of a workflow, or of a part of one. */
const stepsIn = (given: unknown): readonly Step[] =>
  Array.isArray(given)
    ? given
    : Object.values(
        (given as { readonly jobs: Readonly<Record<string, { readonly steps: Step[] }>> }).jobs,
      ).flatMap(({ steps }) => steps);

/** What is given to our own action are inputs that it has. */
function assertSteps(steps: readonly Step[]): void {
  const { inputs } = parse(readFileSync(join(dirname(docs), 'action.yml'), 'utf8')) as {
    readonly inputs: Readonly<Record<string, unknown>>;
  };
  assert.ok(steps.length > 0);
  for (const { uses, with: given = {} } of steps)
    if (uses?.includes('gatehouse') === true)
      for (const name of Object.keys(given)) assert.ok(Object.hasOwn(inputs, name), name);
}

/** Secrets of feeds, each in its form. */
const FEEDS = {
  WEBHOOK_SECRET: `whsec_${'A'.repeat(44)}`,
  SLACK_URL: 'https://hooks.slack.com/services/T0/B0/x',
  PAGERDUTY_KEY: 'r'.repeat(32),
  SMTP_PASSWORD: 'p',
};

/** What whoever copies an example has already. */
const server = (model: string) => ({ dialect: 'openai', url: 'https://api.example.com/v1', models: [model] });
const OTHERS = { openai: server('some'), azure: server('other') };
const VAULT = { masters: { main: { key: '0'.repeat(64) } } };
const fraud = {
  contract: './fraud.contract.yaml',
  calibration: './fraud.calibration.json',
  calibration_key: { file: './fraud.key' },
};
const PREDICTIONS = { fraud, 'fraud-decoy': fraud };

/** Files that a policy of signatures names. */
function trustFile(path: string): Buffer {
  const key = newKey();
  if (path.endsWith('.pub')) return publicPem(key);
  const itself = { subject: 'root', key, issuer: 'root', issuerKey: key, from: 0, to: 1e12 };
  return makeCertificate({ ...itself, extensions: [EXTENSION.authority()] });
}

/** Runs a command on files that are not on disk. */
async function said(files: Readonly<Record<string, string>>, args: readonly string[]): Promise<string> {
  let text = '';
  const line = (more: string) => {
    text += `${more}\n`;
  };
  const io: CliIo = {
    ...processIo(),
    out: line,
    err: line,
    env: {
      OPENAI_API_KEY: 'sk-1',
      GEMINI_API_KEY: 'g-1',
      OTEL_TOKEN: 'Bearer t',
      OIDC_SECRET: 's',
      ...FEEDS,
    },
    read: (file) => files[basename(file)] ?? (file.endsWith('.contract.yaml') ? CONTRACT : 'secret'),
  };
  return (await run(args, io, '0')) === 0 ? '' : text;
}

suite('examples of the manual are accepted as they stand', () => {
  for (const page of globSync('*.md', { cwd: docs })) {
    const [prices] = examplesIn(page, 'yaml').filter(({ text }) => /^as_of:/m.test(text));
    const cedar = examplesIn(page, 'cedar')
      .map(({ text }) => text)
      .join('\n');
    for (const { text, line } of examplesIn(page, 'yaml')) {
      const given = parse(whole(text)) as Record<string, unknown>;
      if (given.as_of !== undefined || given.scrape_configs !== undefined) continue;
      test(`docs/${page}:${line}`, async (t) => {
        if (given.answer !== undefined) return void readMapping(text, page, { SCORING_KEY: 'k' });
        if (given.inputs !== undefined) return void readContract(text, page);
        if (given.steps !== undefined && given.when !== undefined) return void parsePlaybook(text, page);
        if (given.signers !== undefined) return void parseTrust(text, page, trustFile);
        if (SCAN_POLICY.some((name) => name in given))
          return void readScanPolicy(text, page, '2026-01-01', new Set(ALL_RULES.keys()));
        if (Array.isArray(given) || given.jobs !== undefined) return assertSteps(stepsIn(given));
        const folder = tempFolder(t);
        if (Array.isArray(given.cases) && given.cases.some((one) => 'text' in one)) {
          const file = join(folder, 'cases.yaml');
          writeFileSync(file, text);
          return assert.equal(await said({}, ['guard', 'test', file]), '');
        }
        const witness = async (name: string) =>
          publicText(await openWitnessKeys(join(folder, name), `example.org/${name}`));
        // Rules for predictions are a list, of the policy.
        const isSettings = SETTINGS.some((name) => name in given && !Array.isArray(given[name]));
        const rules = Array.isArray(given.predictions) && { predictions: PREDICTIONS };
        const settings = { upstreams: OTHERS, vault: VAULT, ...rules, ...(isSettings && given) };
        const policy = {
          version: 1,
          roles: { app: {}, admin: {}, operator: {}, reviewer: {} },
          ...(!isSettings && given),
        };
        const files = {
          'gatehouse.yaml': JSON.stringify(settings),
          'policy.yaml': JSON.stringify(policy),
          'prices.yaml': prices?.text ?? '',
          'authorization.cedar': cedar,
          'master.key': '0'.repeat(64),
          'fraud.key': KEY,
          'fraud.calibration.json': given.predictions ? await calibrationOf(classifier()) : '',
          'w1.pub': await witness('w1'),
          'w2.pub': await witness('w2'),
          'w3.pub': await witness('w3'),
        };
        if (given.cases === undefined) {
          assert.equal(await said(files, ['config', 'check']), '');
          assert.equal(await said(files, ['policy', 'check']), '');
          return;
        }
        const beside = {
          ...files,
          'policy.yaml': examplesIn(page, 'yaml')[0]?.text ?? '',
          'cases.yaml': text,
        };
        assert.equal(await said(beside, ['policy', 'test', 'cases.yaml']), '');
      });
    }
  }
});
