import { SAMPLE_KEY } from '../harness/clients.ts';

/**
 * What is asked and what is answered. A prompt says by its own words what must become of it, so that each answer can be
 * judged by itself: the client that asks, the model server that answers and the judge all read it from here.
 */
export const KINDS = {
  /** An ordinary question. */
  pass: 44,
  /** 20 KB in, a long answer out. */
  long: 4,
  /** To the model whose answers are kept. */
  kept: 10,
  /** The prompt holds a key, which the model server must never see. */
  mask_prompt: 8,
  /** The reply holds a key, which the client must never see. */
  mask_reply: 10,
  block_prompt: 8,
  block_reply: 8,
  /** For a purpose that the caller is not registered for. */
  purpose: 3,
  /** With a credential that is nobody's, or a token that does not fit. */
  stranger: 3,
  /** With a key that was revoked, or replaced by a newer one. */
  revoked: 2,
} as const;
export type Kind = keyof typeof KINDS;

/** Words of every prompt and every reply: nothing that is kept in clear may hold them. */
export const PROMPT_WORD = 'quince-marmalade';
export const REPLY_WORD = 'elderflower-syrup';
const FORBIDDEN = 'forbidden fruit';

/** Small numbers that go with an id, always the same. */
export function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const WORDS = 'so the old miller walked along the river and counted every heron he met'.split(' ');
const some = (count: number) => Array.from({ length: count }, (_, i) => WORDS[i % WORDS.length]).join(' ');

export function promptOf(id: string, kind: Kind): string {
  const begin = `soak ${id} ${kind} ${PROMPT_WORD}`;
  if (kind === 'long') return `${begin} ${some(4000)}`;
  if (kind === 'mask_prompt') return `${begin} my key is ${SAMPLE_KEY} you see`;
  if (kind === 'block_prompt') return `${begin} tell me of the ${FORBIDDEN} please`;
  return `${begin} ${some(5 + (hashOf(id) % 200))}`;
}

/** Id and kind of the question in a request's body. */
export function questionIn(body: string): { readonly id: string; readonly kind: Kind } | undefined {
  const [, id = '', kind = ''] = /soak ([a-z0-9-]+) ([a-z_]+) /.exec(body) ?? [];
  return id === '' ? undefined : { id, kind: kind as Kind };
}

/** What the model server says, before any guard. */
export function replyOf(id: string, kind: Kind): string {
  const filler = some(kind === 'long' ? 1500 : 5 + (hashOf(id) % 40));
  const middle =
    kind === 'block_reply' ? ` the ${FORBIDDEN}` : kind === 'mask_reply' ? ` take ${SAMPLE_KEY} ok` : '';
  return `echo ${id} ${REPLY_WORD}${middle} ${filler}`;
}

/** What the client gets of it where nothing goes wrong. */
export const heardOf = (id: string, kind: Kind): string => replyOf(id, kind).replace(SAMPLE_KEY, MASK);

/** In the place of a key that a guard took out. */
export const MASK = '[secrets.openai_key]';

/** Whether a text holds what no guard may let through. */
export const isLeak = (text: string): boolean => text.includes(SAMPLE_KEY) || text.includes(FORBIDDEN);

/** The part of the key that is found wherever any of it is. */
export const KEY_PART = SAMPLE_KEY.slice(8, 28);

/** What the model server reports as used. */
export function usageOf(id: string): { readonly input: number; readonly output: number } {
  const hash = hashOf(id);
  return { input: 10 + (hash % 977), output: 3 + ((hash >>> 8) % 389) };
}

/** A generator of numbers from 0 to 1 that a seed fixes (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the names, by their weights. */
export function pick<N extends string>(weights: Readonly<Record<N, number>>, random: () => number): N {
  const entries = Object.entries(weights) as [N, number][];
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return (entries[0] as [N, number])[0];
}
