import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../base/json.ts';
import { invalid, requireText, wholeNumber } from './reading.ts';
import { countTokens } from './reply.ts';

const DIMENSIONS = 32;
const MAX_DIMENSIONS = 4096;
const MAX_INPUTS = 2048;

/** Answers `POST /v1/embeddings`. */
export function embed(body: JsonObject): JsonObject {
  const inputs = readInputs(body.input);
  const dimensions = wholeNumber(body, 'dimensions', MAX_DIMENSIONS) ?? DIMENSIONS;
  const write = body.encoding_format === 'base64' ? toBase64 : (vector: number[]) => vector;
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  return {
    object: 'list',
    data: inputs.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: write(vectorOf(input, dimensions)),
    })),
    model: requireText(body, 'model'),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** A text, a list of texts, a list of token numbers, or a list of such lists. Token numbers count as words. */
function readInputs(input: Json | undefined): string[] {
  const isTokens = (value: Json | undefined): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));
  const single = typeof input === 'string' || isTokens(input);
  const list = single ? [input] : Array.isArray(input) ? input : [];
  const read = list.flatMap((one) =>
    typeof one === 'string' ? [one] : isTokens(one) ? [one.join(' ')] : [],
  );
  if (read.length === 0 || read.length < list.length || read.length > MAX_INPUTS || read.includes('')) {
    throw invalid('input', `input must be a text, token numbers, or a list of 1 to ${MAX_INPUTS} of them.`);
  }
  return read;
}

/**
 * A unit vector that is the sum of one pseudo-random vector for each word: texts that share words lie close together,
 * which is all that a first try of a search needs.
 */
export function vectorOf(text: string, dimensions: number): number[] {
  const sum = new Float64Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const bytes = createHash('shake256', { outputLength: 2 * dimensions })
      .update(word)
      .digest();
    for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + bytes.readInt16LE(2 * i);
  }
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (value) => Math.fround(value / length));
}

/** 32-bit floats, little-endian: what the official clients ask for and unpack. */
const toBase64 = (vector: number[]): string => {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
};
