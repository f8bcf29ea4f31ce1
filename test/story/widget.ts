import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { INSTRUCTIONS, ORDER } from './loot.ts';

/** Where the shop's chat asks: the model itself, or the gateway in front of it. */
export interface Door {
  readonly url: string;
  readonly key: string;
}

/** What a visitor types, and what the shop's program adds to it. */
export interface Visit {
  readonly text: string;
  readonly client: 'openai' | 'anthropic';
  readonly stream: boolean;
  /** A page of others, which the program looked up for the visitor. */
  readonly page?: string;
}

/** What a visitor sees, or is refused with. */
export interface Seen {
  /** Everything that reached the visitor, or an address that they gave. */
  readonly text: string;
  /** Code of the refusal; undefined: there was none. */
  readonly refused: string | undefined;
}

/** How long a client waits, in milliseconds: nothing here takes so long. */
const PATIENCE = 30_000;

const BROWSE = 'browse';
const PARAMETERS = { type: 'object' as const, properties: { url: { type: 'string' } }, required: ['url'] };
const ABOUT_ORDER = JSON.stringify(ORDER);

/**
 * The chat on the shop's pages, as the shop wrote it: the official clients, the shop's instructions, the visitor's order,
 * and a tool that opens pages. It trusts the model as it is.
 */
export async function visit(door: Door, asked: Visit): Promise<Seen> {
  const seen: string[] = [];
  try {
    await (asked.client === 'openai' ? byOpenAI : byAnthropic)(door, asked, (text) => seen.push(text));
    return { text: seen.join(''), refused: undefined };
  } catch (error) {
    return { text: seen.join(''), refused: codeOf(error) };
  }
}

type See = (text: string) => void;

async function byOpenAI(door: Door, { text, stream, page }: Visit, see: See): Promise<void> {
  const client = new OpenAI({
    baseURL: `${door.url}/v1`,
    apiKey: door.key,
    maxRetries: 0,
    timeout: PATIENCE,
  });
  const called = (id: string, name: string, args: object, content: string) => [
    {
      role: 'assistant' as const,
      content: null,
      tool_calls: [{ id, type: 'function' as const, function: { name, arguments: JSON.stringify(args) } }],
    },
    { role: 'tool' as const, tool_call_id: id, content },
  ];
  const request = {
    model: 'wren',
    messages: [
      { role: 'system' as const, content: INSTRUCTIONS },
      { role: 'user' as const, content: 'Where is my parcel?' },
      ...called('call_0', 'find_order', { order: ORDER.order }, ABOUT_ORDER),
      { role: 'user' as const, content: text },
      ...(page === undefined ? [] : called('call_9', BROWSE, { url: 'https://reviews.example' }, page)),
    ],
    tools: [
      {
        type: 'function' as const,
        function: { name: BROWSE, description: 'Opens a page.', parameters: PARAMETERS },
      },
    ],
  };
  if (stream) {
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      see(chunk.choices[0]?.delta.content ?? '');
      if (chunk.choices[0]?.finish_reason === 'content_filter') throw new CutOff();
    }
    return;
  }
  const message = (await client.chat.completions.create(request)).choices[0]?.message;
  see(message?.content ?? '');
  for (const call of message?.tool_calls ?? []) if (call.type === 'function') see(call.function.arguments);
}

async function byAnthropic(door: Door, { text, stream, page }: Visit, see: See): Promise<void> {
  const client = new Anthropic({ baseURL: door.url, apiKey: door.key, maxRetries: 0, timeout: PATIENCE });
  const called = (id: string, name: string, input: object, content: string) => [
    { role: 'assistant' as const, content: [{ type: 'tool_use' as const, id, name, input }] },
    { role: 'user' as const, content: [{ type: 'tool_result' as const, tool_use_id: id, content }] },
  ];
  const request = {
    model: 'wren-claude',
    max_tokens: 2000,
    system: INSTRUCTIONS,
    messages: [
      { role: 'user' as const, content: 'Where is my parcel?' },
      ...called('toolu_0', 'find_order', { order: ORDER.order }, ABOUT_ORDER),
      { role: 'user' as const, content: text },
      ...(page === undefined ? [] : called('toolu_9', BROWSE, { url: 'https://reviews.example' }, page)),
    ],
    tools: [{ name: BROWSE, description: 'Opens a page.', input_schema: PARAMETERS }],
  };
  if (stream) {
    for await (const event of await client.messages.create({ ...request, stream: true })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') see(event.delta.text);
      if (event.type === 'message_delta' && event.delta.stop_reason === 'refusal') throw new CutOff();
    }
    return;
  }
  for (const block of (await client.messages.create(request)).content)
    see(block.type === 'text' ? block.text : block.type === 'tool_use' ? JSON.stringify(block.input) : '');
}

/** A stream that had begun was ended by a guard, as its API ends what a filter stops. */
class CutOff extends Error {}

/** The code that the gateway gives, wherever the client of the dialect keeps it. */
function codeOf(error: unknown): string {
  if (error instanceof CutOff) return 'reply_blocked';
  if (error instanceof OpenAI.APIError) return error.code ?? String(error.status ?? 'stream ended');
  if (error instanceof Anthropic.APIError)
    return 'errorCode' in error && typeof error.errorCode === 'string'
      ? error.errorCode
      : String(error.status);
  throw error;
}
