import type { Literals } from './literals.ts';
import { fullName, isSequence, type Made, type Value } from './values.ts';

/** Names put together are not longer than this, nor put together of more. */
const DEEPEST = 12;
const LONGEST = 4096;

/**
 * What a text says, where it stands in the file or is put together of such: `''.join(['o', 's'])`, `b'os'.decode()`,
 * `operator.add('o', 's')`. Undefined where only running it would tell.
 */
export function textOf(value: Value | undefined, literals: Literals, depth = 0): string | undefined {
  if (value === undefined || depth > DEEPEST) return undefined;
  if (typeof value === 'number') return literals.text(value);
  if (value.kind !== 'made' || value.by === undefined) return undefined;
  const text = joined(value, literals, depth + 1);
  return text !== undefined && text.length <= LONGEST ? text : undefined;
}

function joined(value: Made, literals: Literals, depth: number): string | undefined {
  const { by, args } = value;
  if (by === undefined || !isSequence(args) || args.cut) return undefined;
  const read = (one: Value | undefined) => textOf(one, literals, depth);
  // A method that is bound, and one taken from its class and handed what it is for.
  const [subject, ...rest] = by.self === undefined ? args.items : [by.self, ...args.items];
  const own = read(subject);
  const first = read(rest[0]);
  switch (fullName(by)) {
    case 'builtins.str':
    case 'builtins.bytes':
    case 'builtins.bytearray':
    case 'builtins.str.encode':
    case 'builtins.bytes.decode':
    case 'sys.intern':
      return rest.length === 0 || (first !== undefined && SAME.test(first)) ? own : undefined;
    case 'builtins.str.strip':
      return rest.length === 0 ? own?.trim() : undefined;
    case 'builtins.str.format':
      return own?.includes('{') ? undefined : own;
    case 'codecs.encode':
    case 'codecs.decode':
      return recoded(own, first);
    case 'operator.add':
    case 'operator.concat':
    case 'operator.iadd':
    case 'builtins.str.__add__':
    case 'builtins.bytes.__add__':
      return own !== undefined && first !== undefined ? own + first : undefined;
    case 'builtins.str.join':
    case 'builtins.bytes.join': {
      // Of a dict only its keys are joined, of a set each once.
      const [of] = rest;
      const inOrder = isSequence(of) && !of.cut && (of.kind === 'list' || of.kind === 'tuple');
      const parts = inOrder ? of.items.map(read) : undefined;
      return own !== undefined && parts?.every((part) => part !== undefined) ? parts.join(own) : undefined;
    }
    case 'builtins.str.replace': {
      const second = read(rest[1]);
      // A third says how many times.
      if (first === undefined || second === undefined || rest.length > 2) return undefined;
      return own?.replaceAll(first, second);
    }
    case 'builtins.str.lower':
      return own?.toLowerCase();
    case 'builtins.str.upper':
      return own?.toUpperCase();
    case 'builtins.chr': {
      const code = typeof subject === 'number' ? literals.int(subject) : undefined;
      return code !== undefined && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    }
    default:
      return undefined;
  }
}

const SAME = /^(?:latin[-_]?1|iso[-_]?8859[-_]?1|l1|ascii|us[-_]ascii|utf[-_]?8|u8)$/i;

function recoded(text: string | undefined, codec: string | undefined): string | undefined {
  if (text === undefined || codec === undefined || SAME.test(codec)) return text;
  if (/^(?:hex|hex_codec)$/i.test(codec)) return Buffer.from(text, 'hex').toString('latin1');
  // What is no base64 one decoder skips and another takes.
  if (/^base64|^base_64$/i.test(codec))
    return /^[A-Za-z\d+/\n]*={0,2}\n?$/.test(text)
      ? Buffer.from(text, 'base64').toString('latin1')
      : undefined;
  if (!/^rot[-_]?13$/i.test(codec)) return undefined;
  return text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const a = code & 0x20 ? 97 : 65;
    return String.fromCharCode(((code - a + 13) % 26) + a);
  });
}
