import { fullName, isSequence, type Named, type Value } from './values.ts';

/** Takes the name of a codec as its second argument. */
const ENCODES =
  /^(?:codecs\.(?:en|de)code|builtins\.(?:str|bytes|bytearray|str\.encode|bytes\.decode|bytearray\.decode))$/;
/** Codecs for text: they only ever write the same letters in other bytes. */
const TEXT =
  /^(?:u8|utf|l\d|latin|iso|ascii|us[-_]|646|cp[-_]?\d|ibm|windows|mac|koi|kz|ptcp|tis|hp|gb|big5|euc|shift|sjis|s_jis|ms[-_]?\d|johab|hz|idna|punycode|mbcs|oem|charmap|unicode[-_]escape|raw[-_]unicode|undefined|chinese|cyrillic|greek|hebrew|arabic|thai|uhc|unicode)/i;

/** Made of their parts they are values; given a text, they take it for the name of a file (tokenizers, bindings/python/src/models.rs). */
const FROM_FILES = /^tokenizers\.models\.(?:BPE|WordPiece|WordLevel|Unigram)$/;
/** Its first argument is a file or the name of one; saved, it has none (dateutil/tz/tz.py, `__reduce_ex__`). */
const FROM_FIRST = 'dateutil.tz.tz.tzfile';

/** Whether its arguments say what a call does. */
export const isToldBy = (name: string): boolean =>
  ENCODES.test(name) || FROM_FILES.test(name) || name === FROM_FIRST;

/** The codec that a call names. */
export function codecOf(callee: Named, args: Value): Value | undefined {
  if (!ENCODES.test(fullName(callee)) || !isSequence(args)) return undefined;
  return callee.self === undefined ? args.items[1] : args.items[0];
}

/** All others pack or unpack, or turn letters round: picklers have no use for them. */
export const isTextCodec = (codec: string): boolean => TEXT.test(codec.trim());

export const readsFile = (
  callee: Named,
  args: Value,
  texts: { text(value: Value | undefined): string | undefined },
): boolean => {
  const name = fullName(callee);
  const items = isSequence(args) ? args.items : [];
  const named = name === FROM_FIRST ? items.slice(0, 1) : FROM_FILES.test(name) ? items : [];
  return named.some((one) => texts.text(one) !== undefined);
};
