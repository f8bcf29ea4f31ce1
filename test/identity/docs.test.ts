import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseSettings } from '../../src/settings/parse.ts';

test('every example of docs/identity.md is settings that can be read, and the defaults are as it says', () => {
  const page = readFileSync(new URL('../../docs/identity.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  const read = (text: string) =>
    parseSettings(`upstreams: { p: { practice: true, dialect: openai, models: [practice] } }\n${text}`, {
      env: {},
      file: 'gatehouse.yaml',
      baseDir: '/srv',
      readFile: () => 'PEM',
      dialects: ['openai'],
    });
  assert.equal(examples.length, 7);
  for (const example of examples) {
    const { identity, abuse } = read(example);
    if (!example.startsWith('abuse:')) assert.ok(identity.issuers.length + identity.certificates.length > 0);
    assert.deepEqual(abuse, read('').abuse);
  }
});
