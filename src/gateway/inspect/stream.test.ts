import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Refusal } from '../../base/refusal.ts';
import type { StreamEvent } from '../../exchange/exchange.ts';
import type { Guard } from '../../guards/guard.ts';
import { openInspection } from './inspect.ts';
import type { GuardPost } from './posts.ts';
import { StreamInspection } from './stream.ts';
import { eventOf, post, slotOf, watchOf, wordGuard } from './testing.ts';

const last = (fields: Partial<StreamEvent> = {}): StreamEvent => eventOf('', '', { last: true, ...fields });

function open(posts: readonly GuardPost[], maxHeld = 10_000) {
  const inspection = openInspection(watchOf(posts), 'reply');
  const stream = new StreamInspection(inspection, maxHeld);
  return {
    book: inspection.book,
    stream,
    async push(event: StreamEvent): Promise<string> {
      await stream.push(event);
      return stream.take().value;
    },
  };
}

/** Text per lane of what left. */
function texts(wire: string): Record<string, string> {
  const byLane: Record<string, string> = {};
  for (const [, lane, text] of wire.matchAll(/([^=;]*)=([^;]*);/g)) {
    byLane[lane as string] = (byLane[lane as string] ?? '') + text;
  }
  return byLane;
}

test('harmless text leaves at once, the start of a match waits', async () => {
  const { push } = open([post(wordGuard('secret'))]);
  assert.equal(await push(eventOf('0/content', 'hello ')), '0/content=hello ;');
  assert.equal(await push(eventOf('0/content', 'my sec')), '0/content=my ;');
  assert.equal(await push(eventOf('0/content', 'ond try')), '0/content=sec;0/content=ond try;');
});

test('a mask over several events stands in the first of them', async () => {
  const { push, book } = open([post(wordGuard('secret', '***'))]);
  let wire = '';
  for (const text of ['a se', 'cr', 'et b']) wire += await push(eventOf('0/content', text));
  assert.equal(wire, '0/content=a ;0/content=***;0/content=;0/content= b;');
  assert.deepEqual(book.verdicts.guards[0]?.findings, [
    { reason: 'word.found', path: '0/content', start: 2, end: 8, action: 'mask' },
  ]);
  assert.equal(book.verdicts.outcome, 'masked');
});

test('a lane on hold does not hold up another, and a barrier waits for all', async () => {
  const { push } = open([post(wordGuard('secret'))]);
  assert.equal(await push(eventOf('0/content', 'sec')), '');
  assert.equal(await push(eventOf('1/content', 'free')), '1/content=free;');
  assert.equal(await push(eventOf('0/tool', 'argv')), '0/tool=argv;');
  assert.equal(await push(eventOf('0', '', { ends: ['0/*'] })), '0/content=sec;0=;');
  assert.equal(await push(eventOf('1/content', 'sec')), '');
  assert.equal(await push(eventOf('', '')), '', 'the barrier waits');
  assert.equal(await push(eventOf('2/content', 'x')), '', 'and what is behind it too');
  assert.equal(await push(last()), '1/content=sec;=;2/content=x;=;');
});

test('an event that cannot be divided waits whole', async () => {
  const { push } = open([post(wordGuard('secret'))]);
  assert.equal(await push(eventOf('0/content', 'my sec', { divisible: false })), '');
  assert.equal(await push(eventOf('0/content', 'tor')), '0/content=my sec;0/content=tor;');
});

test('any split, any interleaving: each lane reads as if it had come whole', async () => {
  const word = 'aab';
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
  const events = fc.array(fc.tuple(fc.constantFrom('0/content', '0/tool', '1/content'), letters), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(events, fc.boolean(), async (list, divisible) => {
      const { push } = open([post(wordGuard(word, '*')), post(wordGuard('*c', '#'))]);
      let wire = '';
      const whole: Record<string, string> = {};
      for (const [lane, text] of list) {
        if (text === '') continue;
        whole[lane] = (whole[lane] ?? '') + text;
        wire += await push(eventOf(lane, text, { divisible }));
      }
      wire += await push(last());
      const expected = Object.fromEntries(
        Object.entries(whole).map(([lane, text]) => [lane, text.replaceAll(word, '*').replaceAll('*c', '#')]),
      );
      const { '': _, ...got } = texts(wire);
      assert.deepEqual(got, expected);
    }),
    { numRuns: 300 },
  );
});

test('guards read JSON text decoded, and masks are written escaped', async () => {
  const { push } = open([post(wordGuard('key"1', '"'))]);
  let wire = '';
  for (const text of ['{"a":"x k\\u0065', 'y\\"', '1 y"}']) {
    wire += await push(eventOf('0/tool', text, { format: 'json' }));
  }
  wire += await push(last());
  assert.deepEqual(texts(wire)['0/tool'], '{"a":"x \\" y"}');
});

test('a mask that would break JSON or a signed text blocks instead', async () => {
  const json = open([post(wordGuard('a":"b'))]);
  await assert.rejects(json.push(eventOf('0/tool', '{"a":"b"}', { format: 'json' })), {
    code: 'reply_blocked',
  });
  const signed = open([post(wordGuard('secret'))]);
  await assert.rejects(signed.push(eventOf('0/thinking', 'a secret', { fixed: true })), {
    code: 'reply_blocked',
  });
  assert.equal(signed.book.verdicts.outcome, 'blocked');
});

test('what was clear before a block may leave, the rest never does', async () => {
  const { stream, push, book } = open([
    post(wordGuard('secret'), { action: { prompt: 'block', reply: 'block' } }),
  ]);
  assert.equal(await push(eventOf('0/content', 'fine, s')), '0/content=fine, ;');
  assert.throws(
    () => stream.push(eventOf('0/content', 'ecret')),
    (error: Refusal) => error.code === 'reply_blocked',
  );
  assert.equal(stream.take().value, '');
  assert.equal(book.verdicts.outcome, 'blocked');
});

test('more text on hold than the bound ends the stream', async () => {
  const hoarder: Guard = {
    name: 'hoarder',
    open: () => ({ push: () => ({ clear: 0, found: [] }), end: () => ({ clear: 0, found: [] }) }),
  };
  const { push } = open([post(hoarder)], 100);
  await assert.rejects(
    (async () => {
      for (let i = 0; i < 20; i++) await push(eventOf('0/content', '0123456789'));
    })(),
    { code: 'upstream_invalid' },
  );
});

test('an asynchronous guard keeps the order and its own budget', async () => {
  const inner = wordGuard('secret', '***');
  const slow: Guard = {
    name: 'slow',
    open: (about) => {
      const reader = inner.open(about);
      return {
        push: (text) => new Promise<void>((resolve) => setImmediate(resolve)).then(() => reader.push(text)),
        end: async () => reader.end(),
      };
    },
  };
  const { push } = open([post(slow)]);
  let wire = '';
  for (const text of ['a se', 'cret', ' b']) wire += await push(eventOf('0/content', text));
  wire += await push(last());
  assert.deepEqual(texts(wire)['0/content'], 'a *** b');

  const never: Guard = {
    name: 'never',
    open: () => ({ push: () => new Promise(() => {}), end: () => new Promise(() => {}) }),
  };
  const hung = open([post(never, { budget: 5 })]);
  await assert.rejects(hung.push(eventOf('0/content', 'x')), { code: 'guard_failed' });
  assert.deepEqual(hung.book.verdicts.guards[0]?.failed, ['0/content']);
  const lenient = open([post(never, { budget: 5, onError: 'allow' }), post(inner)]);
  assert.equal(
    await lenient.push(eventOf('0/content', 'a secret ')),
    '0/content=a *** ;',
    'the other guard still reads',
  );
  assert.equal(lenient.book.verdicts.outcome, 'masked');
});

test('a text that was clear as it stands is read again where it is JSON', async () => {
  const { push } = open([post(wordGuard('secret'))]);
  const holder = { text: '"s\\u0065cret"' };
  const whole = (format: 'text' | 'json'): StreamEvent =>
    eventOf('0', '', {
      slots: [slotOf(holder, { provenance: 'assistant', format })],
      write: () => holder.text,
    });
  assert.equal(await push(whole('text')), holder.text);
  assert.equal(await push(whole('json')), '"[word.found]"');
});
