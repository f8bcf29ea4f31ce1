import { isObject, isRawNumber, type Json, type JsonObject } from '../base/json.ts';
import type { Provenance } from '../exchange/part.ts';
import { Names } from './names.ts';
import { type Holder, type Reading, readTree } from './reading.ts';
import { asTree, type Unknown } from './unknown.ts';

/**
 * A shape says at once what a value must look like and which of it is text, so that no text can be missed: a field
 * with a name in the shape is what the shape says or the body is refused, and a field without one is kept and its
 * text, name included, is found as one slot. `null` is the same as absent, unless the field is required.
 *
 * Shapes are closures, put together once when the program starts.
 */
export type Shape = (
  value: Json,
  holder: Holder,
  key: string | number,
  path: string,
  reading: Reading,
) => void;

/** Reads a whole body: its texts and opaque content go into `reading`. Throws a Refusal where it does not fit. */
export function readBody(shape: Shape, body: JsonObject, reading: Reading): void {
  shape(body, { body }, 'body', '', reading);
}

/** What fields an object may have. */
export type Fields = Readonly<Record<string, Shape | Required>>;

interface Required {
  readonly required: Shape;
}

export const required = (shape: Shape): Required => ({ required: shape });

interface TextOptions {
  /** Signed, or a name that something else depends on: a mask becomes a block. */
  readonly fixed?: boolean;
  /** One of several texts, or of several thoughts, that are read as one; see {@link parts}. */
  readonly part?: boolean | 'thought';
  /** A piece of a streamed text; its path names the channel. */
  readonly delta?: boolean;
}

const string =
  (format: 'text' | 'json') =>
  (provenance: Provenance, { fixed = false, part = false, delta = false }: TextOptions = {}): Shape =>
  (value, holder, key, path, reading) => {
    if (typeof value !== 'string') return reading.refuse(path, 'It must be a string.');
    const put = (text: string) => {
      holder[key] = text;
    };
    reading.found({ path, provenance, format, text: value, fixed, delta, part, put });
  };

/** A string. */
export const text = string('text');
/** A string that is itself JSON. */
export const jsonText = string('json');
/** An id, a name, a mode: inspected like any text, since nothing keeps a client from writing anything there. */
export const ident: Shape = text('other');

/** A name or an id that something else depends on: a mask would break it, so it becomes a block. */
export const name = (provenance: Provenance): Shape => text(provenance, { fixed: true });

/** The name of a tool. Policies go by it, so the reading keeps a list. */
export const toolName = (use: 'declared' | 'called'): Shape => {
  const fixed = name(use === 'declared' ? 'tool-definition' : 'other');
  return (value, holder, key, path, reading) => {
    fixed(value, holder, key, path, reading);
    if (value !== '') reading.tools[use].push(value as string);
  };
};

/** Any JSON; its text, keys and numbers included, is one slot. */
export const tree =
  (provenance: Provenance): Shape =>
  (value, holder, key, path, reading) => {
    if (saysNothing(value)) return;
    const put = (text: string) => {
      holder[key] = readTree(text);
    };
    reading.found({ path, provenance, format: 'json', text: JSON.stringify(value), put });
  };

const saysNothing = (value: Json): boolean =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).length === 0
    : value === null || typeof value === 'boolean' || value === '';

/** Mostly one of these words, which say nothing of the client's; anything else is inspected as text. */
export function usually(...words: readonly string[]): Shape {
  const known = new Set<unknown>(words);
  return (value, holder, key, path, reading) => {
    if (!known.has(value)) ident(value, holder, key, path, reading);
  };
}

/** A measurement, of which nothing but its size is of interest. */
export const measure: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'number' && !isRawNumber(value)) reading.refuse(path, 'It must be a number.');
};

/** A number; one as long as a card's or a phone's is read as text besides. */
export const number: Shape = (value, holder, key, path, reading) => {
  measure(value, holder, key, path, reading);
  const text = JSON.stringify(value);
  if (text.length < TELLING) return;
  const put = () => reading.refuse(path, 'It cannot be changed.');
  reading.found({ path, provenance: 'other', format: 'json', text, fixed: true, put });
};
/** Characters with which a number can say more than how much. */
const TELLING = 12;

/** A whole number in a range that a double holds exactly. */
export const integer =
  (min: number, max: number): Shape =>
  (value, holder, key, path, reading) => {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
      reading.refuse(path, `It must be a whole number from ${min} to ${max}.`);
    }
    if ((value as number) > 0xffff) number(value, holder, key, path, reading);
  };

/** A count with no limit of its own, such as tokens. */
export const count = integer(0, Number.MAX_SAFE_INTEGER);

export const bool: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'boolean') reading.refuse(path, 'It must be true or false.');
};

/** For required fields, which may still be null. */
export const nullable =
  (shape: Shape): Shape =>
  (value, holder, key, path, reading) => {
    if (value !== null) shape(value, holder, key, path, reading);
  };

/** Never passed on. */
export const refused =
  (hint: string): Shape =>
  (_value, _holder, _key, path, reading) =>
    reading.unsupported(path, hint);

/** Passed on with this value only. */
export const only =
  (allowed: Json, hint: string): Shape =>
  (value, _holder, _key, path, reading) => {
    if (value !== allowed) reading.unsupported(path, hint);
  };

/**
 * An object. A name that is not known here but that another reader could take for one that is ({@link Names}) is
 * refused: what one inspects the other would not use.
 */
export function object(fields: Fields, unknown: Unknown = asTree): Shape {
  const names = new Names(Object.keys(fields));
  const known = new Map<string, Shape>();
  const needed: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    known.set(name, typeof field === 'function' ? field : field.required);
    if (typeof field !== 'function') needed.push(name);
  }
  return (value, _holder, _key, path, reading) => {
    const found = asObject(value, path, reading);
    for (const name of needed) {
      if (!Object.hasOwn(found, name)) reading.refuse(`${path}/${name}`, 'It is required.');
      else if (found[name] === null)
        (known.get(name) as Shape)(null, found, name, `${path}/${name}`, reading);
    }
    const strange: string[] = [];
    for (const name of Object.keys(found)) {
      const shape = known.get(name);
      if (shape === undefined) {
        const twin = names.of(name);
        if (twin !== undefined)
          reading.refuse(`${path}/${twin}`, 'Its name is spelled in a way that is not known.');
        strange.push(name);
      } else {
        const field = found[name] as Json;
        if (field !== null) shape(field, found, name, `${path}/${name}`, reading);
      }
    }
    if (strange.length > 0) unknown(found, strange, path, reading, names);
  };
}

function asObject(value: Json, path: string, reading: Reading): JsonObject {
  return isObject(value) ? value : reading.refuse(path, 'It must be an object.');
}

/** An array of values of one shape. */
export const array =
  (shape: Shape): Shape =>
  (value, _holder, _key, path, reading) => {
    const items = asArray(value, path, reading);
    reading.elements(items.length, path);
    for (let i = 0; i < items.length; i++)
      shape(items[i] as Json, items as unknown as Holder, i, `${path}/${i}`, reading);
  };

/** An array whose elements say themselves which place they have; paths, and so channels, go by that. */
export const keyed =
  (field: string, shape: Shape, max: number): Shape =>
  (value, _holder, _key, path, reading) => {
    const items = asArray(value, path, reading);
    for (let i = 0; i < items.length; i++) {
      const item = asObject(items[i] as Json, `${path}/${i}`, reading);
      const at = item[field];
      if (!Number.isInteger(at) || (at as number) < 0 || (at as number) >= max) {
        reading.refuse(`${path}/${i}/${field}`, `It must be a whole number below ${max}.`);
      }
      shape(item, items as unknown as Holder, i, `${path}/${at}`, reading);
    }
  };

/** An array of messages. Some servers make one of those that follow each other in one role, so they are read so too. */
export const messagesOf =
  (shape: Shape, absent?: string): Shape =>
  (value, _holder, _key, path, reading) => {
    const items = asArray(value, path, reading);
    reading.elements(items.length, path);
    const holder = items as unknown as Holder;
    const roleOf = (item: Json | undefined) => (isObject(item) ? (item.role ?? absent) : undefined);
    for (let i = 0; i < items.length; ) {
      const first = i;
      const role = roleOf(items[i]);
      let end = i + 1;
      while (end < items.length && role !== undefined && roleOf(items[end]) === role) end++;
      const read = () => {
        for (; i < end; i++) shape(items[i] as Json, holder, i, `${path}/${i}`, reading);
      };
      if (end === first + 1) read();
      else reading.run(`${path}/${first}`, read);
    }
  };

/** An array of parts: the texts marked `part` in it are read as one. */
export const parts = (shape: Shape): Shape => {
  const all = array(shape);
  return (value, holder, key, path, reading) =>
    reading.together(path, () => all(value, holder, key, path, reading));
};

function asArray(value: Json, path: string, reading: Reading): Json[] {
  return Array.isArray(value) ? value : reading.refuse(path, 'It must be an array.');
}

/** An object whose field `tag` says which of several shapes it has. A tag that is not listed is not passed on. */
export function variant(
  tag: string,
  variants: Readonly<Record<string, Fields>>,
  options: { readonly absent?: string; readonly unknown?: Unknown } = {},
): Shape {
  const shapes = new Map<unknown, Shape>();
  for (const [name, fields] of Object.entries(variants)) {
    shapes.set(name, object({ ...fields, [tag]: checked }, options.unknown));
  }
  const names = Object.keys(variants).join(', ');
  return (value, holder, key, path, reading) => {
    const shape = shapes.get(asObject(value, path, reading)[tag] ?? options.absent);
    if (shape === undefined) return reading.unsupported(`${path}/${tag}`, `It must be one of: ${names}.`);
    shape(value, holder, key, path, reading);
  };
}

/** A field that the code around the shape has checked, or will read by a shape of its own. */
export const checked: Shape = () => undefined;

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** One shape for each kind of JSON that is allowed here. */
export const either =
  (shapes: Readonly<Partial<Record<Kind, Shape>>>): Shape =>
  (value, holder, key, path, reading) => {
    const kind = Array.isArray(value) ? 'array' : isRawNumber(value) ? 'number' : typeof value;
    const shape = shapes[kind as Kind];
    if (shape === undefined)
      return reading.refuse(path, `It must be one of: ${Object.keys(shapes).join(', ')}.`);
    shape(value, holder, key, path, reading);
  };

/** Letters of base64 and base64url, and line ends (RFC 4648, RFC 2045). */
export const isBase64 = (text: string): boolean => !/[^A-Za-z0-9+/_=\r\n-]/.test(text);

/** Bytes that no guard can read, as base64. `media` is a kind, or is found beside it in the holder. */
export const opaque =
  (media: string | ((holder: Holder) => string)): Shape =>
  (value, holder, _key, path, reading) => {
    if (typeof value !== 'string' || !isBase64(value)) return reading.refuse(path, 'It must be base64.');
    if (value !== '') reading.opaque.push({ path, media: typeof media === 'string' ? media : media(holder) });
  };

/** Base64 or base64url (RFC 4648) and nothing else, so not free text; whole, or a piece of a longer one. */
export const base64: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
    reading.refuse(path, 'It must be base64.');
};

/** Base64 that has to stay as it is. A token can be base64 by its letters, so it is read as text besides. */
export const signature = ({ delta = false }: Pick<TextOptions, 'delta'> = {}): Shape => {
  const letters = text('other', { fixed: true, delta });
  return (value, holder, key, path, reading) => {
    base64(value, holder, key, path, reading);
    letters(value, holder, key, path, reading);
  };
};
