import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consult } from './consult.ts';
import type { About, Found, Guard, Reader, Reading } from './guard.ts';
import type { Means } from './means.ts';

const MODELS = join(import.meta.dirname, '..', '..', 'models');

/** What guards use beside the text, with the real files. */
export const MEANS: Means = {
  asset: (name) => readFileSync(join(MODELS, name)),
  now: Date.now,
  classifier: (name) => ({
    name,
    labels: ['benign', 'attack'],
    threshold: 0.5,
    classify: async (text) => {
      const attack = text.includes('ignore the rules') ? 0.9 : 0.1;
      return [{ start: 0, end: text.length, scores: [1 - attack, attack] }];
    },
  }),
  consult: () => consultWith((asked) => asked.includes('ignore')),
};

/** A text of a streamed reply, for tests. */
export const ABOUT: About = {
  direction: 'reply',
  path: '/choices/0/delta/content',
  provenance: 'assistant',
  format: 'text',
  streamed: true,
};

/** Feeds the pieces to a reader and checks at every step what the contract asks; gives all findings. */
export async function read(reader: Reader, pieces: readonly string[]): Promise<Found[]> {
  const all: Found[] = [];
  let clear = 0;
  let given = 0;
  const take = (reading: Reading): void => {
    assert.ok(reading.clear >= clear, 'clear never goes back');
    assert.ok(reading.clear <= given, 'nothing is clear that was not given');
    let last = clear;
    for (const found of reading.found) {
      assert.ok(found.start >= last, 'findings are in order and not in what was clear');
      assert.ok(found.end > found.start && found.end <= reading.clear, 'a finding ends where all is clear');
      last = found.start;
    }
    for (const found of reading.found) all.push(found);
    clear = reading.clear;
  };
  for (const piece of pieces) {
    given += piece.length;
    take(await reader.push(piece));
  }
  take(await reader.end());
  assert.equal(clear, given, 'in the end all is clear');
  return all;
}

export const readWhole = (guard: Guard, text: string): Promise<Found[]> => read(guard.open(ABOUT), [text]);

/** The text as it stands once every finding but a flag is masked. */
export function masked(text: string, found: readonly Found[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, reason, replacement, action } of found) {
    if (end <= at || action === 'flag') continue;
    out += start < at ? '' : text.slice(at, start) + (replacement ?? `[${reason}]`);
    at = end;
  }
  return out + text.slice(at);
}

/** A judge that is as good as its word: it answers in the form that it is asked for. */
export function consultWith(isAttack: (asked: string) => boolean): Consult {
  let count = 0;
  return {
    name: 'double',
    maxChars: 100_000,
    cache: { entries: 100, ttl: 60_000 },
    digest: (text) => text,
    nonce: () => (++count).toString(16).padStart(32, '0'),
    now: () => 0,
    ask: async ({ user, schema }) => {
      const { properties } = schema as { properties: { nonce: { const: string } } };
      const attack = isAttack(user);
      return JSON.stringify({
        nonce: properties.nonce.const,
        category: attack ? 'injection' : 'none',
        confidence: 0.9,
      });
    },
  };
}
