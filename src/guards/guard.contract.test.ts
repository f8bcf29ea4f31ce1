import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import type { Guard, GuardKind } from './guard.ts';
import { GUARD_KINDS } from './index.ts';
import { ABOUT, MEANS, read, readWhole } from './testing.ts';

/** Where a text is cut in two: at every place, or, in a long one, at the places that are most likely to matter. */
function cuts(text: string): number[] {
  const all = Array.from({ length: text.length + 1 }, (_, at) => at);
  return text.length <= 120 ? all : all.filter((at) => at < 60 || at > text.length - 60 || at % 17 === 0);
}

async function sameAtEverySplit(guard: Guard, text: string): Promise<void> {
  const whole = await readWhole(guard, text);
  assert.deepEqual(await read(guard.open(ABOUT), text.split('')), whole, 'one character at a time');
  for (const at of cuts(text)) {
    assert.deepEqual(
      await read(guard.open(ABOUT), [text.slice(0, at), text.slice(at)]),
      whole,
      `cut at ${at}`,
    );
  }
}

for (const kind of GUARD_KINDS) suite(`guard ${kind.kind}`, () => contract(kind));

function contract({ kind, about, settings, proof, build }: GuardKind<unknown>): void {
  const guard = build(kind, proof.settings, MEANS);

  test('says what it is and takes its own settings', () => {
    assert.match(about, /^\S.*\.$/);
    assert.ok(Check(settings, proof.settings));
    assert.equal((settings as { additionalProperties?: unknown }).additionalProperties, false);
    assert.equal(guard.name, kind);
  });

  test('catches what it must, at every split', async () => {
    for (const { text, reason } of proof.catches) {
      const found = await readWhole(guard, text);
      assert.ok(
        found.some((one) => one.reason === reason),
        `${reason} in ${JSON.stringify(text)}`,
      );
      await sameAtEverySplit(guard, text);
    }
  });

  test('lets pass what it must, at every split', async () => {
    for (const text of proof.passes) {
      assert.deepEqual(await readWhole(guard, text), [], JSON.stringify(text));
      await sameAtEverySplit(guard, text);
    }
  });

  test('finds the same however mixed texts are cut', async () => {
    const pieces = fc.constantFrom(
      ...proof.catches.map(({ text }) => text),
      ...proof.passes,
      ' ',
      '\n',
      'a',
      '\ud83d',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(pieces, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(40)),
        async (texts, lengths) => {
          const text = texts.join('');
          const parts: string[] = [];
          for (let at = 0; at < text.length; ) {
            const length = lengths.next().value ?? 1;
            parts.push(text.slice(at, at + length));
            at += length;
          }
          assert.deepEqual(await read(guard.open(ABOUT), parts), await readWhole(guard, text));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('two texts read at the same time know nothing of each other', async () => {
    for (const { text } of proof.catches) {
      const [one, other] = [guard.open(ABOUT), guard.open(ABOUT)];
      const found = { one: 0, other: 0 };
      for (const char of text) {
        found.one += (await one.push(char)).found.length;
        found.other += (await other.push('.')).found.length;
      }
      found.one += (await one.end()).found.length;
      assert.equal(found.one, (await readWhole(guard, text)).length);
      assert.deepEqual(
        found.other + (await other.end()).found.length,
        (await readWhole(guard, '.'.repeat([...text].length))).length,
      );
    }
  });
}

test('every kind has a name of its own', () => {
  const names = GUARD_KINDS.map(({ kind }) => kind);
  assert.equal(new Set(names).size, names.length);
});
