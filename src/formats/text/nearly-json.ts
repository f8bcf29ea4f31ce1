import type { Part } from '../format.ts';
import { Bytes } from '../source.ts';

/** It means to be JSON, by its name or by how it begins. */
export const isNearlyJson = (name: string, text: string): boolean =>
  /\.(?:json[5c]?|jsonc|code-workspace|webmanifest)$/i.test(name) && /^\s*(?:[[{]|\/[/*]|#)/.test(text);

/** A string, or what some readers of JSON leave out. What is never closed goes to the end: nothing is looked at twice. */
const COMMENTS =
  /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$(?![\s\S]))|'(?:[^'\\\n]|\\[\s\S])*(?:'|\\?$)|\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*$)|^[^\S\n\r\u2028\u2029]*#[^\n]*/gm;
const PIECES =
  /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$(?![\s\S]))|'(?:[^'\\\n]|\\[\s\S])*(?:'|\\?$)|,(?=\s*[\]}])|([{,]\s*)([A-Za-z_$][\w$]*)(?=\s*:)/gm;
const LONGEST = 1 << 20;

/**
 * What readers less strict than the standard make of a text (editors, JSON5, YAML): comments and last commas are taken
 * out, names and strings get their quotes. Nothing where that is no JSON either.
 */
export function repaired(text: string): string | undefined {
  const bare = text.replace(COMMENTS, (piece) => (/^["']/.test(piece) ? piece : ' '));
  const strict = bare.replace(PIECES, (piece, before?: string, name?: string) => {
    if (name !== undefined) return `${before}"${name}"`;
    if (/^'[\s\S]*'$/.test(piece)) return JSON.stringify(piece.slice(1, -1).replace(/\\'/g, "'"));
    // Controls in a string are taken by readers that are not strict.
    if (piece.startsWith('"')) return piece.replace(/[\u0000-\u001f]/g, ' ');
    return ' ';
  });
  for (const one of [
    strict,
    strict.replace(/\b(?:True|False|None)\b/g, (word) => PYTHON[word] ?? word),
    first(strict),
  ]) {
    if (one === undefined) continue;
    try {
      const value: unknown = JSON.parse(one);
      if (typeof value === 'object') return one;
    } catch {}
  }
  return undefined;
}

const PYTHON: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/** The first object or list, where something follows it: readers that take what comes stop there. */
function first(text: string): string | undefined {
  let depth = 0;
  for (const { 0: piece, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[[\]{}]/g)) {
    if (piece === '{' || piece === '[') depth++;
    else if ((piece === '}' || piece === ']') && --depth === 0) return text.slice(0, index + 1);
  }
  return undefined;
}

/** Reads it as the JSON that it is nearly. False where it is none. */
export async function readNearly(part: Part, name: string, text: string): Promise<boolean> {
  // What is JSON already has been read as such.
  if (part.path.some((step) => step.startsWith(STRICT))) return true;
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {}
  const strict = text.length > LONGEST ? undefined : repaired(text);
  if (strict === undefined) return false;
  const plain = name.slice(name.lastIndexOf('/') + 1);
  await part.inside(`${STRICT}${plain}`, new Bytes(new TextEncoder().encode(strict)));
  return true;
}

const STRICT = 'as JSON/';
