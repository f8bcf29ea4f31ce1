import type { Translator } from '../dialect.ts';
import { readConversation } from './translate-read.ts';
import { readAnswer, writeAnswer } from './translate-reply.ts';
import { AnswerReader, AnswerWriter } from './translate-stream.ts';
import { writeConversation } from './translate-write.ts';

/** generateContent and streamGenerateContent to and from the inner form. */
export const translator: Translator = {
  readRequest: readConversation,
  writeRequest: writeConversation,
  fields: {
    '/messages': '/contents',
    '/n': '/generationConfig/candidateCount',
    '/temperature': '/generationConfig/temperature',
    '/top_k': '/generationConfig/topK',
    '/frequency_penalty': '/generationConfig/frequencyPenalty',
    '/presence_penalty': '/generationConfig/presencePenalty',
    '/response_format': '/generationConfig/responseMimeType',
  },
  readReply: readAnswer,
  writeReply: writeAnswer,
  readStream: () => new AnswerReader(),
  writeStream: () => new AnswerWriter(),
};
