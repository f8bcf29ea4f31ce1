import type { Json, JsonObject } from '../base/json.ts';
import { define, type Reading, readTree } from './reading.ts';

/** What happens with the fields of an object that its shape has no name for. */
export type Unknown = (
  object: JsonObject,
  names: readonly string[],
  path: string,
  reading: Reading,
  known: { has(name: string): boolean },
) => void;

/** The path of fields without a name here. Their own names are text, and paths go into the ledger. */
const UNKNOWN = '(unknown)';

/** All of them in one slot, names included. */
export const asTree: Unknown = (object, names, path, reading, known) => {
  const rest: JsonObject = {};
  for (const name of names) define(rest, name, object[name] as Json);
  let present = names;
  const put = (text: string) => {
    for (const name of present) delete object[name];
    const masked = Object.entries(readTree(text) as JsonObject);
    for (const [name, value] of masked) {
      // A mask must not turn a harmless name into one that was checked already (`mo***del`).
      if (known.has(name)) reading.refuse(path, 'A field that is not known here turns into a known one.');
      define(object, name, value);
    }
    present = masked.map(([name]) => name);
  };
  const where = `${path}/${UNKNOWN}`;
  reading.found({ path: where, provenance: 'other', format: 'json', text: JSON.stringify(rest), put });
};

/**
 * In a stream, where a field may be a piece of a longer text: each string is a channel of its own, and the whole is
 * read besides for its names and numbers. Nobody knows how a client puts the pieces together, so masks are blocks.
 */
export const asChannels: Unknown = (object, names, path, reading) => {
  const where = `${path}/${UNKNOWN}`;
  const put = () => reading.refuse(where, 'It cannot be changed.');
  const strange = { provenance: 'other', fixed: true, put } as const;
  const find = (value: Json, name: string): void => {
    if (typeof value === 'string') {
      const channel = reading.channel(name, where);
      reading.found({ path: channel, ...strange, format: 'text', text: value, delta: true });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) find(child, `${name}/${key}`);
    }
  };
  const rest: JsonObject = {};
  for (const name of names) {
    define(rest, name, object[name] as Json);
    find(object[name] as Json, `${path}/${name}`);
  }
  reading.found({ path: where, ...strange, format: 'json', text: JSON.stringify(rest) });
};
