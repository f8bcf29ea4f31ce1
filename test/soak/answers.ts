import type { Kind } from './texts.ts';

/** What clients speak. */
export const TONGUES = ['chat', 'messages', 'gemini', 'responses'] as const;
export type Tongue = (typeof TONGUES)[number];

export interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MAX_TOKENS = 512;

/** A question in the words of one dialect. */
export function askIn(tongue: Tongue, model: string, text: string, stream: boolean): Asked {
  const content = [{ role: 'user', content: text }];
  switch (tongue) {
    case 'chat':
      return asked('/v1/chat/completions', {
        model,
        messages: content,
        temperature: 0,
        max_tokens: MAX_TOKENS,
        ...(stream && { stream }),
      });
    case 'responses':
      return asked('/v1/responses', {
        model,
        input: text,
        store: false,
        max_output_tokens: MAX_TOKENS,
        ...(stream && { stream }),
      });
    case 'messages':
      return asked(
        '/v1/messages',
        { model, messages: content, max_tokens: MAX_TOKENS, ...(stream && { stream }) },
        { 'anthropic-version': '2023-06-01' },
      );
    case 'gemini':
      return asked(
        `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        {
          contents: [{ role: 'user', parts: [{ text }] }],
          generationConfig: { maxOutputTokens: MAX_TOKENS },
        },
      );
  }
}

const asked = (path: string, body: object, headers: Readonly<Record<string, string>> = {}): Asked => ({
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** What an answer says, and whether it came to the end that an answer has that nobody cut. */
export interface Heard {
  readonly text: string;
  readonly whole: boolean;
}

interface Part {
  readonly text?: string;
}

/** The fields of all dialects that are looked at. */
interface Body {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }[];
  readonly content?: readonly Part[];
  readonly delta?: string | { readonly text?: string; readonly stop_reason?: string };
  readonly stop_reason?: string;
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly output?: readonly { readonly content?: readonly Part[] }[];
  readonly status?: string;
  readonly type?: string;
}

/** Throws where the answer is not what the dialect sends. */
export function hear(tongue: Tongue, stream: boolean, raw: string): Heard {
  const bodies = stream ? eventsOf(raw) : [JSON.parse(raw) as Body];
  const read = bodies.map((body) => READERS[tongue](body));
  return { text: read.map(({ text }) => text).join(''), whole: read.some(({ whole }) => whole) };
}

const eventsOf = (raw: string): Body[] =>
  raw.split(/\r?\n\r?\n/).flatMap((frame) => {
    const data = /^data: ?(.*)$/m.exec(frame)?.[1];
    return data === undefined || data === '[DONE]' ? [] : [JSON.parse(data) as Body];
  });

const textOf = (parts: readonly Part[] = []): string => parts.map(({ text = '' }) => text).join('');

const READERS: Readonly<Record<Tongue, (body: Body) => Heard>> = {
  chat({ choices: [choice] = [] }) {
    const text = choice?.message?.content ?? choice?.delta?.content ?? '';
    return { text, whole: choice?.finish_reason === 'stop' };
  },
  messages({ content, delta, stop_reason }) {
    const { text = '', stop_reason: stop = stop_reason } = typeof delta === 'object' ? delta : {};
    return { text: content === undefined ? text : textOf(content), whole: stop === 'end_turn' };
  },
  gemini({ candidates: [candidate] = [] }) {
    return { text: textOf(candidate?.content?.parts), whole: candidate?.finishReason === 'STOP' };
  },
  responses({ type, delta, output, status }) {
    if (type === 'response.output_text.delta') return { text: String(delta), whole: false };
    if (type !== undefined) return { text: '', whole: type === 'response.completed' };
    return { text: textOf(output?.flatMap(({ content = [] }) => content)), whole: status === 'completed' };
  },
};

/** Streams of these kinds may be left or read slowly: nobody waits for their end. */
export const mayLeave = (kind: Kind): boolean => kind === 'pass' || kind === 'long';
