import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../../src/base/refusal.ts';
import { hasDuplicateKeys } from '../../../src/wire/duplicate-keys.ts';
import { parseJson, parseLossless } from '../../../src/wire/json.ts';
import { JsonText, type Run } from '../../../src/wire/json-text.ts';
import { SseReader, type WireEvent, writeEvent } from '../../../src/wire/sse.ts';
import { refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

const DEPTH = 32;

const JSON_SEEDS = [
  '{"model":"m","messages":[{"role":"user","content":"Hi \\u00e4 \\ud83d\\ude00"}],"n":1,"seed":12345678901234567890}',
  '{"a":{"a":1,"b":[true,false,null,"",-0.5e+3]},"b":"}","\\u0061":2}',
  '{"__proto__":{"x":1},"constructor":[],"":{"":{}}}',
];

const json = pure({
  name: 'wire.json',
  words: ['"a":1,', '\\u0061', '\\ud800', '1e400', 'null', '"__proto__":', ',', ':', '[', '{'],
  seeds: () => JSON_SEEDS,
  quick: 1500,
  check(input) {
    const ours = refusedBy(() => parseJson(input, { maxDepth: DEPTH }), Refusal);
    if (ours instanceof Refusal) {
      assert.ok(['body_unreadable', 'body_not_json', 'body_too_deep'].includes(ours.code), ours.code);
      if (ours.code === 'body_too_deep' || outOfRange(input)) return;
    }
    const theirs = strictly(input);
    assert.equal(ours instanceof Refusal, theirs === undefined, 'what JSON.parse takes, and nothing else');
    if (theirs === undefined || ours instanceof Refusal) return;
    const text = JSON.stringify(ours);
    assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(theirs), 'the same value');
    // Every number as it was written, whatever a double makes of it.
    assert.equal(JSON.stringify(parseLossless(text)), text, 'written, read and written again');
  },
});

/** JSON.parse on what is valid UTF-8 without a mark, with an object at the top; undefined for all else. */
function strictly(input: Buffer): unknown {
  if (!isUtf8(input) || input.toString().startsWith('\ufeff')) return undefined;
  try {
    const value: unknown = JSON.parse(input.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers that no double holds even nearly are refused, which JSON.parse makes infinite. */
function outOfRange(input: Buffer): boolean {
  const seen: unknown[] = [];
  try {
    JSON.parse(input.toString(), (_, value) => void seen.push(value));
  } catch {
    return false;
  }
  return seen.some((value) => value === Infinity || value === -Infinity);
}

const duplicates = pure({
  name: 'wire.duplicate-keys',
  words: ['"a":1,', '"\\u0061":2,', '"\\\\":', '"', '{', '}', '[', ']', ','],
  seeds: () => [...JSON_SEEDS, '{"a":1,"a":2}', '[{"a":"{\\"a\\":1,\\"a\\":2}"},{"b":1,"c":{"b":2}}]'],
  quick: 1500,
  check(input) {
    const text = input.toString();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return;
    }
    assert.equal(hasDuplicateKeys(text), membersIn(text) !== membersOf(parsed));
  },
});

/** Colons outside of texts: as many members were written. */
const membersIn = (text: string): number => text.replace(/"(?:[^"\\]|\\.)*"/gs, '').split(':').length - 1;

/** Members that were left after the last of each name won. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  const inside = children.reduce<number>((sum, child) => sum + membersOf(child), 0);
  return inside + (Array.isArray(value) ? 0 : children.length);
}

const jsonText = pure({
  name: 'wire.json-text',
  words: ['\\u00', '\\ud83d', '\\ude00', '\\"', '"', '\\', '\\n'],
  seeds: () => JSON_SEEDS,
  quick: 1200,
  check(input, random) {
    const source = input.toString();
    const whole = runsOf([source]);
    assert.equal(joined(whole, 'raw'), source, 'nothing is lost');
    const pieces = runsOf(random.cuts(source));
    assert.equal(joined(pieces, 'raw'), source);
    assert.equal(joined(pieces, 'text'), joined(whole, 'text'), 'wherever it is cut');
    for (const { raw, text } of whole) assert.ok(raw.length <= source.length && text.length <= raw.length);
  },
});

function runsOf(pieces: readonly string[]): Run[] {
  const reader = new JsonText();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}
const joined = (runs: readonly Run[], what: 'raw' | 'text') => runs.map((run) => run[what]).join('');

const sse = pure({
  name: 'wire.sse',
  words: [
    'data:',
    'data: ',
    'event: ',
    'id: ',
    'retry: ',
    ': comment',
    '\n\n',
    '\r\n',
    '\r',
    '\ufeff',
    '[DONE]',
  ],
  seeds: () => [
    'data: {"a":1}\n\ndata: [DONE]\n\n',
    'event: ping\r\ndata: 1\r\ndata:2\r\n\r\n: comment\r\n\r\nevent: x\rdata\r\r',
    '\ufeffdata: \ud83d\ude00\n\nid: 7\nretry: 10\n\ndata:  two spaces\nevent\n\n',
  ],
  quick: 1500,
  check(input, random) {
    const whole = eventsOf([input]);
    assert.deepEqual(eventsOf(random.cuts(input)), whole, 'any cut gives the same');
    assert.deepEqual(eventsOf([...input].map((byte) => Buffer.of(byte))), whole, 'byte by byte');
    const { events } = whole;
    assert.ok(events.reduce((sum, { data }) => sum + data.length, 0) <= input.length, 'nothing is made up');
    const again = events.map((event) => writeEvent(event)).join('');
    assert.deepEqual(eventsOf([Buffer.from(again)]), { events, end: 'whole' }, 'written and read');
  },
});

function eventsOf(pieces: readonly Buffer[]): { readonly events: WireEvent[]; readonly end: string } {
  const reader = new SseReader({ maxEvent: 2000 });
  const events: WireEvent[] = [];
  const refused = refusedBy(() => {
    for (const piece of pieces) events.push(...reader.push(piece));
    reader.end();
  }, Refusal);
  if (!(refused instanceof Refusal)) return { events, end: 'whole' };
  assert.ok(['upstream_invalid', 'upstream_cut'].includes(refused.code), refused.code);
  // How much of a stream was handed on before it was refused may depend on how it came.
  return refused.code === 'upstream_cut' ? { events, end: 'cut' } : { events: [], end: 'refused' };
}

export const wireTargets: readonly Target[] = [json, duplicates, jsonText, sse];
