import { isObject, type JsonObject } from '../../base/json.ts';
import type { Holder } from '../reading.ts';
import { checked, keyed, type Shape, usually } from '../shape.ts';
import { asChannels } from '../unknown.ts';
import { MAX_CANDIDATES } from './config.ts';
import { part } from './content.ts';
import { message } from './message.ts';
import { about, envelope } from './reply.ts';

/** Parts of a chunk go on where those of the chunk before stopped, so their paths have no place in them. */
const pieces =
  (shape: Shape): Shape =>
  (value, _holder, _key, path, reading) => {
    if (!Array.isArray(value)) return reading.refuse(path, 'It must be an array.');
    for (const [at, one] of value.entries()) shape(one, value as unknown as Holder, at, path, reading);
  };

const candidate = message(
  {
    ...about,
    index: checked,
    content: message({ role: usually('model'), parts: pieces(part('assistant', true)) }, asChannels),
  },
  asChannels,
);

const byIndex = keyed('index', candidate, MAX_CANDIDATES);

/** Protocol buffers leave a zero out. */
const candidates: Shape = (value, holder, key, path, reading) => {
  if (Array.isArray(value)) for (const one of value) if (isObject(one)) one.index ??= 0;
  byIndex(value, holder, key, path, reading);
};

/** One chunk of a streamed answer; paths go by the `index` of candidates. */
export const chunk = message({ ...envelope, candidates }, asChannels);

export const candidatesOf = (body: JsonObject): readonly JsonObject[] =>
  (body.candidates ?? []) as unknown as readonly JsonObject[];
