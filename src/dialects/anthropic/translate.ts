import type { Translator } from '../dialect.ts';
import { readConversation } from './translate-read.ts';
import { readAnswer, writeAnswer } from './translate-reply.ts';
import { AnswerReader, AnswerWriter } from './translate-stream.ts';
import { writeConversation } from './translate-write.ts';

/** Messages to and from the inner form. */
export const translator: Translator = {
  readRequest: readConversation,
  writeRequest: writeConversation,
  fields: {
    '/response_format': '/output_config/format',
    '/parallel_tool_calls': '/tool_choice/disable_parallel_tool_use',
  },
  readReply: readAnswer,
  writeReply: writeAnswer,
  readStream: () => new AnswerReader(),
  writeStream: () => new AnswerWriter(),
};
