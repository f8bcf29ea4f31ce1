import type { Json } from '../../base/json.ts';
import type { Operation } from '../dialect.ts';
import { readChatReply } from './chat-reply.ts';
import { readChatRequest } from './chat-request.ts';
import { ChatStream } from './chat-stream.ts';
import { chatTranslator } from './chat-translate.ts';

/** https://platform.openai.com/docs/api-reference/chat */
export const chat: Operation = {
  id: 'openai.chat',
  method: 'POST',
  path: '/v1/chat/completions',
  action: 'chat',
  query: [],
  headers: {},
  upstreamPath: '/chat/completions',
  readPrompt: readChatRequest,
  readReply: readChatReply,
  readStream: (prompt) => new ChatStream(prompt),
  instruct(body, text) {
    body.messages = [{ role: 'system', content: text }, ...(body.messages as Json[])];
  },
  translator: chatTranslator,
};
