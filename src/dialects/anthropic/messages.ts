import type { Operation } from '../dialect.ts';
import { readMessage, readTokenCount } from './reply.ts';
import { readCountTokens, readCreateMessage } from './request.ts';
import { MessageStream } from './stream.ts';
import { translator } from './translate.ts';

/** Go upstream as the client sent them; which fields a beta adds is judged by the fields themselves. */
const headers = {
  'anthropic-version': /^\d{4}-\d{2}-\d{2}$/,
  'anthropic-beta': /^[a-z0-9-]{1,64}(?:, ?[a-z0-9-]{1,64}){0,15}$/,
};

/** https://docs.anthropic.com/en/api/messages */
export const messages: Operation = {
  id: 'anthropic.messages',
  method: 'POST',
  path: '/v1/messages',
  action: 'chat',
  query: ['beta'],
  headers,
  upstreamPath: '/v1/messages',
  readPrompt: readCreateMessage,
  readReply: readMessage,
  readStream: () => new MessageStream(),
  instruct(body, text) {
    const { system } = body;
    if (Array.isArray(system)) body.system = [{ type: 'text', text }, ...system];
    else body.system = typeof system === 'string' ? `${text}\n\n${system}` : text;
  },
  translator,
};

/** https://docs.anthropic.com/en/api/messages-count-tokens */
export const countTokens: Operation = {
  id: 'anthropic.count_tokens',
  method: 'POST',
  path: '/v1/messages/count_tokens',
  action: 'count_tokens',
  query: ['beta'],
  headers,
  upstreamPath: '/v1/messages/count_tokens',
  readPrompt: readCountTokens,
  readReply: readTokenCount,
};
