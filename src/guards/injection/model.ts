import { Problem } from '../../base/problem.ts';
import { Lexicon } from './concepts.ts';
import { HEADS } from './heads.ts';
import { ALL_LANES, LANES, type LaneWeights, LETTER_LANES, POOLED } from './lanes.ts';
import type { UpperWeights } from './upper.ts';

/** Everything that training makes, as the product reads it. */
export interface Model {
  readonly lexicon: Lexicon;
  readonly surprise: Float32Array;
  readonly lanes: LaneWeights;
  readonly upper: UpperWeights;
  readonly about: ModelFacts;
}

/** What is known of how a model was made and where it draws its lines. */
export interface ModelFacts {
  readonly version: number;
  /** SHA-256 of the weights, hex: what a verdict was given by. */
  readonly trained: string;
  readonly lanes: readonly string[];
  readonly heads: readonly string[];
  readonly buckets: number;
  readonly hidden: number;
  readonly longestEntry: number;
  /** Log-odds above which this share of innocent texts of unseen sources is, by speaker: `{ user: { '0.01': 2.3 } }`. */
  readonly lines: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const MODEL_VERSION = 1;
const MAGIC = 0x474d4749; // "IGMG"

/** The parts of the file after its header, in order, each at a multiple of four bytes. */
export const SECTIONS = [
  'table',
  'scale',
  'letters',
  'letterScale',
  'dense',
  'shift',
  'upperScale',
  'inner',
  'innerBias',
  'outer',
  'direct',
  'outerBias',
  'surprise',
  'lexicon',
] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * Reads a model file: magic, length of the header, header (JSON: {@link ModelFacts} and the length of each section),
 * sections. Throws `Problem('environment')` where it is not what this version reads.
 */
export function readModel(bytes: Uint8Array): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) throw unreadable('it is no model');
  const headerLength = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as ModelFacts & {
    readonly sections: Readonly<Record<Section, number>>;
  };
  if (header.version !== MODEL_VERSION) throw unreadable(`its version is ${header.version}`);
  const same = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
  if (
    !same(
      header.lanes,
      ALL_LANES.map(({ name }) => name),
    ) ||
    !same(header.heads, HEADS)
  ) {
    throw unreadable('it was trained for other lanes');
  }
  let at = 8 + headerLength;
  const found = new Map<Section, ArrayBuffer>();
  for (const name of SECTIONS) {
    at = (at + 3) & ~3;
    const length = header.sections[name];
    if (at + length > bytes.length) throw unreadable('it is cut short');
    // A copy, since the arrays below want offsets at multiples of four (and a Buffer's own slice makes none).
    found.set(name, new Uint8Array(bytes.subarray(at, at + length)).buffer);
    at += length;
  }
  const part = (name: Section): ArrayBuffer => found.get(name) as ArrayBuffer;
  const floats = (name: Section) => new Float32Array(part(name));
  const { buckets, hidden, longestEntry } = header;
  const table = new Int8Array(part('table'));
  const letters = new Int8Array(part('letters'));
  if (table.length !== buckets * LANES.length || letters.length !== buckets * LETTER_LANES.length) {
    throw unreadable('its tables do not fit');
  }
  const inner = floats('inner');
  const direct = floats('direct');
  if (inner.length !== hidden * POOLED || direct.length !== HEADS.length * POOLED) {
    throw unreadable('its upper part does not fit');
  }
  return {
    lexicon: new Lexicon(new Int32Array(part('lexicon')), longestEntry),
    surprise: floats('surprise'),
    lanes: {
      buckets,
      table,
      letters,
      scale: floats('scale'),
      letterScale: floats('letterScale'),
      dense: floats('dense'),
    },
    upper: {
      hidden,
      shift: floats('shift'),
      scale: floats('upperScale'),
      inner,
      innerBias: floats('innerBias'),
      outer: floats('outer'),
      direct,
      outerBias: floats('outerBias'),
    },
    about: header,
  };
}

const unreadable = (why: string): Problem =>
  new Problem(
    'environment',
    `models/injection.bin cannot be used: ${why}`,
    'Install the package again, or train it again.',
  );

/** The bytes of a model file. */
export function writeModel(facts: ModelFacts, sections: Readonly<Record<Section, Uint8Array>>): Uint8Array {
  const lengths = Object.fromEntries(SECTIONS.map((name) => [name, sections[name].length]));
  const header = new TextEncoder().encode(JSON.stringify({ ...facts, sections: lengths }));
  let size = 8 + header.length;
  for (const name of SECTIONS) size = ((size + 3) & ~3) + sections[name].length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, header.length, true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const name of SECTIONS) {
    at = (at + 3) & ~3;
    bytes.set(sections[name], at);
    at += sections[name].length;
  }
  return bytes;
}
