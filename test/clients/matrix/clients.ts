import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { type Content, GoogleGenAI } from '@google/genai';
import { generateText, isStepCount, jsonSchema, type LanguageModel, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { ASKS, DESCRIPTION, MAX, PNG, RESULT, SAYS, SCHEMA, SHOWS, SYSTEM, TEMPERATURE } from './scene.ts';

/** What a client has made of an answer. */
export interface Heard {
  readonly text: string;
  /** Tokens, as the client understands them. */
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** Arguments of the tool that it ran, if it did. */
  readonly called?: unknown;
}

export interface Talk {
  readonly model: string;
  readonly stream: boolean;
}

/** A client library, used the way its own documentation does. */
export interface Client {
  readonly name: string;
  /** The endpoint that it asks. */
  readonly operation: string;
  /** What it says of its tools beside what the others say. */
  readonly strict?: boolean;
  readonly toolChoice?: 'auto';
  /** How it says a tool's result, where it wraps it. */
  readonly result?: string;
  text(talk: Talk): Promise<Heard>;
  /** Asks, runs the tool that the model calls, and asks again with its result. */
  tools(talk: Talk): Promise<Heard>;
  image(talk: Talk): Promise<Heard>;
}

function openaiChat(url: string, key: string): Client {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  type Messages = OpenAI.ChatCompletionMessageParam[];
  const ask = async ({ model, stream }: Talk, messages: Messages, tools?: OpenAI.ChatCompletionTool[]) => {
    const body = {
      model,
      messages: [{ role: 'system' as const, content: SYSTEM }, ...messages],
      max_completion_tokens: MAX,
      temperature: TEMPERATURE,
      ...(tools && { tools }),
    };
    const completion = stream
      ? await client.chat.completions
          .stream({ ...body, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : await client.chat.completions.create(body);
    const said = completion.choices[0]?.message;
    if (said === undefined) throw new Error('no choice');
    const { prompt_tokens: input, completion_tokens: output } = completion.usage ?? {};
    return { said, heard: { text: said.content ?? '', input, output } };
  };
  return {
    name: 'openai chat',
    operation: 'openai.chat',
    text: async (talk) => (await ask(talk, [{ role: 'user', content: SAYS }])).heard,
    async tools(talk) {
      const weather = { name: 'get_weather', description: DESCRIPTION, parameters: SCHEMA };
      const messages: Messages = [{ role: 'user', content: ASKS }];
      const tools = [{ type: 'function' as const, function: weather }];
      const { said } = await ask(talk, messages, tools);
      const [call] = said.tool_calls ?? [];
      if (call?.type !== 'function') throw new Error('no call');
      const { role, content, tool_calls } = said;
      messages.push(
        { role, content, ...(tool_calls && { tool_calls: [...tool_calls] }) },
        { role: 'tool', tool_call_id: call.id, content: RESULT },
      );
      return { ...(await ask(talk, messages, tools)).heard, called: JSON.parse(call.function.arguments) };
    },
    image: async (talk) => {
      const url = `data:image/png;base64,${PNG}`;
      const content = [
        { type: 'text' as const, text: SHOWS },
        { type: 'image_url' as const, image_url: { url } },
      ];
      return (await ask(talk, [{ role: 'user', content }])).heard;
    },
  };
}

function openaiResponses(url: string, key: string): Client {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  type Input = OpenAI.Responses.ResponseInput;
  const ask = async ({ model, stream }: Talk, input: Input, tools?: OpenAI.Responses.Tool[]) => {
    const body = {
      model,
      instructions: SYSTEM,
      input,
      max_output_tokens: MAX,
      temperature: TEMPERATURE,
      store: false,
      ...(tools && { tools }),
    };
    const response = stream
      ? await client.responses.stream(body).finalResponse()
      : await client.responses.create(body);
    const { input_tokens, output_tokens } = response.usage ?? {};
    return { response, heard: { text: response.output_text, input: input_tokens, output: output_tokens } };
  };
  return {
    name: 'openai responses',
    operation: 'openai.responses',
    strict: true,
    text: async (talk) => (await ask(talk, [{ role: 'user', content: SAYS }])).heard,
    async tools(talk) {
      const weather = { name: 'get_weather', description: DESCRIPTION, parameters: SCHEMA, strict: true };
      const input: Input = [{ role: 'user', content: ASKS }];
      const tools = [{ type: 'function' as const, ...weather }];
      const { response } = await ask(talk, input, tools);
      const call = response.output.find((item) => item.type === 'function_call');
      if (call?.type !== 'function_call') throw new Error('no call');
      const { type, call_id, name, arguments: args } = call;
      input.push(
        { type, call_id, name, arguments: args },
        { type: 'function_call_output', call_id, output: RESULT },
      );
      return { ...(await ask(talk, input, tools)).heard, called: JSON.parse(args) };
    },
    image: async (talk) => {
      const content = [
        { type: 'input_text' as const, text: SHOWS },
        { type: 'input_image' as const, detail: 'auto' as const, image_url: `data:image/png;base64,${PNG}` },
      ];
      return (await ask(talk, [{ role: 'user', content }])).heard;
    },
  };
}

function anthropic(url: string, key: string): Client {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  const ask = async (
    { model, stream }: Talk,
    messages: Anthropic.MessageParam[],
    tools?: Anthropic.Tool[],
  ) => {
    const body = {
      model,
      system: SYSTEM,
      messages,
      max_tokens: MAX,
      temperature: TEMPERATURE,
      ...(tools && { tools }),
    };
    const message = stream
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body);
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    const { input_tokens: input, output_tokens: output } = message.usage;
    return { message, heard: { text, input, output } };
  };
  return {
    name: 'anthropic',
    operation: 'anthropic.messages',
    text: async (talk) => (await ask(talk, [{ role: 'user', content: SAYS }])).heard,
    async tools(talk) {
      const messages: Anthropic.MessageParam[] = [{ role: 'user', content: ASKS }];
      const tools = [{ name: 'get_weather', description: DESCRIPTION, input_schema: SCHEMA }];
      const { message } = await ask(talk, messages, tools);
      const call = message.content.find((block) => block.type === 'tool_use');
      if (call === undefined) throw new Error('no call');
      messages.push(
        { role: 'assistant', content: message.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: RESULT }] },
      );
      return { ...(await ask(talk, messages, tools)).heard, called: call.input };
    },
    image: async (talk) => {
      const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PNG };
      const content = [
        { type: 'text' as const, text: SHOWS },
        { type: 'image' as const, source },
      ];
      return (await ask(talk, [{ role: 'user', content }])).heard;
    },
  };
}

function gemini(url: string, key: string): Client {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const ask = async ({ model, stream }: Talk, contents: Content[], tools = false) => {
    const weather = { name: 'get_weather', description: DESCRIPTION, parametersJsonSchema: SCHEMA };
    const config = {
      systemInstruction: SYSTEM,
      maxOutputTokens: MAX,
      temperature: TEMPERATURE,
      ...(tools && { tools: [{ functionDeclarations: [weather] }] }),
    };
    const request = { model, contents, config };
    const parts = [];
    let usage: { promptTokenCount?: number; candidatesTokenCount?: number } | undefined;
    const answers = stream
      ? await client.models.generateContentStream(request)
      : [await client.models.generateContent(request)];
    for await (const answer of answers) {
      parts.push(...(answer.candidates?.[0]?.content?.parts ?? []));
      usage = answer.usageMetadata ?? usage;
    }
    const text = parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join('');
    return { parts, heard: { text, input: usage?.promptTokenCount, output: usage?.candidatesTokenCount } };
  };
  return {
    name: 'google',
    operation: 'gemini.generate',
    text: async (talk) => (await ask(talk, [{ role: 'user', parts: [{ text: SAYS }] }])).heard,
    async tools(talk) {
      const contents: Content[] = [{ role: 'user', parts: [{ text: ASKS }] }];
      const { parts } = await ask(talk, contents, true);
      const call = parts.find((part) => part.functionCall !== undefined)?.functionCall;
      if (call === undefined) throw new Error('no call');
      const { id, name } = call;
      contents.push(
        { role: 'model', parts },
        {
          role: 'user',
          parts: [
            { functionResponse: { ...(id && { id }), name: name ?? '', response: { output: RESULT } } },
          ],
        },
      );
      return { ...(await ask(talk, contents, true)).heard, called: call.args };
    },
    image: async (talk) => {
      const parts = [{ text: SHOWS }, { inlineData: { mimeType: 'image/png', data: PNG } }];
      return (await ask(talk, [{ role: 'user', parts }])).heard;
    },
  };
}

/** The AI SDK over one of its providers; it runs the tools itself. */
function aiSdk(provider: string, operation: string, modelOf: (name: string) => LanguageModel): Client {
  type Content = Parameters<typeof generateText>[0]['messages'];
  const ask = async (
    { model, stream }: Talk,
    messages: NonNullable<Content>,
    weather = false,
  ): Promise<Heard> => {
    let called: unknown;
    const get_weather = tool({
      description: DESCRIPTION,
      inputSchema: jsonSchema<{ city: string }>(SCHEMA),
      execute: async (input) => {
        called = input;
        return RESULT;
      },
    });
    const options = {
      model: modelOf(model),
      system: SYSTEM,
      messages,
      maxOutputTokens: MAX,
      temperature: TEMPERATURE,
      maxRetries: 0,
      // Without it the SDK names what it believes the server has kept.
      providerOptions: { openai: { store: false } },
      ...(weather && { tools: { get_weather }, stopWhen: isStepCount(3) }),
    };
    let failure: unknown;
    const result = stream
      ? streamText({
          ...options,
          onError: ({ error }) => {
            failure = error;
          },
        })
      : await generateText(options);
    try {
      const [text, steps] = [await result.text, await result.steps];
      const { usage } = steps.at(-1) ?? {};
      return { text, input: usage?.inputTokens, output: usage?.outputTokens, called };
    } catch (error) {
      throw failure ?? error;
    }
  };
  return {
    name: `ai, ${provider}`,
    operation,
    toolChoice: 'auto',
    ...(operation === 'openai.responses' && { strict: false }),
    ...(operation === 'gemini.generate' && { result: `{"name":"get_weather","content":"${RESULT}"}` }),
    text: (talk) => ask(talk, [{ role: 'user', content: SAYS }]),
    tools: (talk) => ask(talk, [{ role: 'user', content: ASKS }], true),
    image: (talk) => {
      const content = [
        { type: 'text' as const, text: SHOWS },
        { type: 'file' as const, data: PNG, mediaType: 'image/png' },
      ];
      return ask(talk, [{ role: 'user', content }]);
    },
  };
}

export function clientsOf(url: string, key: string): readonly Client[] {
  const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
  const claude = createAnthropic({ baseURL: `${url}/v1`, apiKey: key });
  const google = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key });
  return [
    openaiChat(url, key),
    openaiResponses(url, key),
    anthropic(url, key),
    gemini(url, key),
    aiSdk('openai chat', 'openai.chat', (name) => openai.chat(name)),
    aiSdk('openai responses', 'openai.responses', (name) => openai.responses(name)),
    aiSdk('anthropic', 'anthropic.messages', (name) => claude(name)),
    aiSdk('google', 'gemini.generate', (name) => google(name)),
  ];
}
