import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContent } from './content.ts';

const DAY = 86_400_000;
type Written = Parameters<typeof readContent>[1];

function read(written: Written) {
  const errors: string[] = [];
  const rule = readContent((path, message) => errors.push(`${path.join('.')} ${message}`), written);
  return { rule, errors };
}

test('nothing is kept unless the policy says so', () => {
  assert.deepEqual(read(undefined), { rule: undefined, errors: [] });
  assert.deepEqual(read({ seal: 'none' }), { rule: undefined, errors: [] });
});

test('the defaults are a month, 10 GB, no blocked prompts, and to refuse what cannot be sealed', () => {
  assert.deepEqual(read({ seal: 'both' }).rule, {
    seal: { prompts: true, replies: true },
    blocked: false,
    keep: 30 * DAY,
    max: 10 * 1024 ** 3,
    onError: 'block',
  });
  assert.deepEqual(read({ seal: 'prompts' }).rule?.seal, { prompts: true, replies: false });
  assert.deepEqual(read({ seal: 'replies', on_error: 'allow' }).rule?.seal, {
    prompts: false,
    replies: true,
  });
});

test('what has no meaning is an error', () => {
  assert.match(read({ seal: 'none', blocked: true }).errors.join(), /content\.blocked/);
  assert.match(read({ seal: 'both', keep: '0d' }).errors.join(), /content\.keep/);
});
