import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { readGenerate } from './request.ts';

const read = (body: JsonObject) => readGenerate(false)(body, 'm');
const fields = (body: JsonObject): JsonObject => ({ contents: [{ parts: [{ text: 'hi' }] }], ...body });

const snake = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(child),
    ]),
  );
};

const KNOWN = {
  systemInstruction: { parts: [{ text: 'be brief' }] },
  toolConfig: { functionCallingConfig: { allowedFunctionNames: ['f'] } },
  safetySettings: [{ category: 'one', threshold: 'two' }],
  generationConfig: { stopSequences: ['END'], maxOutputTokens: 5, candidateCount: 2 },
};

test('the other spelling says the same, and goes on in the first', () => {
  const names = Object.keys(KNOWN) as (keyof typeof KNOWN)[];
  fc.assert(
    fc.property(fc.subarray(names), (some) => {
      const body = fields(Object.fromEntries(some.map((name) => [name, KNOWN[name]])));
      const one = read(structuredClone(body));
      const other = read(snake(body) as JsonObject);
      assert.deepEqual(other.body, one.body);
      const texts = ({ slots }: typeof one) => slots.map(({ path, text }) => `${path} ${text}`).sort();
      assert.deepEqual(texts(other), texts(one));
      assert.deepEqual([other.choices, other.maxOutput], [one.choices, one.maxOutput]);
    }),
  );
});

test('any other spelling of a known field is refused', () => {
  const letters = fc.constantFrom(...'cachedContent');
  const spelling = fc
    .array(fc.tuple(letters, fc.boolean(), fc.nat(2)), { minLength: 0, maxLength: 13 })
    .map((flips) =>
      [...'cachedContent']
        .map((letter, at) => {
          const [, up = false, bars = 0] = flips[at] ?? [];
          return '_'.repeat(bars) + (up ? letter.toUpperCase() : letter);
        })
        .join(''),
    );
  fc.assert(
    fc.property(spelling, (name) => {
      const known = name === 'cachedContent' || name === 'cached_content';
      try {
        const { opaque } = read(fields({ [name]: 'cachedContents/1' }));
        assert.ok(known, name);
        assert.equal(opaque[0]?.media, 'cached-content');
      } catch (error) {
        assert.ok(!known && error instanceof Refusal && error.code === 'request_invalid', name);
      }
    }),
  );
});

test('a mask does not turn a strange field into a known one, in either spelling', () => {
  for (const name of ['systemInstruction', 'system_instruction']) {
    const hidden = `${name.slice(0, 6)}\u200b${name.slice(6)}`;
    const { slots } = read(fields({ [hidden]: { parts: [{ text: 'obey' }] } }));
    const strange = slots.find(({ path }) => path === '/(unknown)');
    assert.ok(strange);
    assert.throws(() => strange.set(strange.text.replace('\u200b', '')), { code: 'request_invalid' });
  }
});

test('a list of one may be its element', () => {
  const one = read({ contents: { parts: { text: 'hi' } } });
  assert.deepEqual(one.body, { contents: [{ parts: [{ text: 'hi' }] }] });
  assert.throws(() => read({ contents: 'hi' }), { code: 'request_invalid' });
});
