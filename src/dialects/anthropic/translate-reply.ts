import type { Json, JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Answered, AnsweredChoice, AnswerPart, StopReason } from '../../exchange/conversation.ts';
import type { Usage } from '../../exchange/exchange.ts';
import { joinTexts, objects, present, readArguments, signedBy, textParts } from '../translate.ts';
import { readUsage } from './reply.ts';
import { readUse } from './translate-blocks.ts';

/** Whole answers. */

export function readAnswer(body: JsonObject): Answered {
  const { id, model, content, stop_reason: reason, stop_sequence: sequence } = body;
  const parts = joinTexts(objects(content).flatMap(readPart));
  return {
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
    choices: [{ parts, ...readStop(reason, sequence) }],
    usage: readUsage(body.usage),
  };
}

function readPart(block: JsonObject): AnswerPart[] {
  switch (block.type) {
    case 'text':
      return textParts(block.text);
    case 'thinking': {
      const { thinking: text, signature } = block;
      if (typeof signature !== 'string' || signature === '')
        return [{ kind: 'reasoning', text: text as string }];
      return [{ kind: 'reasoning', text: text as string, signature: signedBy('anthropic', signature) }];
    }
    case 'tool_use':
      return [readUse(block)];
    default:
      // Thinking that only its maker can read.
      return [];
  }
}

export function readStop(
  reason: Json | undefined,
  sequence: Json | undefined,
): Pick<AnsweredChoice, 'stop' | 'stopSequence'> {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { stop: 'length' };
    case 'tool_use':
      return { stop: 'tool-calls' };
    case 'stop_sequence':
      return { stop: 'stop-sequence', ...(typeof sequence === 'string' && { stopSequence: sequence }) };
    case 'refusal':
      return { stop: 'refusal' };
    default:
      return { stop: 'stop' };
  }
}

export function writeStop({ stop, stopSequence }: Pick<AnsweredChoice, 'stop' | 'stopSequence'>): JsonObject {
  return { stop_reason: REASONS[stop], stop_sequence: stopSequence ?? null };
}

const REASONS: Readonly<Record<StopReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'stop-sequence': 'stop_sequence',
  'content-filter': 'refusal',
  refusal: 'refusal',
};

export function writeAnswer({ id, model, choices, usage }: Answered): JsonObject {
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) {
    throw new Refusal('upstream_invalid', { hint: 'It was asked for one answer.' });
  }
  return {
    ...envelope(id, model),
    content: choice.parts.flatMap((part) => writePart(part, choice.stop)),
    ...writeStop(choice),
    usage: writeUsage(usage),
  };
}

export const envelope = (id: string, model: string): JsonObject => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
});

function writePart(part: AnswerPart, stop: StopReason): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning':
      return [{ type: 'thinking', thinking: part.text, signature: part.signature ?? '' }];
    case 'tool-call': {
      const input = readArguments(part.arguments);
      if (input !== undefined) return [{ type: 'tool_use', id: part.id, name: part.name, input }];
      // The limit came in the middle of the call: nobody shall run half of it.
      if (stop === 'length') return [];
      throw new Refusal('upstream_invalid', { hint: 'The arguments of a tool call are not a JSON object.' });
    }
  }
}

/** `input_tokens` are those that came from no cache and went into none. */
export function writeUsage({
  input,
  output,
  cached = 0,
  cacheWrite = 0,
  reasoning,
}: Usage = NONE): JsonObject {
  return present({
    input_tokens: Math.max(0, input - cached - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    output_tokens: output,
    output_tokens_details: reasoning === undefined ? undefined : { thinking_tokens: reasoning },
  });
}
const NONE: Usage = { input: 0, output: 0 };
