import assert from 'node:assert/strict';
import { type Case, FORBIDDEN } from './case.ts';
import { leaked, passed, type Sent, send } from './judge.ts';
import type { Lab, Send } from './lab.ts';
import { answerOf, CHAT_DOOR, DOORS, type Door } from './surfaces.ts';

/** A request, or bytes as they go over the wire. */
export type Try = (Partial<Send> & { readonly raw?: never }) | { readonly raw: string | Buffer };

export interface Refused {
  readonly id: string;
  readonly origin: string;
  /** What is not said is as in a plain request to the door. */
  attack(lab: Lab): Try;
  /** It may be answered, as long as FORBIDDEN reaches nobody. */
  readonly drops?: boolean;
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

/** The same, streamed, where it is a request of an API that can. */
export function streamedToo(one: Refused): Refused[] {
  const stream = (what: Try): Try => {
    if (what.raw !== undefined || typeof what.body !== 'object') return what;
    if (what.path === GEMINI) return { ...what, path: GEMINI_STREAM };
    return STREAMED.includes(what.path ?? CHAT) ? { ...what, body: { ...what.body, stream: true } } : what;
  };
  const { attack, benign } = one;
  return [
    one,
    {
      ...one,
      id: `${one.id}, stream`,
      attack: (lab) => stream(attack(lab)),
      ...(benign !== undefined && { benign: (lab) => stream(benign(lab)) }),
    },
  ];
}
const STREAMED = [CHAT, MESSAGES, '/v1/responses'];

/** Requests that must be refused before a model server hears of them, whatever they hold. */
export const refused = (theme: string, list: readonly Refused[]): Case[] =>
  list.map((one) => ({ ...caseOf(theme, one, CHAT_DOOR), id: `${theme} / ${one.id}` }));

/** The same at every door: each surface of each dialect, plain and streamed. */
export const everywhere = (theme: string, listAt: (door: Door) => readonly Refused[]): Case[] =>
  DOORS.flatMap((door) => refusedAt(theme, door, listAt(door)));

/** The same at one door. */
export const refusedAt = (theme: string, door: Door, list: readonly Refused[]): Case[] =>
  list.map((one) => ({
    ...caseOf(theme, one, door),
    id: `${theme} / ${door.name} / ${one.id}`,
    door: door.name,
  }));

function caseOf(
  theme: string,
  { origin, attack, drops = false, benign = plain }: Refused,
  door: Door,
): Omit<Case, 'id'> {
  return {
    theme,
    origin,
    async attack(lab) {
      lab.upstream.script = answerOf(door.surface, lab);
      const sent = await attempt(lab, door, attack(lab));
      return drops ? leaked(sent, FORBIDDEN) : passed(sent);
    },
    benign: twinOf(benign, door),
  };
}

const plain = (): Try => ({});

/** One function for each twin and door, so that what is the same for many cases is run once. */
const twins = new Map<NonNullable<Refused['benign']>, Map<Door, Case['benign']>>();
function twinOf(benign: NonNullable<Refused['benign']>, door: Door): Case['benign'] {
  const known = twins.get(benign) ?? new Map<Door, Case['benign']>();
  twins.set(benign, known);
  const twin = known.get(door) ?? ((lab: Lab) => mustPass(lab, door, benign(lab)));
  known.set(door, twin);
  return twin;
}

async function mustPass(lab: Lab, door: Door, what: Try): Promise<void> {
  lab.upstream.script = answerOf(door.surface, lab);
  const { got } = await attempt(lab, door, what);
  assert.equal(got.status, 200, got.text);
}

async function attempt(lab: Lab, { path, body }: Door, what: Try): Promise<Sent> {
  if (what.raw === undefined) return send(lab, { path, body, ...what });
  const before = lab.upstream.seen.length;
  const text = await lab.raw(what.raw);
  // Nothing at all, and a connection that is closed, are refusals too; of several answers the mildest counts. That
  // somebody may go on (100) says nothing yet.
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)]
    .map(([, status]) => Number(status))
    .filter((status) => status !== 100);
  const status = statuses.length === 0 ? 400 : Math.min(...statuses);
  return { got: { status, headers: {}, text }, seen: lab.upstream.seen.slice(before) };
}
