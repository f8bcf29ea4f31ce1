import { isUtf8 } from 'node:buffer';
import type { Json, JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';

/**
 * JSON bodies, read strictly (RFC 8259): valid UTF-8, no byte order mark, an object at the top. Of a key that is
 * there twice the last one counts; since the gateway always writes anew what it read, the next server cannot see
 * another one than the guards saw.
 */

export interface JsonLimits {
  /** Objects and arrays inside each other, the top-level object included. */
  readonly maxDepth: number;
}

/** `JSON.rawJSON` and the reviver's `source` (ECMAScript 2026), which TypeScript's library does not declare yet. */
interface SourceText {
  parse(text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json): Json;
  rawJSON(source: string): JsonObject;
}
const sourceText = JSON as unknown as SourceText;

/** Throws `body_unreadable`, `body_not_json` or `body_too_deep`. */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): JsonObject {
  return parseJsonText(decodeUtf8(bytes), limits);
}

/** The same for text that is decoded already. */
export function parseJsonText(text: string, limits: JsonLimits): JsonObject {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('body_not_json', { hint: 'The top level must be an object.' });
  }
  return survey(value, limits.maxDepth) ? (parseLossless(text) as JsonObject) : value;
}

/** Any JSON text written by the gateway itself: no bound on depth, numbers as they stand. */
export function parseLossless(text: string): Json {
  return sourceText.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLossy(value) ? sourceText.rawJSON(source) : value,
  );
}

function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Refusal('body_unreadable');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Refusal('body_unreadable', { hint: 'It starts with a byte order mark.' });
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // No cause: V8 quotes the text in its message.
    throw new Refusal('body_not_json');
  }
}

const isLossy = (value: number): boolean => Math.abs(value) > Number.MAX_SAFE_INTEGER;

/** Walks the tree level by level, so without recursion. True where a number does not survive as a double. */
function survey(root: JsonObject, maxDepth: number): boolean {
  let lossy = false;
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxDepth) throw new Refusal('body_too_deep', { hint: `At most ${maxDepth} levels.` });
    const below: object[] = [];
    for (const node of level) {
      for (const child of Array.isArray(node) ? (node as Json[]) : Object.values(node as JsonObject)) {
        if (typeof child === 'object') {
          if (child !== null) below.push(child);
        } else if (typeof child === 'number' && isLossy(child)) {
          if (!Number.isFinite(child))
            throw new Refusal('body_not_json', { hint: 'A number is out of range.' });
          lossy = true;
        }
      }
    }
    level = below;
  }
  return lossy;
}
