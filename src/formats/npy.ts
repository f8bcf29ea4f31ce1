import { shown } from '../findings/finding.ts';
import type { Rule } from '../findings/rule.ts';
import type { Format, Part, Sample } from './format.ts';
import { beginsLikeFile } from './hidden.ts';
import { type Literal, readLiteral } from './python-literal.ts';
import { Cursor, Malformed, Slice } from './source.ts';

const NPY_RULES = {
  header: {
    id: 'npy.header',
    title: 'A numpy array whose type is written as numpy does not write it',
    severity: 'medium',
    about:
      'The type of the elements decides whether the content is numbers or a pickle that is run when it is loaded. It is written here in a way that numpy understands but never writes, so what follows was read as whatever it looks like.',
    advice: 'Ask for a file that numpy itself has written, without objects (`allow_pickle=False`).',
    cwe: ['CWE-436', 'CWE-502'],
    owasp: ['LLM03:2025', 'ML06:2023'],
    atlas: ['AML.T0011.000'],
    advisories: ['CVE-2019-6446'],
  },
  size: {
    id: 'npy.size',
    title: 'A numpy array of another length than it says',
    severity: 'medium',
    about:
      'Shape and type say how many bytes follow. There are fewer, or there are more which are no further array. What is too much was scanned as a file of its own.',
    advice: 'Get the file again from where it comes from and compare digests.',
    cwe: ['CWE-130', 'CWE-436'],
    owasp: ['LLM03:2025'],
    atlas: ['AML.T0010.003'],
  },
} as const satisfies Record<string, Rule>;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** numpy itself trusts no header longer than 10,000 characters; a table of very many columns is longer. */
const LONGEST = 1 << 20;
const DIMENSIONS = 64;

/** What an element is: how many bytes; or objects; or nobody knows. */
type Element = number | 'objects' | 'unknown';

async function read(part: Part): Promise<void> {
  const { source, coverage } = part;
  const cursor = new Cursor(source, 'header of an array');
  for (let at = 0; at < source.size; ) {
    const rest = part.pause();
    if (rest) await rest;
    cursor.seek(at);
    if (!isMagic(cursor.bytes(Math.min(6, cursor.left), 6))) return behind(part, at, 'behind the array');
    const { element, elements, facts } = readHeader(cursor);
    const start = cursor.at;
    coverage.claim('parsed', at, start);
    if (at === 0) part.note(facts);
    if (element === 'objects') {
      coverage.claim('parsed', start, source.size);
      return part.inside('(objects)', new Slice(source, start, source.size), 'pickle');
    }
    if (element === 'unknown') {
      part.report({
        rule: NPY_RULES.header.id,
        message: `the type of its elements is ${shown(String(facts.dtype))}`,
        range: { start: at, end: start },
      });
      return behind(part, start, undefined);
    }
    const end = start + element * elements;
    coverage.claim('data', start, end);
    if (end <= source.size && beginsLikeFile(source, start))
      await part.inside('(elements)', new Slice(source, start, end), 'raw');
    if (end > source.size) {
      part.report({
        rule: NPY_RULES.size.id,
        message: `it says that it has ${end - start} bytes; there are ${source.size - start}`,
        range: { start, end: source.size },
      });
      return;
    }
    // Arrays may be saved one behind the other.
    at = end;
  }
}

/** @param where undefined where it is the content itself */
async function behind(part: Part, at: number, where: string | undefined): Promise<void> {
  const { source, coverage } = part;
  if (where !== undefined)
    part.report({
      rule: NPY_RULES.size.id,
      message: `${where} there are ${source.size - at} bytes that begin with ${shown(source.read(at, 16), 16)}`,
      range: { start: at, end: source.size },
    });
  coverage.claim('parsed', at, source.size);
  if (at < source.size) await part.inside(`(${where ?? 'elements'})`, new Slice(source, at, source.size));
}

const isMagic = (bytes: Uint8Array) => MAGIC.every((byte, i) => bytes[i] === byte);

/** Versions 1 to 3 (numpy.lib.format): a length, and a dictionary of Python. */
function readHeader(cursor: Cursor) {
  const major = cursor.u8();
  const minor = cursor.u8();
  if (major < 1 || major > 3 || minor !== 0)
    throw new Malformed('the array is of no known version', cursor.at);
  const length = major === 1 ? cursor.u16() : cursor.u32();
  const at = cursor.at;
  const bytes = cursor.bytes(length, LONGEST);
  const header = readLiteral(Buffer.from(bytes).toString(major === 3 ? 'utf8' : 'latin1'), at);
  const wrong = new Malformed('the header does not say shape, order and type', at);
  if (typeof header !== 'object' || !('dict' in header) || header.dict.size !== 3) throw wrong;
  const { dict } = header;
  const shape = dict.get('shape');
  const descr = dict.get('descr');
  if (typeof dict.get('fortran_order') !== 'boolean' || descr === undefined) throw wrong;
  if (typeof shape !== 'object' || !('tuple' in shape) || shape.tuple.length > DIMENSIONS) throw wrong;
  const lengths = shape.tuple.map((one) => {
    if (typeof one !== 'number' || !(one >= 0)) throw wrong;
    return one;
  });
  const elements = lengths.reduce((product, one) => product * one, 1);
  const element = elementOf(descr);
  if (elements * (typeof element === 'number' ? Math.max(1, element) : 1) > Number.MAX_SAFE_INTEGER)
    throw new Malformed('the shape is larger than any array', at);
  return { element, elements, facts: { shape: lengths, dtype: written(descr) } };
}

/** As numpy writes them: byte order, kind, bytes (characters for text), and the unit of a date. */
const SIMPLE = /^(?:[<>|=]?(?<kind>[biufcmMSaUV?B])(?<size>\d{0,10})(?:\[[\w/]{1,20}\])?)$/;
const OBJECTS = /^[<>|=]?O[48]?$/;

function elementOf(descr: Literal): Element {
  if (typeof descr === 'string') {
    if (OBJECTS.test(descr)) return 'objects';
    const { kind, size } = SIMPLE.exec(descr)?.groups ?? {};
    if (kind === undefined) return 'unknown';
    return (
      (size === '' ? (kind === '?' || 'bB'.includes(kind) ? 1 : 0) : Number(size)) * (kind === 'U' ? 4 : 1)
    );
  }
  if (typeof descr !== 'object') return 'unknown';
  if ('list' in descr) {
    let sum = 0;
    let objects = false;
    for (const field of descr.list) {
      const size = fieldOf(field);
      if (size === 'unknown') return size;
      if (size === 'objects') objects = true;
      else sum += size;
    }
    return objects ? 'objects' : sum;
  }
  // A type with a shape: `('<f4', (2, 3))`.
  if ('tuple' in descr && descr.tuple.length === 2) return times(elementOf(descr.tuple[0]), descr.tuple[1]);
  return 'unknown';
}

/** `('name', type)` or `('name', type, shape)`; the name may have a title. */
function fieldOf(field: Literal): Element {
  if (typeof field !== 'object' || !('tuple' in field)) return 'unknown';
  const [name, descr, shape] = field.tuple;
  const named = typeof name === 'string' || (typeof name === 'object' && 'tuple' in name);
  if (!named || field.tuple.length < 2 || field.tuple.length > 3) return 'unknown';
  return field.tuple.length === 2 ? elementOf(descr) : times(elementOf(descr), shape);
}

function times(element: Element, shape: Literal): Element {
  const lengths = typeof shape === 'object' && 'tuple' in shape ? shape.tuple : [shape];
  if (!lengths.every((one) => typeof one === 'number' && one >= 0)) return 'unknown';
  if (typeof element !== 'number') return element;
  return lengths.reduce<number>((product, one) => product * Number(one), element);
}

/** The type as Python writes it. */
function written(descr: Literal): string {
  if (descr === undefined) return 'None';
  if (typeof descr !== 'object') return typeof descr === 'string' ? descr : String(descr);
  if ('tuple' in descr) return `(${descr.tuple.map(written).join(', ')})`;
  return 'list' in descr ? `[${descr.list.map(written).join(', ')}]` : '{…}';
}

/** An array of a header and content. */
function made(descr: string, shape: string, content: Uint8Array, more = ''): Uint8Array {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }${more}\n`;
  const head = Buffer.from([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([head, Buffer.from(header), content]);
}

/** A list with None, as a pickle. */
const PICKLE = Uint8Array.of(0x80, 2, 0x5d, 0x4e, 0x61, 0x2e);

const catches = (name: string, rule: Rule, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule.id],
});

/** numpy's `.npy`. Its `.npz` is a zip file of these. */
export const npy: Format = {
  name: 'npy',
  title: 'a numpy array',
  rules: Object.values(NPY_RULES),
  firstBytes: '\x93',
  looks: (source) => isMagic(source.read(0, 6)) && 'sure',
  read,
  proof: {
    catches: [
      catches('a type in another word for objects', NPY_RULES.header, () => made("'object'", '(1,)', PICKLE)),
      catches('objects among numbers', NPY_RULES.header, () => made("'i4,O'", '(1,)', PICKLE)),
      catches('too few bytes', NPY_RULES.size, () => made("'<f8'", '(9,)', new Uint8Array(8))),
      catches('a pickle behind it', NPY_RULES.size, () =>
        made("'<f8'", '(1,)', Buffer.concat([new Uint8Array(8), PICKLE])),
      ),
    ],
    passes: [
      { name: 'numbers', bytes: () => made("'<f8'", '(2, 1)', new Uint8Array(16)) },
      {
        name: 'records',
        bytes: () => made("[('a', '<f4'), ('b', '|S3', (2,))]", '(1,)', new Uint8Array(10)),
      },
      { name: 'objects', bytes: () => made("'|O'", '(1,)', PICKLE) },
    ],
  },
};
