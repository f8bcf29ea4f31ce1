import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { define, type Reading } from '../reading.ts';
import { type Fields, object, type Shape } from '../shape.ts';
import { asTree, type Unknown } from '../unknown.ts';

/**
 * Bodies of this API are protocol buffers written as JSON (https://protobuf.dev/programming-guides/json/): each field
 * may be spelled `systemInstruction` or `system_instruction`. Everything here knows the first; {@link message}
 * brings the second into it before anything is read, so that no field goes by unseen under its other name.
 */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** An object whose fields may stand in either spelling; in both at once, or in a third one, they are refused. */
export function message(fields: Fields, unknown: Unknown = asTree): Shape {
  const bySnake = new Map<string, string>();
  for (const name of Object.keys(fields)) if (snake(name) !== name) bySnake.set(snake(name), name);
  const shape = object(fields, unknown);
  return (value, holder, key, path, reading) => {
    if (isObject(value)) respell(value, bySnake, path, reading);
    shape(value, holder, key, path, reading);
  };
}

function respell(
  value: JsonObject,
  bySnake: ReadonlyMap<string, string>,
  path: string,
  reading: Reading,
): void {
  for (const name of Object.keys(value)) {
    const known = bySnake.get(name);
    if (known === undefined) continue;
    if (Object.hasOwn(value, known)) reading.refuse(`${path}/${known}`, 'It is given in both spellings.');
    define(value, known, value[name] as Json);
    delete value[name];
  }
}

/** A repeated field: the API's own examples write a list of one as its only element. */
export const repeated =
  (list: Shape): Shape =>
  (value, holder, key, path, reading) => {
    if (isObject(value)) holder[key] = [value];
    list(holder[key] as Json, holder, key, path, reading);
  };
