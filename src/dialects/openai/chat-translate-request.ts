import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { AnswerFormat, Conversation, Tool } from '../../exchange/conversation.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import {
  effortOf,
  knowing,
  numberIn,
  objects,
  present,
  refusePrefill,
  untranslatable,
} from '../translate.ts';
import { readChatTurns } from './chat-translate-messages.ts';
import { writeChatTurns } from './chat-translate-turns.ts';

const requestFields = knowing({
  carried: [
    'model',
    'messages',
    'stream',
    'n',
    'max_tokens',
    'max_completion_tokens',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'response_format',
    'temperature',
    'top_p',
    'frequency_penalty',
    'presence_penalty',
    'seed',
    'stop',
    'reasoning_effort',
  ],
  hints: [
    'stream_options',
    'user',
    'metadata',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'prompt_cache_options',
    'service_tier',
    'store',
    'prediction',
  ],
  refused: {
    functions: [],
    function_call: 'auto',
    logprobs: false,
    top_logprobs: 0,
    logit_bias: {},
    verbosity: 'medium',
    modalities: ['text'],
    audio: false,
    moderation: false,
  },
});

export function readChatConversation(body: JsonObject, prompt: Prompt): Conversation {
  requestFields(body, '');
  const { system, turns } = readChatTurns(objects(body.messages));
  refusePrefill(turns, '/messages');
  const { stop, parallel_tool_calls: parallel, reasoning_effort: effort } = body;
  return {
    model: prompt.model,
    stream: prompt.stream,
    system,
    turns,
    tools: objects(body.tools).map(readTool),
    toolChoice: readToolChoice(body.tool_choice),
    parallelTools: typeof parallel === 'boolean' ? parallel : undefined,
    choices: prompt.choices,
    maxOutput: prompt.maxOutput,
    sampling: {
      temperature: numberIn(body, 'temperature'),
      topP: numberIn(body, 'top_p'),
      seed: numberIn(body, 'seed'),
      frequencyPenalty: numberIn(body, 'frequency_penalty'),
      presencePenalty: numberIn(body, 'presence_penalty'),
      stop: readStop(stop),
    },
    format: readFormat(body.response_format),
    reasoning: (effort ?? null) === null ? undefined : { effort: readEffort(effort) },
  };
}

function readStop(stop: Json | undefined): readonly string[] | undefined {
  const texts = (Array.isArray(stop) ? stop : [stop]).filter((text) => typeof text === 'string');
  return texts.length === 0 ? undefined : texts;
}

type Effort = ReturnType<typeof effortOf>;
const EFFORTS: readonly unknown[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] satisfies Effort[];
const isEffort = (value: unknown): value is Effort => EFFORTS.includes(value);

const readEffort = (value: Json | undefined): Effort =>
  isEffort(value) ? value : untranslatable('/reasoning_effort');

const toolFields = knowing({ carried: ['type', 'function'], hints: ['cache_control'] });
const functionFields = knowing({ carried: ['name', 'description', 'parameters', 'strict'] });

function readTool(tool: JsonObject, at: number): Tool {
  const path = `/tools/${at}`;
  if (tool.type !== 'function')
    untranslatable(`${path}/type`, 'Only tools of the type function are translated.');
  toolFields(tool, path);
  const definition = tool.function as JsonObject;
  functionFields(definition, `${path}/function`);
  const { name, description, parameters, strict } = definition;
  if ((parameters ?? null) !== null && !isObject(parameters)) untranslatable(`${path}/function/parameters`);
  return {
    name: name as string,
    description: typeof description === 'string' ? description : undefined,
    parameters: isObject(parameters) ? parameters : undefined,
    strict: typeof strict === 'boolean' ? strict : undefined,
  };
}

function readToolChoice(choice: Json | undefined): Conversation['toolChoice'] {
  if ((choice ?? null) === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    const { name } = choice.function;
    if (typeof name === 'string') return { name };
  }
  return untranslatable('/tool_choice');
}

const schemaFields = knowing({ carried: ['name', 'description', 'schema', 'strict'] });

function readFormat(format: Json | undefined): AnswerFormat | undefined {
  if ((format ?? null) === null || (isObject(format) && format.type === 'text')) return undefined;
  if (isObject(format) && format.type === 'json_object') return { kind: 'json' };
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.json_schema)) {
    return untranslatable('/response_format');
  }
  const { name, description, schema, strict } = format.json_schema;
  schemaFields(format.json_schema, '/response_format/json_schema');
  if (typeof name !== 'string' || !isObject(schema)) return untranslatable('/response_format/json_schema');
  return {
    kind: 'schema',
    name,
    description: typeof description === 'string' ? description : undefined,
    schema,
    strict: typeof strict === 'boolean' ? strict : undefined,
  };
}

/** `max_completion_tokens`, since newer models refuse `max_tokens` (deprecated); reasoning counts in it. */
export function writeChatConversation(conversation: Conversation): JsonObject {
  const { sampling, tools, toolChoice, parallelTools, choices, format, reasoning, stream } = conversation;
  refusePrefill(conversation.turns, '/messages');
  if (sampling.topK !== undefined) untranslatable('/top_k');
  return present({
    model: conversation.model,
    messages: writeChatTurns(conversation),
    stream: stream || undefined,
    n: choices === 1 ? undefined : choices,
    max_completion_tokens: conversation.maxOutput,
    ...(tools.length > 0 && {
      tools: tools.map(writeTool),
      tool_choice:
        typeof toolChoice === 'object'
          ? { type: 'function', function: { name: toolChoice.name } }
          : toolChoice,
      parallel_tool_calls: parallelTools,
    }),
    response_format: format && writeFormat(format),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    stop: sampling.stop && [...sampling.stop],
    reasoning_effort: reasoning && effortOf(reasoning),
  });
}

const writeTool = ({ name, description, parameters, strict }: Tool): JsonObject => ({
  type: 'function',
  function: present({ name, description, parameters, strict }),
});

function writeFormat(format: AnswerFormat): JsonObject {
  if (format.kind === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', json_schema: present({ name, description, schema, strict }) };
}
