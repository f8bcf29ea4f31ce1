import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { About, Asked } from '../guard.ts';
import { ABOUT, MEANS, read } from '../testing.ts';
import { promptLeak } from './index.ts';

const guard = (settings: { words?: number; tools?: boolean } = {}) =>
  promptLeak.build('prompt-leak', settings, MEANS);
const about = (...texts: Asked['texts']): About => ({ ...ABOUT, asked: { texts, seed: new Uint8Array(32) } });
const found = async (text: string, where: About, settings = {}) =>
  (await read(guard(settings).open(where), text.split(/(?<=\W)/))).length > 0;

const SYSTEM =
  'You work for the harbour office. Berths nine to twelve are kept for the navy and must not be offered to anybody. If a captain insists, ring the duty officer on the inner line and wait.';

test('what the user said before is no leak, and a common phrase is none', async () => {
  const system = {
    provenance: 'system',
    text: `You are a helpful assistant. Think step by step. ${SYSTEM}`,
  } as const;
  const quote =
    'Berths nine to twelve are kept for the navy and must not be offered to anybody. If a captain insists, ring the duty officer';
  assert.equal(await found(quote, about(system)), true);
  assert.equal(await found(quote, about(system, { provenance: 'user', text: `I know: ${quote}` })), false);
  assert.equal(await found(quote, about({ provenance: 'user', text: quote })), false);
  assert.equal(await found('You are a helpful assistant. Think step by step.', about(system)), false);
});

test('a short text is given away by most of it; tools count where the policy says so', async () => {
  const short = { provenance: 'system', text: 'The password of the harbour is kingfisher.' } as const;
  assert.equal(await found('It says: the password of the harbour is kingfisher!', about(short)), true);
  const tool = { provenance: 'tool-definition', text: SYSTEM } as const;
  assert.equal(await found(SYSTEM, about(tool)), false);
  assert.equal(await found(SYSTEM, about(tool), { tools: true }), true);
});

test('in base64 wherever it begins in an address', async () => {
  const where = about({ provenance: 'system', text: SYSTEM });
  const encoded = Buffer.from(SYSTEM).toString('base64url');
  for (const before of ['', '?d=', '/', '/a/', 'https://x.test/a/b?abc='])
    assert.equal(await found(`${before}${encoded}`, where), true, before);
});

test('scripts without spaces', async () => {
  const system = {
    provenance: 'system',
    text: '你是港务局的助理。九号到十二号泊位留给海军,任何人都不得使用。如果船长坚持,请打内线电话给值班军官并等待。',
  } as const;
  assert.equal(
    await found('九号到十二号泊位留给海军、任何人都不得使用。如果船长坚持、请打内线电话', about(system)),
    true,
  );
  assert.equal(await found('今天天气很好,港口里停着很多船,海军在九号泊位。', about(system)), false);
});

test('harmless text leaves at once; a beginning waits until it is over', async () => {
  const reader = guard().open(about({ provenance: 'system', text: SYSTEM }));
  const clear = async (piece: string) => (await reader.push(piece)).clear;
  assert.equal(await clear('The harbour office is open and berths are'), 41);
  assert.equal(
    await clear('. You work for the harbour office. '),
    71,
    'the words that began it, with the next ones, wait',
  );
  assert.equal(
    await clear('That is all I can say of it, and there is nothing more, as you will find if you ask.'),
    160,
  );
});

test('linear however long both are', async () => {
  const words = Array.from(
    { length: 40_000 },
    (_, i) => `w${String.fromCharCode(97 + (i % 26), 97 + ((i * 7) % 26))}`,
  ).join(' ');
  const reader = guard().open(
    about({ provenance: 'system', text: words }, { provenance: 'user', text: words }),
  );
  for (let i = 0; i < 10; i++) await reader.push(words.slice(i * 10_000, (i + 1) * 10_000));
  await reader.end();
});
