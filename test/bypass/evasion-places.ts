import type { JsonObject } from '../../src/base/json.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import type { Prompt } from '../../src/exchange/exchange.ts';
import type { Provenance } from '../../src/exchange/part.ts';
import type { PromptPlace } from './matrix.ts';
import { messagePrompts } from './prompts-anthropic.ts';
import { geminiPrompts } from './prompts-gemini.ts';
import { chatPrompts } from './prompts-openai.ts';
import { responsesPrompts } from './prompts-responses.ts';
import { chatSurface, geminiSurface, messagesSurface, responsesSurface, type Surface } from './surfaces.ts';
import { halves } from './text.ts';

interface Api {
  readonly operation: string;
  readonly surface: Surface;
  readonly prompts: readonly PromptPlace[];
}

/** Reads a request that says a text, as the gateway does. */
export type Place = (text: string) => Prompt;

const OPERATIONS = new Map(DIALECTS.flatMap(({ operations }) => operations).map((one) => [one.id, one]));
const CHAT: Api = { operation: 'openai.chat', surface: chatSurface, prompts: chatPrompts };
const RESPONSES: Api = {
  operation: 'openai.responses',
  surface: responsesSurface,
  prompts: responsesPrompts,
};
const MESSAGES: Api = { operation: 'anthropic.messages', surface: messagesSurface, prompts: messagePrompts };
const GEMINI: Api = { operation: 'gemini.generate', surface: geminiSurface, prompts: geminiPrompts };

function placeOf({ operation: id, surface }: Api, put: (text: string) => object): Place {
  const operation = OPERATIONS.get(id);
  if (operation === undefined) throw new Error(`there is no operation ${id}`);
  return (text) => operation.readPrompt({ ...surface.body, ...put(text) } as JsonObject, 'm');
}

/** A place of the matrix, by its name there. */
function at(api: Api, name: string): Place {
  const put = api.prompts.find(({ id }) => id === name)?.put;
  if (put === undefined) throw new Error(`${api.operation} has no place “${name}”`);
  return placeOf(api, put);
}

/** Where a text can stand, and there the same in every dialect that has it. */
export interface Spot {
  readonly name: string;
  readonly provenance: Provenance;
  readonly places: readonly Place[];
}

export const SPOTS: readonly Spot[] = [
  {
    name: 'user',
    provenance: 'user',
    places: [at(CHAT, 'user'), at(RESPONSES, 'input'), at(MESSAGES, 'user'), at(GEMINI, 'user')],
  },
  {
    name: 'system text',
    provenance: 'system',
    places: [at(CHAT, 'system'), at(RESPONSES, 'instructions'), at(MESSAGES, 'system'), at(GEMINI, 'system')],
  },
  {
    name: 'tool description',
    provenance: 'tool-definition',
    places: [CHAT, RESPONSES, MESSAGES, GEMINI].map((api) => at(api, 'tool description')),
  },
  {
    name: 'tool arguments',
    provenance: 'tool-arguments',
    places: [
      at(CHAT, 'call arguments'),
      at(RESPONSES, 'call arguments'),
      at(MESSAGES, 'tool input'),
      at(GEMINI, 'call arguments'),
    ],
  },
  {
    name: 'tool result',
    provenance: 'tool-result',
    places: [CHAT, RESPONSES, MESSAGES, GEMINI].map((api) => at(api, 'tool result')),
  },
  {
    name: 'document',
    provenance: 'document',
    places: ['document', 'document content', 'search result'].map((name) => at(MESSAGES, name)),
  },
];

const words = (text: string): readonly [string, string] => {
  const all = text.split(' ');
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle).join(' '), all.slice(middle).join(' ')];
};
const turns = (...texts: string[]) => ({ messages: texts.map((content) => ({ role: 'user', content })) });
const answered = (first: string, second: string) => ({
  messages: [
    { role: 'user', content: first },
    { role: 'assistant', content: 'Go on.' },
    { role: 'user', content: second },
  ],
});
const called = (args: object) => ({
  messages: [
    { role: 'user', content: 'hello' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: JSON.stringify(args) } }],
    },
  ],
});
const returned = (...texts: string[]) => ({
  messages: [
    { role: 'user', content: 'hello' },
    ...texts.map((content, i) => ({ role: 'tool', tool_call_id: `c${i}`, content })),
  ],
});
const fields = (first: string, second: string) => ({ title: first, body: second });

/** Ways of spreading a text over a request. `like`: where it is caught as one. */
export const SPREADS: Readonly<Record<string, { readonly like: string; readonly place: Place }>> = {
  'two parts': { like: 'user', place: at(CHAT, 'split over parts') },
  'two parts, messages': { like: 'user', place: at(MESSAGES, 'adjacent blocks') },
  'two parts, gemini': { like: 'user', place: at(GEMINI, 'adjacent parts') },
  'two parts, responses': { like: 'user', place: at(RESPONSES, 'split over parts') },
  'a part for each letter': { like: 'user', place: at(CHAT, 'letter by letter over parts') },
  'two messages': { like: 'user', place: placeOf(CHAT, (text) => turns(...words(text))) },
  'two messages, within a word': { like: 'user', place: placeOf(CHAT, (text) => turns(...halves(text))) },
  'a message for each word': { like: 'user', place: placeOf(CHAT, (text) => turns(...text.split(' '))) },
  'two turns': { like: 'user', place: placeOf(CHAT, (text) => answered(...words(text))) },
  'fields of tool arguments': {
    like: 'tool arguments',
    place: placeOf(CHAT, (text) => called(fields(...words(text)))),
  },
  'a list in tool arguments': {
    like: 'tool arguments',
    place: placeOf(CHAT, (text) => called({ words: text.split(' ') })),
  },
  'parts of a tool result': { like: 'tool result', place: at(CHAT, 'tool result split') },
  'fields of a tool result': {
    like: 'tool result',
    place: placeOf(CHAT, (text) => returned(JSON.stringify(fields(...words(text))))),
  },
  'a list in a tool result': {
    like: 'tool result',
    place: placeOf(CHAT, (text) => returned(JSON.stringify(text.split(' ')))),
  },
  'two tool results': { like: 'tool result', place: placeOf(CHAT, (text) => returned(...words(text))) },
  'parts of a document': { like: 'document', place: at(MESSAGES, 'document content split') },
};
