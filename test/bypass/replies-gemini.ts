import { generated } from '../harness/upstream.ts';
import type { ReplyPlace } from './matrix.ts';

const frame = (body: object) => `data: ${JSON.stringify(body)}\r\n\r\n`;
const open = { finishReason: undefined };
const end = frame(generated([{ text: '' }]));
/** Chunks with one part for each piece, and the end. */
const streamed = (part: (piece: string) => object) => (pieces: readonly string[]) => [
  ...pieces.map((piece) => frame(generated([part(piece)], open))),
  end,
];
/** One chunk in which the piece stands, and the end. */
const once = (body: (piece: string) => object) => (pieces: readonly string[]) => [
  frame(body(pieces.join(''))),
  end,
];
const call = (more: object) => ({ functionCall: { name: 'f', args: {}, ...more } });

const FIELDS = 'Gemini API reference: fields of answers that carry text';
const SKIPPED = 'BerriAI/litellm#35257: skipped on /v1/messages streams and logged as a success';
const STRANGE = 'OWASP LLM Top 10 2026, LLM05: fields that a gateway passes on without knowing them';

/** A place in the part, and one beside it in the candidate or the answer. */
const inPart = (id: string, part: (text: string) => object): ReplyPlace => ({
  id,
  origin: FIELDS,
  plain: (t) => generated([part(t)]),
  stream: streamed(part),
  whole: true,
});
const inCandidate = (id: string, origin: string, more: (text: string) => object): ReplyPlace => ({
  id,
  origin,
  plain: (t) => generated([{ text: 'a' }], more(t)),
  stream: once((t) => generated([{ text: 'a' }], { ...open, ...more(t) })),
  whole: true,
});
const inAnswer = (id: string, origin: string, more: (text: string) => object): ReplyPlace => ({
  id,
  origin,
  plain: (t) => ({ ...generated([{ text: 'a' }]), ...more(t) }),
  stream: once((t) => ({ ...generated([{ text: 'a' }], open), ...more(t) })),
  whole: true,
});

/** Every place in an answer of generateContent where text can stand. */
export const geminiReplies: readonly ReplyPlace[] = [
  {
    id: 'text',
    origin: SKIPPED,
    plain: (t) => generated([{ text: t }]),
    stream: streamed((text) => ({ text })),
  },
  {
    id: 'adjacent parts',
    origin: SKIPPED,
    plain: (t) => generated([...t].map((text) => ({ text }))),
    stream: (pieces) => [
      frame(
        generated(
          pieces.map((text) => ({ text })),
          open,
        ),
      ),
      end,
    ],
  },
  {
    id: 'text with the end',
    origin: SKIPPED,
    stream: (pieces) => {
      const last = pieces.length - 1;
      return pieces.map((text, at) => frame(generated([{ text }], at === last ? {} : open)));
    },
  },
  {
    id: 'text around a call',
    origin: SKIPPED,
    stream: (pieces) => [...pieces.map((text) => frame(generated([{ text }, call({})], open))), end],
  },
  {
    id: 'thought',
    origin: FIELDS,
    plain: (t) => generated([{ text: t, thought: true }]),
    stream: streamed((text) => ({ text, thought: true })),
  },
  {
    id: 'second candidate',
    origin: SKIPPED,
    stream: (pieces) => [
      ...pieces.map((text) => frame(generated([{ text }], { ...open, index: 1 }))),
      frame(generated([{ text: '' }], { index: 1 })),
    ],
  },
  inPart('call arguments', (t) => call({ args: { a: [t] } })),
  inPart('call arguments, key', (t) => call({ args: { [t]: 1 } })),
  inPart('call name', (t) => call({ name: t })),
  inPart('call id', (t) => call({ id: t })),
  inPart('picture name', (t) => ({
    inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=', displayName: t },
  })),
  {
    ...inPart('thought signature', (t) => ({ text: 'a', thoughtSignature: t })),
    good: 'EqQBCkYIBhgCKkAx',
  },
  {
    id: 'code',
    origin: FIELDS,
    plain: (t) => generated([{ executableCode: { code: t } }]),
    stream: streamed((code) => ({ executableCode: { code } })),
  },
  {
    id: 'output of code',
    origin: FIELDS,
    plain: (t) => generated([{ codeExecutionResult: { output: t } }]),
    stream: streamed((output) => ({ codeExecutionResult: { output } })),
  },
  {
    id: 'unknown field of a part',
    origin: STRANGE,
    plain: (t) => generated([{ text: 'a', x: t }]),
    stream: streamed((x) => ({ text: 'a', x })),
  },
  inCandidate('finish message', FIELDS, (t) => ({ finishMessage: t })),
  inCandidate('citations', FIELDS, (t) => ({ citationMetadata: { citationSources: [{ uri: t }] } })),
  inCandidate('grounding', FIELDS, (t) => ({ groundingMetadata: { webSearchQueries: [t] } })),
  inCandidate('safety category', FIELDS, (t) => ({ safetyRatings: [{ category: t, probability: 'LOW' }] })),
  inCandidate('unknown field of a candidate', STRANGE, (t) => ({ x: { y: t } })),
  inAnswer('model', FIELDS, (t) => ({ modelVersion: t })),
  inAnswer('id', FIELDS, (t) => ({ responseId: t })),
  inAnswer('time', FIELDS, (t) => ({ createTime: t })),
  inAnswer('block message', FIELDS, (t) => ({ promptFeedback: { blockReasonMessage: t } })),
  inAnswer('usage', FIELDS, (t) => ({
    usageMetadata: { promptTokensDetails: [{ modality: t, tokenCount: 1 }] },
  })),
  inAnswer('usage, unknown field', STRANGE, (t) => ({ usageMetadata: { promptTokenCount: 1, x: t } })),
  inAnswer('unknown field', STRANGE, (t) => ({ x: { y: t } })),
  {
    id: 'finish reason',
    origin: FIELDS,
    plain: (t) => generated([{ text: 'a' }], { finishReason: t }),
  },
];
