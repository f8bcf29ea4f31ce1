import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/refusal.ts';
import { completions } from './completions.ts';

const ask = (prompts: number, n: number, stream: boolean) =>
  completions.readPrompt({ model: 'm', prompt: Array.from({ length: prompts }, () => 'p'), n, stream });

test('prompts times answers are bounded, so that the end of a stream cannot grow to megabytes', () => {
  const tooMany = (error: unknown) => error instanceof Refusal && error.field === '/prompt';
  assert.throws(() => ask(2048, 128, true), tooMany);
  assert.throws(() => ask(129, 1, true), tooMany);
  assert.throws(() => ask(2048, 2, false), tooMany);
  assert.equal(ask(2048, 1, false).choices, 2048);

  const prompt = ask(128, 1, true);
  const cut = completions.readStream?.(prompt).cut(new Refusal('reply_blocked'), 'req_1') ?? '';
  assert.equal(cut.split('content_filter').length - 1, 128);
  assert.ok(cut.length < 64 * 1024);
});
