import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { cedar } from '../../src/lifecycle/cedar.ts';
import { readCases, runCases } from '../../src/policy/cases.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

/** The examples of docs/authorization.md, put together, do what the page says. */
const page = readFileSync(new URL('../../docs/authorization.md', import.meta.url), 'utf8');
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

suite('docs/authorization.md', () => {
  const [policyText = '', casesText = ''] = blocks('yaml');
  const policy = parsePolicy(policyText, {
    kinds: new Map(),
    file: 'policy.yaml',
    readFile: () => blocks('cedar').join('\n'),
    cedar,
  });

  test('its policies can be used', () => assert.equal(policy.documents?.rules.length, 8));

  for (const { name, passed, by } of runCases(policy, readCases(casesText, 'cases.yaml')))
    test(`case: ${name}`, () => assert.ok(passed, by.join(', ')));
});
