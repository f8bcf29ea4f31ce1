import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { patterns } from '../guards/patterns.ts';
import { MEANS } from '../guards/testing.ts';
import { LineInspector } from './lines.ts';
import type { Post } from './posts.ts';

const SETTINGS = { patterns: [{ id: 'fruit', words: ['forbidden fruit'] }] };
const POST: Post = {
  name: 'house',
  kind: 'patterns',
  task: undefined,
  reads: () => true,
  action: undefined,
  budget: 500,
  guard: () => patterns.build('house', SETTINGS, MEANS),
};

async function answersTo(pieces: readonly Uint8Array[]): Promise<string> {
  let out = '';
  const input = async function* () {
    yield* pieces;
  };
  for await (const lines of new LineInspector([POST]).answer(input())) out += lines;
  return out;
}

const INPUT = Buffer.from(
  '\ufeff{"text":"a forbidden fruit, é 𝕏"}\r\n\r\n{"id":"x","text":"none"}\n{"id":1e400,"text":""}\n[\n{"id":7,"text":"\\ud83d forbidden  fruit"}',
);

test('the same is answered however the bytes come', async () => {
  const whole = await answersTo([INPUT]);
  const said = whole
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    said.map(({ flagged, spans, error }) => error?.code ?? (flagged ? spans[0].type : 'clean')),
    ['FRUIT', 'clean', 'clean', 'body_not_json', 'FRUIT'],
  );
  assert.ok(whole.includes('"id":1e400,'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(INPUT.length), { maxLength: 12 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), INPUT.length];
      const pieces = at.slice(1).map((end, index) => INPUT.subarray(at[index], end));
      assert.equal(await answersTo(pieces), whole);
    }),
    { numRuns: 60 },
  );
});

test('any bytes are answered, or refused in place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      for (const line of (await answersTo([bytes])).split('\n')) if (line !== '') JSON.parse(line);
    }),
    { numRuns: 100 },
  );
});
