import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { AnswerFormat, Conversation, Reasoning, Tool } from '../../exchange/conversation.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import {
  effortOf,
  knowing,
  numberIn,
  objects,
  present,
  refusePrefill,
  textParts,
  untranslatable,
} from '../translate.ts';
import { readInput } from './responses-translate-items.ts';
import { writeInput } from './responses-translate-turns.ts';

const requestFields = knowing({
  carried: [
    'model',
    'input',
    'instructions',
    'stream',
    'max_output_tokens',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'text',
    'reasoning',
    'temperature',
    'top_p',
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
    'truncation',
    // Checked below.
    'include',
  ],
  refused: {
    store: false,
    background: false,
    previous_response_id: '',
    conversation: '',
    prompt: '',
    top_logprobs: 0,
    max_tool_calls: 0,
    context_management: [],
    moderation: false,
  },
});

export function readResponsesConversation(body: JsonObject, prompt: Prompt): Conversation {
  requestFields(body, '');
  const { include } = body;
  if (Array.isArray(include) && include.some((what) => what !== 'reasoning.encrypted_content'))
    untranslatable('/include');
  const { system, turns } = readInput(body.input);
  refusePrefill(turns, '/input');
  const { parallel_tool_calls: parallel } = body;
  return {
    model: prompt.model,
    stream: prompt.stream,
    system: [...textParts(body.instructions).map(({ text }) => text), ...system],
    turns,
    tools: objects(body.tools).map(readTool),
    toolChoice: readToolChoice(body.tool_choice),
    parallelTools: typeof parallel === 'boolean' ? parallel : undefined,
    choices: 1,
    maxOutput: prompt.maxOutput,
    sampling: { temperature: numberIn(body, 'temperature'), topP: numberIn(body, 'top_p') },
    format: readFormat(body.text),
    reasoning: readEffort(body.reasoning),
  };
}

const toolFields = knowing({
  carried: ['type', 'name', 'description', 'parameters', 'strict'],
  refused: { allowed_callers: ['direct'], async: false, defer_loading: false, output_schema: {} },
});

function readTool(tool: JsonObject, at: number): Tool {
  const path = `/tools/${at}`;
  if (tool.type !== 'function')
    untranslatable(`${path}/type`, 'Only tools of the type function are translated.');
  toolFields(tool, path);
  const { name, description, parameters, strict } = tool;
  if ((parameters ?? null) !== null && !isObject(parameters)) untranslatable(`${path}/parameters`);
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
  if (isObject(choice) && choice.type === 'function') return { name: choice.name as string };
  return untranslatable('/tool_choice');
}

const textFields = knowing({ carried: ['format'], refused: { verbosity: 'medium' } });
const formatFields = knowing({ carried: ['type', 'name', 'description', 'schema', 'strict'] });

function readFormat(text: Json | undefined): AnswerFormat | undefined {
  if (!isObject(text)) return undefined;
  textFields(text, '/text');
  const { format } = text;
  if ((format ?? null) === null || (isObject(format) && format.type === 'text')) return undefined;
  if (!isObject(format)) return untranslatable('/text/format');
  formatFields(format, '/text/format');
  if (format.type === 'json_object') return { kind: 'json' };
  const { type, name, description, schema, strict } = format;
  if (type !== 'json_schema' || typeof name !== 'string' || !isObject(schema))
    return untranslatable('/text/format');
  return {
    kind: 'schema',
    name,
    description: typeof description === 'string' ? description : undefined,
    schema,
    strict: typeof strict === 'boolean' ? strict : undefined,
  };
}

type Effort = Extract<Reasoning, { effort: unknown }>['effort'];
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const satisfies Effort[];

const reasoningFields = knowing({ carried: ['effort'], hints: ['summary', 'generate_summary'] });

function readEffort(reasoning: Json | undefined): Reasoning | undefined {
  if (!isObject(reasoning)) return undefined;
  reasoningFields(reasoning, '/reasoning');
  if ((reasoning.effort ?? null) === null) return undefined;
  const effort = EFFORTS.find((known) => known === reasoning.effort);
  return effort === undefined ? untranslatable('/reasoning/effort') : { effort };
}

export function writeResponsesConversation(conversation: Conversation): JsonObject {
  const { sampling, system, tools, toolChoice, parallelTools, format, reasoning, stream } = conversation;
  refusePrefill(conversation.turns, '/input');
  if (conversation.choices > 1) untranslatable('/n', 'The Responses API gives one answer.');
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty, stop } = sampling;
  for (const [field, value] of Object.entries({ topK, seed, frequencyPenalty, presencePenalty, stop }))
    if (value !== undefined) untranslatable(`/${field}`);
  return present({
    model: conversation.model,
    instructions: system.length === 0 ? undefined : system.join('\n\n'),
    input: writeInput(conversation),
    stream: stream || undefined,
    store: false,
    max_output_tokens: conversation.maxOutput,
    ...(tools.length > 0 && {
      tools: tools.map(writeTool),
      tool_choice: typeof toolChoice === 'object' ? { type: 'function', name: toolChoice.name } : toolChoice,
      parallel_tool_calls: parallelTools,
    }),
    text: format && { format: writeFormat(format) },
    temperature,
    top_p: topP,
    reasoning: reasoning && { effort: effortOf(reasoning) },
  });
}

/** Where nobody says otherwise this API holds a model strictly to the schema, and refuses those it cannot hold it to. */
const writeTool = ({ name, description, parameters, strict = false }: Tool): JsonObject =>
  present({ type: 'function', name, description, parameters: parameters ?? {}, strict });

function writeFormat(format: AnswerFormat): JsonObject {
  if (format.kind === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = format;
  return present({ type: 'json_schema', name, description, schema, strict });
}
