import type { Translator } from '../dialect.ts';
import { readResponsesAnswer, writeResponsesAnswer } from './responses-translate-reply.ts';
import { readResponsesConversation, writeResponsesConversation } from './responses-translate-request.ts';
import { ResponsesAnswerReader } from './responses-translate-stream.ts';
import { ResponsesAnswerWriter } from './responses-translate-writer.ts';

/** The Responses API to and from what every chat API can say. */
export const responsesTranslator: Translator = {
  readRequest: readResponsesConversation,
  writeRequest: writeResponsesConversation,
  fields: { '/messages': '/input', '/response_format': '/text/format' },
  readReply: readResponsesAnswer,
  writeReply: writeResponsesAnswer,
  readStream: () => new ResponsesAnswerReader(),
  writeStream: (prompt) => new ResponsesAnswerWriter(prompt),
};
