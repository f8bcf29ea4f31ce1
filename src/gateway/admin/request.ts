import type { JsonObject } from '../../base/json.ts';
import { parseJson } from '../../wire/json.ts';
import { readBody } from '../body.ts';
import type { Passage } from '../passage.ts';

/** A POST may come without a body: without both headers there is none (RFC 9112, section 6.3). */
export async function readJson(passage: Passage, longest: number): Promise<JsonObject> {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = passage.ask.req.headers;
  if (length === '0' && coding === undefined) return {};
  return parseJson(await readBody(passage, longest), { maxDepth: 32 });
}
