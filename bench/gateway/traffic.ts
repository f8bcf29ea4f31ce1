/** The words of which prompts and replies are made: English, harmless to every guard, and never the same sentence twice. */
const WORDS = (
  'the river keeps its own time and nobody in town could say when the old bridge was built or why it leans toward ' +
  'morning light a careful reader finds three small reasons in every long report before the summary begins to help ' +
  'our team compared yearly figures with those from last spring and found that sales grew in cities but fell along ' +
  'quiet coastal roads where fewer people travel after summer please explain how these numbers relate to weather ' +
  'describe each step in plain language give two examples and mention what remains uncertain about this conclusion'
).split(' ');

/** Ends every reply of the mock: a reply without it was cut or changed. */
export const LAST_WORD = 'curtain';

/** Variants of each prompt, so that nobody answers from a cache. */
const VARIANTS = 8;

/** Small deterministic generator (mulberry32): every run and every target gets the same text. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sentences of exactly `length` characters. */
export function prose(length: number, seed: number): string {
  const random = generator(seed);
  let text = '';
  while (text.length < length) {
    const words = Array.from(
      { length: 6 + Math.floor(random() * 12) },
      () => WORDS[Math.floor(random() * WORDS.length)] ?? '',
    );
    const sentence = words.join(' ');
    text += `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. `;
  }
  return `${text.slice(0, length - 1)}.`;
}

/** Words with their leading space, as a model gives them out. */
export function tokens(count: number, seed: number): string[] {
  const random = generator(seed);
  return Array.from({ length: count }, (_, index) => {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
    return index === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : ` ${word}`;
  });
}

/** What the mock does is named by the model that the request asks for. */
export const MODELS = { instant: 'bench-instant', paced: 'bench-paced', slow: 'bench-slow' } as const;
export type Pace = keyof typeof MODELS;

/** Characters of text in one message of a long conversation. */
const TURN_CHARS = 4096;

/** Bodies of chat requests with `promptChars` of text: short ones in one message, long ones as a conversation. */
export function requestBodies(pace: Pace, stream: boolean, promptChars: number): string[] {
  return Array.from({ length: VARIANTS }, (_, variant) => {
    const turns = Math.max(1, Math.round(promptChars / TURN_CHARS)) | 1; // odd: the user has the last word
    const messages = Array.from({ length: turns }, (_, turn) => ({
      role: turn % 2 === 0 ? 'user' : 'assistant',
      content: prose(Math.floor(promptChars / turns), 1000 * variant + turn),
    }));
    return JSON.stringify({
      model: MODELS[pace],
      stream,
      max_tokens: 256,
      temperature: 0.2,
      messages: [{ role: 'system', content: 'You answer briefly.' }, ...messages],
    });
  });
}

/** A whole request, ready to be written to a connection. */
export function requestBytes(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    accept: '*/*',
    'user-agent': 'gatehouse-bench',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
