import type { JsonObject } from '../../base/json.ts';
import type { Prompt, Reply } from '../../exchange/exchange.ts';
import type { Operation } from '../dialect.ts';
import { Reading } from '../reading.ts';
import { bool, ident, object, readBody, required, usually } from '../shape.ts';
import { readResponse } from './responses-reply.ts';

/** Answers in the background: asked for again by their id, until they are there. */

const about = (
  name: 'retrieve' | 'cancel' | 'delete',
  method: Operation['method'],
  ending: string,
  readReply: Operation['readReply'],
): Operation => ({
  id: `openai.responses.${name}`,
  method,
  path: `/v1/responses/:id${ending}`,
  kept: true,
  action: 'chat',
  query: QUERY,
  headers: {},
  upstreamPath: `/responses/{id}${ending}`,
  readPrompt: readNothing,
  readReply,
});

/** What clients may say there; an answer comes whole all the same, or not at all. */
const QUERY = ['stream', 'starting_after', 'include', 'include_obfuscation'];

function readNothing(body: JsonObject): Prompt {
  if (Object.keys(body).length > 0) new Reading('client').refuse('', 'Nothing is to be said here.');
  return {
    model: '',
    stream: false,
    choices: 0,
    maxOutput: 0,
    background: true,
    keeps: true,
    slots: [],
    opaque: [],
    body,
  };
}

/** What it used is charged to the request that asked for it. */
function readKept(body: JsonObject, prompt: Prompt): Reply {
  const { usage, ...reply } = readResponse(body, prompt);
  return { ...reply, usage: undefined, made: usage };
}

const gone = object({
  id: required(ident),
  object: usually('response', 'response.deleted'),
  deleted: required(bool),
});

function readGone(body: JsonObject): Reply {
  const reading = new Reading('upstream');
  readBody(gone, body, reading);
  return { slots: reading.slots, opaque: reading.opaque, usage: undefined, body };
}

export const keptResponses: readonly Operation[] = [
  about('retrieve', 'GET', '', readKept),
  about('cancel', 'POST', '/cancel', readKept),
  about('delete', 'DELETE', '', readGone),
];
