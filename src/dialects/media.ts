import type { Json } from '../base/json.ts';
import type { OPAQUE_KINDS } from '../exchange/part.ts';
import type { Reading } from './reading.ts';
import { ident, isBase64, opaque, type Shape } from './shape.ts';

type OpaqueKind = (typeof OPAQUE_KINDS)[number];
const kind = (name: OpaqueKind): string => name;

/** The media type as it is declared, in lower case and without parameters; `unknown` where it is none. */
export function mediaType(declared: Json | undefined): string {
  if (typeof declared !== 'string') return kind('unknown');
  const type = declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z]{1,32}\/[a-z0-9.+-]{1,64}$/.test(type) ? type : kind('unknown');
}

/** The media type of a sound whose format stands in a word (`mp3`). */
export const soundType = (format: Json | undefined): string =>
  typeof format === 'string' ? mediaType(`audio/${format}`) : kind('unknown');

/** A `data:` address (RFC 2397) of one media type, in base64: its parameters and other encodings could be text. */
function readData(url: string, path: string, reading: Reading): void {
  const head = /^data:([a-z]{1,32}\/[a-z0-9.+-]{1,64});base64,/i.exec(url);
  if (head === null || !isBase64(url.slice(head[0].length)))
    reading.refuse(path, 'A data URL must have a media type and be in base64.');
  reading.opaque.push({ path, media: mediaType(head[1]) });
}

/** A file's bytes: a `data:` address, or base64 alone. */
export const fileData: Shape = (value, holder, key, path, reading) => {
  if (typeof value === 'string' && /^data:/i.test(value)) readData(value, path, reading);
  else bytes(value, holder, key, path, reading);
};
const bytes = opaque(kind('unknown'));

/** A picture, sound or document: its bytes in a `data:` address, or an address where the upstream would fetch it. */
export const mediaUrl: Shape = (value, holder, key, path, reading) => {
  if (typeof value !== 'string') return reading.refuse(path, 'It must be a string.');
  if (/^data:/i.test(value)) {
    readData(value, path, reading);
    return;
  }
  // Other schemes reach for files of the machine that the model runs on.
  if (!/^https?:\/\//i.test(value)) return reading.refuse(path, 'It must be an http, https or data URL.');
  reading.opaque.push({ path, media: kind('remote-url') });
  ident(value, holder, key, path, reading);
};

/** A file that the upstream keeps. The id is text as well. */
export const fileId: Shape = (value, holder, key, path, reading) => {
  ident(value, holder, key, path, reading);
  if (value !== '') reading.opaque.push({ path, media: kind('file-id') });
};

/** Numbers that stand for tokens: one list, or a list of lists. */
export const isTokens = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => isNumbers(item) || typeof item === 'number');
const isNumbers = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

export const tokens: Shape = (value, _holder, _key, path, reading) => {
  if (!isTokens(value)) return reading.refuse(path, 'It must be token numbers.');
  reading.opaque.push({ path, media: kind('tokens'), tokens: (value as Json[]).flat().length });
};

/** Something that the upstream keeps, named by its id. The id is text as well. */
const keptThere = (media: OpaqueKind, hint: string): Shape => {
  const opaque = { media, hint };
  return (value, holder, key, path, reading) => {
    ident(value, holder, key, path, reading);
    reading.opaque.push({ path, ...opaque });
  };
};

/** Something said before. */
export const serverHistory = (hint: string): Shape => keptThere('server-history', hint);
/** The beginning of a prompt, under a name that any caller can write. */
export const cachedContent = (hint: string): Shape => keptThere('cached-content', hint);

export const encryptedReasoning: Shape = opaque(kind('encrypted-reasoning'));
