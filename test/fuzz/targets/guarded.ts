import assert from 'node:assert/strict';
import { Refusal } from '../../../src/base/refusal.ts';
import { openInspection } from '../../../src/gateway/inspect/inspect.ts';
import { StreamInspection } from '../../../src/gateway/inspect/stream.ts';
import { post, watchOf } from '../../../src/gateway/inspect/testing.ts';
import { secrets } from '../../../src/guards/secrets/index.ts';
import { openMeans } from '../../../src/runtime/means.ts';
import { SseReader } from '../../../src/wire/sse.ts';
import { SAMPLE_KEY } from '../../harness/clients.ts';
import { chunks, generatedChunks, messageEvents } from '../../harness/upstream.ts';
import { refusedLater } from '../expect.ts';
import type { Random } from '../random.ts';
import type { Opened, Target } from '../target.ts';
import { pure } from '../target.ts';
import { addressed, emptyPrompt } from './bodies.ts';

const WATCH = watchOf([post(secrets.build('secrets', {}, openMeans()), { budget: 60_000 })]);

/** Which frames of each API carry a text in these pieces. */
const APIS: readonly (readonly [string, (pieces: readonly string[]) => string[]])[] = [
  ['openai.chat', chunks],
  ['anthropic.messages', messageEvents],
  ['gemini.stream', generatedChunks],
];

/**
 * A streamed answer with a key in its text, cut into events and bytes anywhere, among words from the input: what comes
 * out never has the key, whatever else it has; and all else is still there.
 */
const check: Opened['check'] = async (input, random) => {
  const words = input
    .toString()
    .replace(/[^\x20-\x7e\u00a1-\uffff]/g, ' ')
    .slice(0, 300);
  const at = random.below(words.length + 1);
  // The guard looks for a key that stands by itself.
  const text = `${words.slice(0, at)} ${SAMPLE_KEY} ${words.slice(at)}`;
  for (const [id, frames] of APIS) {
    const wire = frames(random.cuts(text).filter((piece) => piece !== '')).join('');
    const out = await through(Buffer.from(`${id}\n${wire}`), random);
    if (out === undefined) continue;
    const said = textOf(out);
    assert.ok(!said.includes(SAMPLE_KEY), `${id}: the key came through`);
    assert.ok(!said.includes(SAMPLE_KEY.slice(0, 30)), `${id}: most of the key came through`);
    assert.ok(said.includes('[secrets.'), `${id}: it was not masked`);
  }
};

/** What leaves the gateway; undefined where it refuses the stream. */
async function through(input: Buffer, random: Random): Promise<string | undefined> {
  const found = addressed(input);
  const reader = found?.operation.readStream?.(emptyPrompt(found.operation, true));
  assert.ok(found && reader);
  const stream = new StreamInspection(openInspection(WATCH, 'reply'), 1 << 20);
  const sse = new SseReader({ maxEvent: 1 << 16 });
  let out = '';
  const refused = await refusedLater(async () => {
    for (const piece of random.cuts(found.bytes)) {
      for (const wire of sse.push(piece)) {
        await stream.push(reader.read(wire));
        out += stream.take().value;
      }
    }
    const last = reader.end?.();
    if (last !== undefined) await stream.push(last);
    out += stream.take().value;
  }, Refusal);
  return refused instanceof Refusal ? undefined : out;
}

/** The texts of an answer, joined as a client joins them. */
function textOf(wire: string): string {
  let text = '';
  const collect = (value: unknown, name: string): void => {
    if (typeof value === 'string' && ['content', 'text'].includes(name)) text += value;
    else if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) collect(child, key);
  };
  for (const { data } of new SseReader({ maxEvent: 1 << 20 }).push(Buffer.from(wire)))
    if (data !== '[DONE]') collect(JSON.parse(data), '');
  return text;
}

export const guardedTargets: readonly Target[] = [
  pure({
    name: 'guarded.stream',
    words: [
      'sk-',
      'sk-proj-',
      'key: ',
      'Bearer ',
      '[secrets.',
      '"',
      '\\',
      '\\n',
      SAMPLE_KEY.slice(0, 20),
      ' ',
    ],
    seeds: () => ['Here it is: and so on.', 'sk-proj-abc {"a":"b"} \\u0041 😀', 'x'.repeat(200)],
    quick: 120,
    longest: 600,
    check,
  }),
];
