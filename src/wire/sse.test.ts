import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { SseReader, type WireEvent, writeEvent } from './sse.ts';

const LIMITS = { maxEvent: 1 << 16 };

function readAll(bytes: Uint8Array, cuts: readonly number[] = []): WireEvent[] {
  const reader = new SseReader(LIMITS);
  const events: WireEvent[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    events.push(...reader.push(bytes.subarray(start, cut)));
    start = cut;
  }
  reader.end();
  return events;
}
const read = (text: string) => readAll(Buffer.from(text));
const message = (data: string): WireEvent => ({ event: 'message', data });

test('fields as the standard has them', () => {
  assert.deepEqual(read('data: a\n\n'), [message('a')]);
  assert.deepEqual(read('data:a\ndata:  b\ndata\n\n'), [message('a\n b\n')]);
  assert.deepEqual(read('event: x\nid: 7\nretry: 10\ndata: a\nother: b\n\n'), [{ event: 'x', data: 'a' }]);
  assert.deepEqual(read(': ping\n\ndata: a\n: c\n\n'), [message('a')]);
  assert.deepEqual(read('event: x\n\ndata: a\n\n'), [message('a')]);
  assert.deepEqual(read('\n\n\ndata: a\n\n\n\n'), [message('a')]);
  assert.deepEqual(read('\ufeffdata: a\n\ndata: \ufeffb\n\n'), [message('a'), message('\ufeffb')]);
});

test('all three line breaks, mixed', () => {
  for (const [a, b] of [
    ['\n', '\n'],
    ['\r\n', '\r\n'],
    ['\r', '\r'],
    ['\n', '\r\n'],
    ['\r\n', '\r'],
  ] as const) {
    assert.deepEqual(read(`data: 1${a}data: 2${a}${b}data: 3${b}${a}`), [message('1\n2'), message('3')]);
  }
});

test('the same events however the bytes are split', () => {
  const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('é😀'), fc.constant('')).map((text) => {
    return text.replace(/[\r\n]/g, '').replace(/[\ud800-\udfff]/g, '');
  });
  const newline = fc.constantFrom('\n', '\r\n', '\r');
  const field = fc.tuple(fc.constantFrom('data: ', 'data:', 'event: ', ': ', 'id: ', ''), line, newline);
  const stream = fc.array(
    fc.oneof(
      field.map((parts) => parts.join('')),
      newline,
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400)), (lines, cuts) => {
      const bytes = Buffer.from(`\ufeff${lines.join('')}\n\n\n`);
      const inside = cuts.filter((cut) => cut < bytes.length);
      assert.deepEqual(readAll(bytes, inside), readAll(bytes));
      assert.deepEqual(readAll(bytes, Array.from(bytes.keys())), readAll(bytes));
    }),
  );
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('message', 'ping', 'content_block_delta'),
      (data, event) => {
        const expected = { event, data: data.replace(/\r\n|\r/g, '\n') };
        assert.deepEqual(read(writeEvent({ event, data })), [expected]);
      },
    ),
  );
  assert.equal(writeEvent({ data: '[DONE]' }), 'data: [DONE]\n\n');
  assert.equal(writeEvent({ event: 'ping', data: '{}' }), 'event: ping\ndata: {}\n\n');
});

test('bytes that are not UTF-8 are refused', () => {
  const reader = new SseReader(LIMITS);
  const bytes = Buffer.concat([Buffer.from('data: '), Buffer.from([0xc3, 0x28]), Buffer.from('\n\n')]);
  assert.throws(
    () => reader.push(bytes),
    (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid',
  );
});

test('an event is bounded, in one piece or in many', () => {
  const invalid = (error: unknown) => error instanceof Refusal && error.code === 'upstream_invalid';
  assert.throws(() => new SseReader({ maxEvent: 8 }).push(Buffer.from('data: 12345')), invalid);
  const slow = new SseReader({ maxEvent: 8 });
  assert.throws(() => {
    for (const letter of 'data: 12345') slow.push(Buffer.from(letter));
  }, invalid);
  // The bound is on one event, not on the stream.
  assert.equal(new SseReader({ maxEvent: 10 }).push(Buffer.from('data: 1\n\n'.repeat(100))).length, 100);
});

test('a stream that breaks off inside an event is reported, and the event is not given out', () => {
  const reader = new SseReader(LIMITS);
  assert.deepEqual(reader.push(Buffer.from('data: a\n\ndata: b\n')), [message('a')]);
  assert.throws(
    () => reader.end(),
    (error: unknown) => error instanceof Refusal && error.code === 'upstream_cut',
  );
});
