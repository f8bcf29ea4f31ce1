import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const parse = (models: string) =>
  parseSettings(`upstreams: { a: { dialect: openai, url: "https://a.example", models: [m] } }\n${models}\n`, {
    env: {},
    file: 'gatehouse.yaml',
    baseDir: '/srv',
    readFile: (path) => {
      if (path !== '/srv/trust.yaml') throw Object.assign(new Error('no'), { code: 'ENOENT' });
      return '';
    },
    dialects: ['openai'],
  }).models;

test('what sealed models must have: nothing said is the strict way', () => {
  const strict = { trust: undefined, scanPolicy: undefined, approvals: 1, unsigned: 'refuse' };
  assert.deepEqual(parse(''), strict);
  assert.deepEqual(
    parse('models: { trust: ./trust.yaml, scan_policy: ./trust.yaml, approvals: 3, unsigned: allow }'),
    {
      trust: '/srv/trust.yaml',
      scanPolicy: '/srv/trust.yaml',
      approvals: 3,
      unsigned: 'allow',
    },
  );
  for (const [bad, pattern] of [
    ['{ trust: ./nowhere.yaml }', /cannot be read \(ENOENT\)/],
    ['{ scan_policy: ./nowhere.yaml }', /cannot be read \(ENOENT\)/],
    ['{ approvals: 0 }', /approvals/],
    ['{ approvals: 1000 }', /1 to 100/],
    ['{ unsigned: perhaps }', /unsigned/],
    ['{ approval: 1 }', /approvals/],
  ] as const)
    assert.throws(
      () => parse(`models: ${bad}`),
      (error: unknown) => error instanceof Problem && pattern.test(error.message),
      bad,
    );
});
