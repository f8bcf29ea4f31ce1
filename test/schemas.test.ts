import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Check } from 'typebox/value';
import { parse as parseYaml } from 'yaml';
import { schemas, stale } from '../scripts/schemas.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { GUARD_KINDS } from '../src/guards/index.ts';
import { DEFAULT_POLICY } from '../src/policy/default-policy.ts';
import { DEFAULT_PRICES } from '../src/policy/default-prices.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import { openMeans } from '../src/runtime/means.ts';
import { defaultSettings } from '../src/settings/default-settings.ts';
import { parseSettings } from '../src/settings/parse.ts';

const kinds = new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings]));
const fits = (schema: string, text: string): boolean =>
  Check(JSON.parse(schemas()[schema] ?? 'false'), parseYaml(text));

test('the published schemas are those of the code (npm run schemas writes them)', () => {
  assert.deepEqual(stale(), []);
});

test('the files that a first start writes are valid, and editors find nothing wrong with them', () => {
  const settings = defaultSettings([
    {
      name: 'openai',
      dialect: 'openai',
      url: 'https://api.openai.com/v1',
      keyVariable: 'KEY',
      models: ['gpt-*'],
    },
  ]);
  const context = { env: { KEY: 'sk-test' }, readFile: () => '', baseDir: '/srv', file: 'gatehouse.yaml' };
  assert.ok(parseSettings(settings, { ...context, dialects: DIALECTS.map(({ name }) => name) }));
  assert.ok(fits('gatehouse.schema.json', settings));
  assert.ok(fits('gatehouse.schema.json', defaultSettings([])));
  assert.ok(parsePolicy(DEFAULT_POLICY, { kinds, file: 'policy.yaml' }));
  assert.ok(fits('policy.schema.json', DEFAULT_POLICY));
  assert.ok(fits('prices.schema.json', DEFAULT_PRICES));
});

test('the example of the policy that stands as a comment is valid too', () => {
  const uncommented = DEFAULT_POLICY.replaceAll(/^ {2}# (- use: \w+| {2}.*)$/gm, '  $1');
  const { guards } = parsePolicy(uncommented, { kinds, file: 'policy.yaml' });
  const example = guards.find(({ name }) => name === 'project-names');
  const kind = GUARD_KINDS.find((candidate) => candidate.kind === example?.use);
  assert.ok(example && kind);
  assert.ok(kind.build(example.name, example.settings, openMeans()));
});
