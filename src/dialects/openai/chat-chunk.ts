import { tokens } from '../media.ts';
import {
  checked,
  jsonText,
  keyed,
  name,
  number,
  object,
  type Shape,
  text,
  toolName,
  tree,
  usually,
} from '../shape.ts';
import { asChannels } from '../unknown.ts';
import { byAudio, envelope, FINISH_REASONS } from './chat-reply.ts';
import { MAX_CHOICES } from './chat-request.ts';
import { choice, logprobs } from './logprobs.ts';
import { padding } from './padding.ts';

/** Most tool calls in one answer, which bounds the channels of a stream. */
const MAX_CALLS = 1024;
const piece = { delta: true };

const call = object(
  {
    index: checked,
    id: name('other'),
    type: usually('function', 'custom'),
    function: object({ name: toolName('called'), arguments: jsonText('tool-arguments', piece) }, asChannels),
    custom: object({ name: toolName('called'), input: text('tool-arguments', piece) }, asChannels),
  },
  asChannels,
);

const deltaWith = (audio: Shape): Shape =>
  object(
    {
      role: usually('assistant'),
      content: text('assistant', piece),
      refusal: text('assistant', piece),
      reasoning_content: text('reasoning', piece),
      reasoning: text('reasoning', piece),
      tool_calls: keyed('index', call, MAX_CALLS),
      function_call: object(
        { name: toolName('called'), arguments: jsonText('tool-arguments', piece) },
        asChannels,
      ),
      annotations: tree('document'),
      audio: object(
        { id: name('other'), data: audio, transcript: text('assistant', piece), expires_at: number },
        asChannels,
      ),
    },
    asChannels,
  );

/** One chunk of a streamed answer; paths go by the `index` of choices and tool calls. */
export const chunkFor = byAudio((audio) => {
  const one = object(
    {
      index: checked,
      delta: deltaWith(audio),
      finish_reason: FINISH_REASONS,
      token_ids: tokens,
      logprobs: logprobs(true),
    },
    asChannels,
  );
  return object(
    {
      ...envelope,
      object: usually('chat.completion.chunk'),
      obfuscation: padding,
      choices: keyed('index', choice(one), MAX_CHOICES),
    },
    asChannels,
  );
});
