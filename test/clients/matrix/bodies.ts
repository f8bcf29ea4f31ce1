import type { JsonObject } from '../../../src/base/json.ts';
import { ASKS, DESCRIPTION, MAX, PNG, SAYS, SCHEMA, SHOWS, SYSTEM, TEMPERATURE } from './scene.ts';
import { ANSWERS } from './upstream.ts';

/** What reaches a server of each dialect, byte by byte the same JSON, whichever client has asked. */

export interface Asked {
  readonly stream: boolean;
  /** What this client says beside the others. */
  readonly strict: boolean | undefined;
  readonly toolChoice: 'auto' | undefined;
  /** Arguments of the call as the client gives them back. */
  readonly callId: string;
  /** The tool's result as the client says it. */
  readonly result: string;
}

export type Scene = 'text' | 'tools' | 'image';
type Bodies = Readonly<Record<Scene, readonly JsonObject[]>>;

const { name, arguments: args } = ANSWERS.call;

function openai({ stream, strict, toolChoice, callId, result }: Asked): Bodies {
  const ask = (messages: JsonObject[], more: JsonObject = {}): JsonObject => ({
    model: 'inner',
    messages: [{ role: 'system', content: SYSTEM }, ...messages],
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
    max_completion_tokens: MAX,
    ...more,
    temperature: TEMPERATURE,
  });
  const definition = {
    name,
    description: DESCRIPTION,
    parameters: SCHEMA,
    ...(strict !== undefined && { strict }),
  };
  const tools = {
    tools: [{ type: 'function', function: definition }],
    ...(toolChoice && { tool_choice: toolChoice }),
  };
  const question = { role: 'user', content: ASKS };
  const call = { id: callId, type: 'function', function: { name, arguments: JSON.stringify(args) } };
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
  return {
    text: [ask([{ role: 'user', content: SAYS }])],
    tools: [
      ask([question], tools),
      ask(
        [
          question,
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: callId, content: result },
        ],
        tools,
      ),
    ],
    image: [ask([{ role: 'user', content: [{ type: 'text', text: SHOWS }, image] }])],
  };
}

function anthropic({ stream, strict, toolChoice, callId, result }: Asked): Bodies {
  const ask = (messages: JsonObject[], more: JsonObject = {}): JsonObject => ({
    model: 'inner',
    max_tokens: MAX,
    system: SYSTEM,
    messages,
    ...(stream && { stream: true }),
    ...more,
    temperature: TEMPERATURE,
  });
  const definition = {
    name,
    description: DESCRIPTION,
    input_schema: SCHEMA,
    ...(strict !== undefined && { strict }),
  };
  const tools = { tools: [definition], ...(toolChoice && { tool_choice: { type: toolChoice } }) };
  const question = { role: 'user', content: ASKS };
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
  return {
    text: [ask([{ role: 'user', content: SAYS }])],
    tools: [
      ask([question], tools),
      ask(
        [
          question,
          { role: 'assistant', content: [{ type: 'tool_use', id: callId, name, input: { ...args } }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: result }] },
        ],
        tools,
      ),
    ],
    image: [ask([{ role: 'user', content: [{ type: 'text', text: SHOWS }, image] }])],
  };
}

/** Streaming stands in its address; strict tools it has none. */
function gemini({ toolChoice, callId, result }: Asked): Bodies {
  const ask = (contents: JsonObject[], more: JsonObject = {}): JsonObject => ({
    contents,
    systemInstruction: { parts: [{ text: SYSTEM }] },
    generationConfig: { maxOutputTokens: MAX, temperature: TEMPERATURE },
    ...more,
  });
  const declaration = { name, description: DESCRIPTION, parametersJsonSchema: SCHEMA };
  const tools = {
    tools: [{ functionDeclarations: [declaration] }],
    ...(toolChoice && { toolConfig: { functionCallingConfig: { mode: 'AUTO' } } }),
  };
  const question = { role: 'user', parts: [{ text: ASKS }] };
  const call = {
    functionCall: { id: callId, name, args: { ...args } },
    // The client's API has no place for the real one.
    thoughtSignature: 'skip_thought_signature_validator',
  };
  const response = { functionResponse: { id: callId, name, response: { output: result } } };
  const image = { inlineData: { mimeType: 'image/png', data: PNG } };
  return {
    text: [ask([{ role: 'user', parts: [{ text: SAYS }] }])],
    tools: [
      ask([question], tools),
      ask([question, { role: 'model', parts: [call] }, { role: 'user', parts: [response] }], tools),
    ],
    image: [ask([{ role: 'user', parts: [{ text: SHOWS }, image] }])],
  };
}

export const BODIES: Readonly<Record<string, (asked: Asked) => Bodies>> = { openai, anthropic, gemini };
