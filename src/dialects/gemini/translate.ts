import type { Translator } from '../dialect.ts';
import { readConversation } from './translate-read.ts';
import { readAnswer, writeAnswer } from './translate-reply.ts';
import { AnswerReader, AnswerWriter } from './translate-stream.ts';
import { writeConversation } from './translate-write.ts';

/** generateContent and streamGenerateContent to and from the inner form. */
export const translator: Translator = {
  readRequest: readConversation,
  writeRequest: writeConversation,
  readReply: readAnswer,
  writeReply: writeAnswer,
  readStream: () => new AnswerReader(),
  writeStream: () => new AnswerWriter(),
};
