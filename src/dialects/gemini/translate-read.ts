import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { AnswerFormat, Conversation, Reasoning, Tool } from '../../exchange/conversation.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { knowing, numberIn, objects, refusePrefill, untranslatable } from '../translate.ts';
import { readTexts, readTurns } from './translate-parts.ts';
import { jsonSchema } from './translate-schema.ts';

/** Requests of a Gemini client. */

const requestFields = knowing({
  carried: ['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'],
  // What another server filters is its own affair.
  hints: ['safetySettings', 'serviceTier', 'labels', 'store'],
  refused: { cachedContent: '' },
});

const configFields = knowing({
  carried: [
    'candidateCount',
    'maxOutputTokens',
    'stopSequences',
    'temperature',
    'topP',
    'topK',
    'seed',
    'presencePenalty',
    'frequencyPenalty',
    'responseMimeType',
    'responseSchema',
    'responseJsonSchema',
    'thinkingConfig',
  ],
  hints: ['mediaResolution'],
  refused: {
    responseModalities: ['TEXT'],
    responseFormat: [],
    responseLogprobs: false,
    logprobs: 0,
    speechConfig: {},
    imageConfig: {},
    audioTimestamp: false,
    enableEnhancedCivicAnswers: false,
    enableAffectiveDialog: false,
  },
});

export function readConversation(body: JsonObject, prompt: Prompt): Conversation {
  requestFields(body, '');
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  configFields(config, '/generationConfig');
  const turns = readTurns(objects(body.contents));
  refusePrefill(turns, '/contents');
  const tools = objects(body.tools).flatMap(({ functionDeclarations }, at) =>
    objects(functionDeclarations).map((tool, i) => readTool(tool, `/tools/${at}/functionDeclarations/${i}`)),
  );
  const { stopSequences: stop } = config;
  return {
    model: prompt.model,
    stream: prompt.stream,
    system: readTexts(body.systemInstruction, '/systemInstruction'),
    turns,
    tools,
    toolChoice: readToolChoice(body.toolConfig, tools),
    parallelTools: undefined,
    choices: prompt.choices,
    maxOutput: prompt.maxOutput,
    sampling: {
      temperature: numberIn(config, 'temperature'),
      topP: numberIn(config, 'topP'),
      topK: numberIn(config, 'topK'),
      seed: numberIn(config, 'seed'),
      frequencyPenalty: numberIn(config, 'frequencyPenalty'),
      presencePenalty: numberIn(config, 'presencePenalty'),
      stop: Array.isArray(stop) && stop.length > 0 ? (stop as string[]) : undefined,
    },
    format: readFormat(config),
    reasoning: readReasoning(config.thinkingConfig),
  };
}

const toolFields = knowing({
  carried: ['name', 'description', 'parameters', 'parametersJsonSchema'],
  refused: { response: {}, responseJsonSchema: {}, behavior: 'BLOCKING' },
});

function readTool(tool: JsonObject, path: string): Tool {
  toolFields(tool, path);
  const { name, description, parameters, parametersJsonSchema: schema } = tool;
  const own = isObject(parameters) ? jsonSchema(parameters) : undefined;
  return {
    name: name as string,
    description: typeof description === 'string' ? description : undefined,
    parameters: isObject(schema) ? schema : own,
    strict: undefined,
  };
}

const choiceFields = knowing({
  carried: ['functionCallingConfig'],
  refused: { includeServerSideToolInvocations: false },
});

/** Some of the tools, but not one and not all, is what no other API can say. */
function readToolChoice(config: Json | undefined, tools: readonly Tool[]): Conversation['toolChoice'] {
  if (!isObject(config)) return undefined;
  choiceFields(config, '/toolConfig');
  const { mode, allowedFunctionNames } = isObject(config.functionCallingConfig)
    ? config.functionCallingConfig
    : {};
  const allowed = (Array.isArray(allowedFunctionNames) ? allowedFunctionNames : []) as string[];
  const names = new Set(allowed);
  const all = allowed.length === 0 || tools.every(({ name }) => names.has(name));
  switch (mode ?? 'MODE_UNSPECIFIED') {
    case 'NONE':
      return 'none';
    case 'AUTO':
    case 'VALIDATED':
      return all ? 'auto' : untranslatable('/toolConfig/functionCallingConfig/allowedFunctionNames');
    case 'ANY':
      if (allowed.length === 1) return { name: allowed[0] as string };
      return all ? 'required' : untranslatable('/toolConfig/functionCallingConfig/allowedFunctionNames');
    case 'MODE_UNSPECIFIED':
      return undefined;
    default:
      return untranslatable('/toolConfig/functionCallingConfig/mode');
  }
}

/** The format has no name here, and must have one elsewhere. */
const FORMAT_NAME = 'response';

function readFormat({
  responseMimeType: type,
  responseSchema,
  responseJsonSchema,
}: JsonObject): AnswerFormat | undefined {
  const own = isObject(responseSchema) ? jsonSchema(responseSchema) : undefined;
  const schema = isObject(responseJsonSchema) ? responseJsonSchema : own;
  switch (type ?? 'text/plain') {
    case 'application/json':
      return schema === undefined
        ? { kind: 'json' }
        : { kind: 'schema', name: FORMAT_NAME, schema, strict: true };
    case 'text/plain':
      return schema === undefined ? undefined : untranslatable('/generationConfig/responseMimeType');
    default:
      return untranslatable('/generationConfig/responseMimeType');
  }
}

const thinkingFields = knowing({ carried: ['thinkingBudget', 'thinkingLevel'], hints: ['includeThoughts'] });
const LEVELS = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;
const isLevel = (value: Json | undefined): value is keyof typeof LEVELS =>
  typeof value === 'string' && Object.hasOwn(LEVELS, value);

function readReasoning(config: Json | undefined): Reasoning | undefined {
  if (!isObject(config)) return undefined;
  thinkingFields(config, '/generationConfig/thinkingConfig');
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  if (isLevel(level)) return { effort: LEVELS[level] };
  // -1: as many as the model likes, which is what they do where nothing is said.
  if (typeof budget !== 'number' || budget < 0) return undefined;
  return budget === 0 ? { effort: 'none' } : { budget };
}
