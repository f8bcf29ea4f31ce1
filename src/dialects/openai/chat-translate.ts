import type { Translator } from '../dialect.ts';
import { readChatAnswer, writeChatAnswer } from './chat-translate-reply.ts';
import { readChatConversation, writeChatConversation } from './chat-translate-request.ts';
import { ChatAnswerReader, ChatAnswerWriter } from './chat-translate-stream.ts';

/** Chat Completions to and from the inner form. */
export const chatTranslator: Translator = {
  readRequest: readChatConversation,
  writeRequest: writeChatConversation,
  readReply: readChatAnswer,
  writeReply: writeChatAnswer,
  readStream: () => new ChatAnswerReader(),
  writeStream: (prompt) => new ChatAnswerWriter(prompt),
};
