import type { Json } from '../base/json.ts';
import type { OPAQUE_KINDS } from '../exchange/part.ts';
import { ident, opaque, type Shape } from './shape.ts';

type OpaqueKind = (typeof OPAQUE_KINDS)[number];
const kind = (name: OpaqueKind): string => name;

/** Longest start of a data URL that is searched for its media type, in UTF-16 code units. */
const HEAD = 128;

/** The media type as it is declared, in lower case and without parameters; `unknown` where it is none. */
export function mediaType(declared: Json | undefined): string {
  if (typeof declared !== 'string') return kind('unknown');
  const type = declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z]{1,32}\/[a-z0-9.+-]{1,64}$/.test(type) ? type : kind('unknown');
}

/** The media type of a `data:` address (RFC 2397); `unknown` for anything else. */
export function dataMedia(url: Json | undefined): string {
  const head = typeof url === 'string' ? /^data:([^,]*),/i.exec(url.slice(0, HEAD)) : null;
  return mediaType(head?.[1]);
}

/** A picture, sound or document: its bytes in a `data:` address, or an address where the upstream would fetch it. */
export const mediaUrl: Shape = (value, holder, key, path, reading) => {
  if (typeof value !== 'string') return reading.refuse(path, 'It must be a string.');
  if (/^data:/i.test(value)) {
    reading.opaque.push({ path, media: dataMedia(value) });
    return;
  }
  // Other schemes reach for files of the machine that the model runs on.
  if (!/^https?:\/\//i.test(value)) return reading.refuse(path, 'It must be an http, https or data URL.');
  reading.opaque.push({ path, media: kind('remote-url') });
  ident(value, holder, key, path, reading);
};

const keptFile = opaque(kind('file-id'));

/** A file that the upstream keeps. The id is text as well. */
export const fileId: Shape = (value, holder, key, path, reading) => {
  keptFile(value, holder, key, path, reading);
  ident(value, holder, key, path, reading);
};

/** Numbers that stand for tokens: one list, or a list of lists. */
export const isTokens = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => isNumbers(item) || typeof item === 'number');
const isNumbers = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

export const tokens: Shape = (value, _holder, _key, path, reading) => {
  if (!isTokens(value)) reading.refuse(path, 'It must be token numbers.');
  reading.opaque.push({ path, media: kind('tokens') });
};

export const encryptedReasoning: Shape = opaque(kind('encrypted-reasoning'));
