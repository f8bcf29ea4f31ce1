import assert from 'node:assert/strict';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import type { Lab, Send } from './lab.ts';

/** A request, or bytes as they go over the wire. */
export type Try = (Partial<Send> & { readonly raw?: never }) | { readonly raw: string | Buffer };

export interface Refused {
  readonly id: string;
  readonly origin: string;
  attack(lab: Lab): Try;
  /** The harmless twin: answered with 200. Without it, a plain request. */
  benign?(lab: Lab): Try;
}

export const CHAT = '/v1/chat/completions';
export const MESSAGES = '/v1/messages';
export const GEMINI_MODEL = '/v1beta/models/gemini';
export const GEMINI = `${GEMINI_MODEL}:generateContent`;
export const GEMINI_STREAM = `${GEMINI_MODEL}:streamGenerateContent?alt=sse`;
export const ask = (more: object = {}) => ({
  model: 'm',
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
});
export const askMessages = (more: object = {}) => ({ ...ask(), model: 'claude', max_tokens: 64, ...more });
export const askGemini = (more: object = {}) => ({ contents: [{ parts: [{ text: 'hello' }] }], ...more });

/** Requests that must be refused before a model server hears of them, whatever they hold. */
export const refused = (theme: string, list: readonly Refused[]): Case[] =>
  list.map(({ id, origin, attack, benign }) => ({
    id: `${theme} / ${id}`,
    theme,
    origin,
    async attack(lab) {
      lab.upstream.script = lab.hello;
      return passed(await attempt(lab, attack(lab)));
    },
    async benign(lab) {
      lab.upstream.script = lab.hello;
      const { got } = await attempt(lab, benign?.(lab) ?? {});
      assert.equal(got.status, 200, got.text);
    },
  }));

async function attempt(lab: Lab, what: Try) {
  if (what.raw === undefined) return send(lab, { path: CHAT, body: ask(), ...what });
  const before = lab.upstream.seen.length;
  const text = await lab.raw(what.raw);
  // Nothing at all, and a connection that is closed, are refusals too; of several answers the mildest counts.
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  const status = statuses.length === 0 ? 400 : Math.min(...statuses);
  return { got: { status, headers: {}, text }, seen: lab.upstream.seen.slice(before) };
}
