import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOf } from './review-cases.ts';

const content = (body: object, paths: readonly string[], more: object = {}) => ({
  id: 'rev_1',
  kind: 'prompt',
  state: 'blocked',
  media: 'application/json',
  text: JSON.stringify(body),
  marks: paths.map((path) => ({ guard: 'watch', reason: 'watch.direct', path, start: 0, end: 1 })),
  ...more,
});

test('each text in which something was found, by whose it is, with what people made of it', () => {
  const body = {
    system: 'be good',
    messages: [
      { role: 'user', content: 'a' },
      { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'b' }] }] },
      { role: 'developer', content: 'c' },
    ],
    tools: [{ description: 'd' }],
  };
  const paths = ['/messages/0/content', '/messages/0/content', '/messages/1/content/0/content/0/text'];
  const all = casesOf(
    content(body, [...paths, '/messages/2/content', '/system', '/tools/0/description']),
    undefined,
  );
  assert.deepEqual(
    all.map(({ text, role }) => `${text} ${role}`),
    ['a user', 'b tool', 'c system', 'be good system', 'd tool-definition'],
  );
  assert.deepEqual(all[0], {
    text: 'a',
    label: 'attack',
    role: 'user',
    reasons: ['watch.direct'],
    id: 'rev_1',
  });
  const [passed] = casesOf(content(body, ['/system'], { state: 'passed' }), 'watch');
  assert.equal(passed?.label, 'benign');
});

test('no text where there is none: another guard, a stream, what was erased, what a pointer does not lead to', () => {
  const body = { input: 'a' };
  assert.deepEqual(casesOf(content(body, ['/input']), 'other'), []);
  assert.deepEqual(casesOf(content(body, ['/input'], { media: 'text/event-stream' }), undefined), []);
  assert.deepEqual(casesOf(content(body, ['/input'], { text: null }), undefined), []);
  assert.deepEqual(casesOf(content(body, ['/nothing', '']), undefined), []);
});
