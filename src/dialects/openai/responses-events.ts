import type { JsonObject } from '../../base/json.ts';
import {
  count,
  type Fields,
  ident,
  integer,
  jsonText,
  required,
  text,
  tree,
  usually,
  variant,
} from '../shape.ts';
import { asChannels } from '../unknown.ts';
import { choice, tokenList } from './logprobs.ts';
import { padding } from './padding.ts';
import { MAX_PLACES, outputItem, outputPart } from './responses-items.ts';
import { response } from './responses-reply.ts';

/** The events of a streamed answer of the Responses API. What only the upstream's own tools say is no variant here. */

const place = required(integer(0, MAX_PLACES - 1));
const piece = { delta: true };

const every: Fields = { sequence_number: count, obfuscation: padding };
const about: Fields = { ...every, response: required(response) };
const atItem: Fields = { ...every, item_id: ident, output_index: place };
const inContent: Fields = { ...atItem, content_index: place };
const inSummary: Fields = { ...atItem, summary_index: place };
const partOf = (at: Fields): Fields => ({
  ...at,
  part: required(outputPart),
  status: usually('incomplete'),
});

export const event = choice(
  variant(
    'type',
    {
      'response.created': about,
      'response.queued': about,
      'response.in_progress': about,
      'response.completed': about,
      'response.incomplete': about,

      'response.output_item.added': { ...every, output_index: place, item: required(outputItem) },
      'response.output_item.done': { ...every, output_index: place, item: required(outputItem) },
      'response.content_part.added': partOf(inContent),
      'response.content_part.done': partOf(inContent),

      'response.output_text.delta': {
        ...inContent,
        delta: required(text('assistant', piece)),
        logprobs: tokenList(true),
      },
      'response.output_text.done': {
        ...inContent,
        text: required(text('assistant')),
        logprobs: tokenList(false),
      },
      'response.output_text.annotation.added': {
        ...inContent,
        annotation_index: count,
        annotation: tree('document'),
      },
      'response.refusal.delta': { ...inContent, delta: required(text('assistant', piece)) },
      'response.refusal.done': { ...inContent, refusal: required(text('assistant')) },
      'response.reasoning_text.delta': { ...inContent, delta: required(text('reasoning', piece)) },
      'response.reasoning_text.done': { ...inContent, text: required(text('reasoning')) },

      'response.reasoning_summary_part.added': partOf(inSummary),
      'response.reasoning_summary_part.done': partOf(inSummary),
      'response.reasoning_summary_text.delta': { ...inSummary, delta: required(text('reasoning', piece)) },
      'response.reasoning_summary_text.done': { ...inSummary, text: required(text('reasoning')) },

      'response.function_call_arguments.delta': {
        ...atItem,
        delta: required(jsonText('tool-arguments', piece)),
      },
      'response.function_call_arguments.done': {
        ...atItem,
        name: ident,
        arguments: required(jsonText('tool-arguments')),
      },
      'response.custom_tool_call_input.delta': { ...atItem, delta: required(text('tool-arguments', piece)) },
      'response.custom_tool_call_input.done': { ...atItem, input: required(text('tool-arguments')) },

      'response.compaction.compacting': atItem,
      /** Says that the connection is alive, and nothing else. */
      keepalive: every,
    },
    { unknown: asChannels },
  ),
);

/** Which item an event may stand in, and which of its fields an event's text belongs to. */
const STEMS: Readonly<Record<string, readonly [item: string, field: string]>> = {
  'response.output_text': ['message', 'text'],
  'response.refusal': ['message', 'refusal'],
  'response.reasoning_text': ['reasoning', 'text'],
  'response.reasoning_summary_text': ['reasoning', 'text'],
  'response.function_call_arguments': ['function_call', 'arguments'],
  'response.custom_tool_call_input': ['custom_tool_call', 'input'],
};

const stemOf = (type: string) => STEMS[type.replace(/\.(?:delta|done)$/, '')];

/** The kind of item that an event of this type must stand in; undefined: any. */
export const itemOf = (type: string): string | undefined => stemOf(type)?.[0];

/** Where in the answer a text of an event stands: a JSON Pointer into the response; undefined: in none of its texts. */
export function locate(path: string, type: string, body: JsonObject): string | undefined {
  const at = pointerOf(path, type, body);
  return at !== undefined && TEXTS.test(at) ? at : undefined;
}

/** The texts of an answer that a stream says again and again. */
const TEXTS = /^\/output\/\d+\/(?:(?:content|summary)\/\d+\/(?:text|refusal)|arguments|input)$/;

function pointerOf(path: string, type: string, body: JsonObject): string | undefined {
  if (path.startsWith('/response/')) return path.slice('/response'.length);
  if (path.startsWith('/item/')) return `/output/${body.output_index}${path.slice('/item'.length)}`;
  if (path.startsWith('/part/')) return `${partAt(type, body)}${path.slice('/part'.length)}`;
  const field = stemOf(type)?.[1];
  return field !== undefined && (path === '/delta' || path === `/${field}`)
    ? `${partAt(type, body)}/${field}`
    : undefined;
}

/**
 * The part that an event is about, or the item where events of this type are about no part. Only by the fields that
 * its type has: another one, thrown in by somebody, must not move a piece of a text to another channel.
 */
export function partAt(type: string, body: JsonObject): string {
  const list = listOf(type);
  const item = `/output/${body.output_index}`;
  return list === undefined ? item : `${item}/${list}/${body[`${list}_index`]}`;
}

/** The list of an item in which the part stands that events of this type are about. */
export function listOf(type: string): 'content' | 'summary' | undefined {
  if (type.startsWith('response.reasoning_summary_')) return 'summary';
  return /^response\.(?:content_part|output_text|refusal|reasoning_text)\b/.test(type)
    ? 'content'
    : undefined;
}

/** What an event says beside its texts: the answer's state, an item, a part of one. */
export function bearing(type: string): 'response' | 'item' | 'part' | undefined {
  if (/^response\.(?:created|queued|in_progress|completed|incomplete)$/.test(type)) return 'response';
  if (type.startsWith('response.output_item.')) return 'item';
  return type.includes('_part.') ? 'part' : undefined;
}
