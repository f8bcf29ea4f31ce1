import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { EDITS } from '../eval/robustness/edits.ts';
import type { About, Found } from '../src/guards/guard.ts';
import { injection } from '../src/guards/injection/index.ts';
import { MEANS, read } from '../src/guards/testing.ts';
import { ATTACKS } from './bypass/evasion-texts.ts';
import { WRITINGS } from './bypass/evasion-tricks.ts';

const ROOT = join(import.meta.dirname, '..');
const guard = injection.build('injection', {}, MEANS);
const about = (more: Partial<About> = {}): About => ({
  direction: 'prompt',
  path: '/text',
  provenance: 'user',
  format: 'text',
  streamed: false,
  ...more,
});

test('docs/robustness-of-detection.md is about the model that ships', () => {
  const page = readFileSync(join(ROOT, 'docs', 'robustness-of-detection.md'), 'utf8');
  const [, named] = /SHA-256 `([0-9a-f]{64})`/.exec(page) ?? [];
  const model = readFileSync(join(ROOT, 'models', 'injection.bin'));
  const hash = createHash('sha256').update(model).digest('hex');
  assert.equal(named, hash, 'npm run eval -- robustness --write writes it anew');
  assert.match(page, /^- Date: \d{4}-\d{2}-\d{2}$/m);
});

/** Texts as they stand, edited, and written otherwise; some of them several at once. */
const texts = fc
  .tuple(
    fc.constantFrom(...Object.values(ATTACKS)),
    fc.constantFrom(...Object.values(EDITS)),
    fc.constantFrom((text: string) => text, ...Object.values(WRITINGS)),
    fc.lorem({ maxCount: 60 }),
    fc.boolean(),
  )
  .chain(([attack, edit, write, around, before]) =>
    edit(attack).map((text) => (before ? `${around}\n${write(text)}` : `${write(text)}\n${around}`)),
  );
const pieces = (text: string) =>
  fc.array(fc.nat({ max: text.length }), { maxLength: 8 }).map((cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), text.length];
    return at.slice(1).map((end, i) => text.slice(at[i], end));
  });
const spansOf = (found: readonly Found[]) => found.map(({ start, end, reason }) => ({ start, end, reason }));

suite('however an attack is changed', () => {
  test('what is found in a stream does not depend on where it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts.chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        async ([text, cut]) => {
          const open = () => guard.open(about({ direction: 'reply', streamed: true }));
          assert.deepEqual(spansOf(await read(open(), cut)), spansOf(await read(open(), [text])));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what a text is found to be does not depend on what was read before it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (text, other) => {
        const first = spansOf(await read(guard.open(about()), [text]));
        await read(guard.open(about()), [other]);
        assert.deepEqual(spansOf(await read(guard.open(about()), [text])), first);
      }),
      { numRuns: 60 },
    );
  });

  test('no stretch of it is found where it is not', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        for (const { start, end, score = 0 } of await read(guard.open(about()), [text])) {
          assert.ok(start >= 0 && start < end && end <= text.length);
          assert.ok(score >= 0.5 && score <= 1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
