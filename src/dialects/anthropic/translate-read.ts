import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Conversation, Reasoning, Tool } from '../../exchange/conversation.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { knowing, numberIn, objects, refusePrefill, untranslatable } from '../translate.ts';
import { readTexts, readTurns } from './translate-blocks.ts';

/** Requests of an Anthropic client. */

const requestFields = knowing({
  carried: [
    'model',
    'messages',
    'system',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'output_format',
    'max_tokens',
    'stream',
    'temperature',
    'top_p',
    'top_k',
    'stop_sequences',
  ],
  hints: ['cache_control', 'metadata', 'service_tier', 'speed', 'user_profile_id', 'diagnostics'],
  // Where the text is worked on is a promise, and no hint.
  refused: { context_management: false, inference_geo: false },
});

export function readConversation(body: JsonObject, prompt: Prompt): Conversation {
  requestFields(body, '');
  const { turns, system: later } = readTurns(objects(body.messages));
  refusePrefill(turns, '/messages');
  const { tool_choice: choice } = body;
  const parallel = isObject(choice) ? choice.disable_parallel_tool_use : undefined;
  return {
    model: prompt.model,
    stream: prompt.stream,
    system: [...readTexts(body.system, '/system').map(({ text }) => text), ...later],
    turns,
    tools: objects(body.tools).map(readTool),
    toolChoice: readToolChoice(choice),
    parallelTools: typeof parallel === 'boolean' ? !parallel : undefined,
    choices: 1,
    maxOutput: prompt.maxOutput,
    sampling: {
      temperature: numberIn(body, 'temperature'),
      topP: numberIn(body, 'top_p'),
      topK: numberIn(body, 'top_k'),
      stop: readStop(body.stop_sequences),
    },
    format: readFormat(body),
    reasoning: readReasoning(body),
  };
}

const readStop = (stop: Json | undefined): string[] | undefined =>
  Array.isArray(stop) && stop.length > 0 ? stop.filter((text) => typeof text === 'string') : undefined;

const toolFields = knowing({
  carried: ['type', 'name', 'description', 'input_schema', 'strict'],
  hints: ['cache_control', 'eager_input_streaming', 'allowed_callers'],
  refused: { defer_loading: false, input_examples: [] },
});

function readTool(tool: JsonObject, at: number): Tool {
  const path = `/tools/${at}`;
  if ((tool.type ?? 'custom') !== 'custom') {
    untranslatable(`${path}/type`, 'Only models of Anthropic’s know its own tools.');
  }
  toolFields(tool, path);
  const { name, description, input_schema: parameters, strict } = tool;
  if (!isObject(parameters)) return untranslatable(`${path}/input_schema`);
  return {
    name: name as string,
    description: typeof description === 'string' ? description : undefined,
    parameters,
    strict: typeof strict === 'boolean' ? strict : undefined,
  };
}

function readToolChoice(choice: Json | undefined): Conversation['toolChoice'] {
  if (!isObject(choice)) return undefined;
  switch (choice.type) {
    case 'any':
      return 'required';
    case 'tool':
      return { name: choice.name as string };
    case 'none':
      return 'none';
    default:
      return 'auto';
  }
}

const configFields = knowing({ carried: ['effort', 'format'] });

/** The format has no name here, and must have one elsewhere. */
const FORMAT_NAME = 'response';

function readFormat(body: JsonObject): Conversation['format'] {
  const config = isObject(body.output_config) ? body.output_config : {};
  configFields(config, '/output_config');
  const format = config.format ?? body.output_format ?? null;
  if (format === null) return undefined;
  const field = config.format === undefined ? '/output_format' : '/output_config/format';
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.schema)) {
    return untranslatable(field);
  }
  return { kind: 'schema', name: FORMAT_NAME, schema: format.schema, strict: true };
}

const EFFORTS = new Set<unknown>(['low', 'medium', 'high', 'xhigh', 'max']);

/** A budget is the most exact; an adaptive model goes by the effort, which is high unless something else is said. */
function readReasoning({ thinking, output_config: config }: JsonObject): Reasoning | undefined {
  const said = isObject(config) ? (config.effort ?? undefined) : undefined;
  if (said !== undefined && !EFFORTS.has(said)) untranslatable('/output_config/effort');
  const effort = said as
    | Exclude<Extract<Reasoning, { effort: unknown }>['effort'], 'none' | 'minimal'>
    | undefined;
  switch (isObject(thinking) ? thinking.type : undefined) {
    case 'enabled':
      return { budget: (thinking as JsonObject).budget_tokens as number };
    case 'disabled':
      return { effort: 'none' };
    case 'adaptive':
    case 'between_tools':
      return { effort: effort ?? 'high' };
    default:
      return effort === undefined ? undefined : { effort };
  }
}
