import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseJsonText } from '../wire/json.ts';
import type { WireEvent } from '../wire/sse.ts';

/** Deepest nesting of one event; more than any event that the APIs describe. */
const MAX_DEPTH = 64;

/** The data of an event as JSON. Throws `upstream_invalid`. */
export function parseEvent(event: WireEvent): JsonObject {
  try {
    return parseJsonText(event.data, { maxDepth: MAX_DEPTH });
  } catch (cause) {
    throw new Refusal('upstream_invalid', { hint: 'An event of its stream is not a JSON object.', cause });
  }
}
