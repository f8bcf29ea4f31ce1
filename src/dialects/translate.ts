import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  Reasoning,
  StopReason,
  TextPart,
  Turn,
} from '../exchange/conversation.ts';
import { parseJsonText } from '../wire/json.ts';

/** What translators of all dialects have in common. */

/** A field that changes what the model sees or does, and that the inner form or the other dialect cannot say. */
export function untranslatable(
  field: string,
  hint = 'A model of another dialect has nothing like it.',
): never {
  throw new Refusal('unsupported', { field, hint });
}

interface Known {
  /** Fields that the translator reads. */
  readonly carried: readonly string[];
  /** Hints to a server, which change nothing that the model sees or does. */
  readonly hints?: readonly string[];
  /** Fields that cannot be translated, with the value that is as good as none. */
  readonly refused?: JsonObject;
}

/** Refuses every field of an object that is neither carried nor a hint; null is absent. */
export function knowing({
  carried,
  hints = [],
  refused = {},
}: Known): (object: JsonObject, path: string) => void {
  const fine = new Set([...carried, ...hints]);
  return (object, path) => {
    for (const [name, value] of Object.entries(object)) {
      if (value === null || fine.has(name)) continue;
      // The names of fields that nobody here knows are text of the caller's.
      if (!Object.hasOwn(refused, name)) untranslatable(`${path}/(unknown)`);
      if (!isDeepStrictEqual(value, refused[name])) untranslatable(`${path}/${name}`);
    }
  };
}

/** Turns in which no role follows itself, and without empty ones: the form that all readers give. */
export class TurnList {
  readonly turns: Turn[] = [];
  /** Those of the last turn, which grows in place: there may be thousands of one role. */
  #parts: Turn['parts'][number][] = [];

  add(turn: Turn): void {
    if (turn.parts.length === 0) return;
    if (this.turns.at(-1)?.role !== turn.role) {
      this.#parts = [];
      this.turns.push({ role: turn.role, parts: this.#parts } as Turn);
    }
    for (const part of turn.parts) this.#parts.push(part);
  }
}

/** For an API with one place for system text: what stands later in the conversation goes there too, in order. */
export function systemInFront({ system, turns }: Conversation): Pick<Conversation, 'system' | 'turns'> {
  const list = new TurnList();
  const texts = [...system];
  for (const turn of turns) {
    if (turn.role !== 'system') list.add(turn);
    else for (const { text } of turn.parts) texts.push(text);
  }
  return { system: texts, turns: list.turns };
}

/** An answer that the caller has begun for the model goes on in some APIs and is a turn like any other in the rest. */
export function refusePrefill(turns: readonly Turn[], field: string): void {
  if (turns.at(-1)?.role === 'assistant') {
    untranslatable(
      field,
      'The last message is the assistant’s, and not every API has its model go on from there.',
    );
  }
}

export const textPart = (text: string): TextPart => ({ kind: 'text', text });

/** A text as parts: none where it is empty. */
export const textParts = (text: Json | undefined): TextPart[] =>
  typeof text === 'string' && text !== '' ? [textPart(text)] : [];

/** Texts that follow each other become one. */
export function joinTexts(parts: readonly AnswerPart[]): AnswerPart[] {
  const joined: AnswerPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = textPart(last.text + part.text);
    else joined.push(part);
  }
  return joined;
}

/** All text of one kind of part. */
export const textOf = (parts: readonly AnswerPart[], kind: 'text' | 'refusal' | 'reasoning'): string =>
  parts.map((part) => (part.kind === kind ? part.text : '')).join('');

/** Models say `stop` where they were made to call a tool, or where they declined. */
export function stopOf(
  stop: StopReason,
  said: { readonly calls: boolean; readonly refusal: boolean },
): StopReason {
  if (stop !== 'stop') return stop;
  if (said.calls) return 'tool-calls';
  return said.refusal ? 'refusal' : stop;
}

/** Deepest nesting of a call's arguments: as deep as an event of a stream may be. */
const MAX_DEPTH = 64;

/** Arguments as the model wrote them, as an object; undefined where they are none. No text at all is no arguments. */
export function readArguments(json: string): JsonObject | undefined {
  if (json.trim() === '') return {};
  try {
    return parseJsonText(json, { maxDepth: MAX_DEPTH });
  } catch {
    return undefined;
  }
}

const DATA_URL = /^data:([^;,]+);base64,/i;

/** A picture's address, or the bytes in a `data:` one (RFC 2397). */
export function mediaAt(url: string, media: string): Pick<MediaPart, 'media' | 'source'> {
  const head = DATA_URL.exec(url);
  return head === null
    ? { media, source: { url } }
    : { media: (head[1] as string).toLowerCase(), source: { base64: url.slice(head[0].length) } };
}

export const urlOf = ({ media, source }: MediaPart): string =>
  'url' in source ? source.url : `data:${media};base64,${source.base64}`;

type Effort = Extract<Reasoning, { effort: unknown }>['effort'];

/** Tokens for each word, and the word for up to so many tokens. */
const BUDGETS: readonly (readonly [Effort, number])[] = [
  ['none', 0],
  ['minimal', 1024],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 65_536],
];

export const budgetOf = (reasoning: Reasoning): number =>
  'budget' in reasoning
    ? reasoning.budget
    : (BUDGETS.find(([effort]) => effort === reasoning.effort)?.[1] as number);

export const effortOf = (reasoning: Reasoning): Effort =>
  'effort' in reasoning
    ? reasoning.effort
    : (BUDGETS.find(([, budget]) => reasoning.budget <= budget)?.[0] ?? 'max');

/**
 * An id of ours, made of the server's. It stands between hyphens, which end a word: guards look for keys where a word
 * begins, and an id may be one.
 */
export const ownId = (kind: string, id: string, ...places: readonly number[]): string =>
  [kind, id, ...places].join('-');

/**
 * Reasoning goes back only to the API that made it, so a signature says whose it is on its way through an API that
 * merely keeps it. Letters of base64url only, as signatures are; and one that ends a word, since guards look for keys
 * where a word begins.
 */
export const signedBy = (dialect: string, signature: string): string => `${dialect}-${signature}`;

/** What {@link signedBy} was given; undefined for the signature of another. */
export const signatureOf = (dialect: string, signature: string | undefined): string | undefined =>
  signature?.startsWith(`${dialect}-`) ? signature.slice(dialect.length + 1) : undefined;

export const numberIn = (object: JsonObject, name: string): number | undefined => {
  const value = object[name];
  if ((value ?? undefined) === undefined) return undefined;
  // One too large for a double.
  return typeof value === 'number' ? value : untranslatable(`/${name}`);
};

/** Fields that say something. */
export function present<T extends Readonly<Record<string, unknown>>>(fields: T): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}

export const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
