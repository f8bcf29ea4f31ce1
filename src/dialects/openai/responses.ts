import type { Operation } from '../dialect.ts';
import { readResponse } from './responses-reply.ts';
import { readResponsesRequest } from './responses-request.ts';
import { ResponseStream } from './responses-stream.ts';
import { responsesTranslator } from './responses-translate.ts';

/** https://platform.openai.com/docs/api-reference/responses */
export const responses: Operation = {
  id: 'openai.responses',
  method: 'POST',
  path: '/v1/responses',
  action: 'chat',
  query: [],
  headers: {},
  upstreamPath: '/responses',
  readPrompt: readResponsesRequest,
  readReply: readResponse,
  readStream: (prompt) => new ResponseStream(prompt),
  instruct(body, text) {
    const { instructions } = body;
    body.instructions = typeof instructions === 'string' ? `${text}\n\n${instructions}` : text;
  },
  translator: responsesTranslator,
};
