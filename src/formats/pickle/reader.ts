import type { Range } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Malformed, Slice, type Source } from '../source.ts';
import { arrayOf } from './arrays.ts';
import type { Load } from './caller.ts';
import { Judge } from './judge.ts';
import { Literals } from './literals.ts';
import { Machine } from './machine.ts';
import { ARGUMENT, BEGINS, KIND, OP } from './opcodes.ts';
import { PICKLE_RULES } from './rules.ts';
import type { Mode } from './run.ts';
import { isMagic, Storages } from './storages.ts';
import { LOST } from './values.ts';

/** Opcodes between two pauses. */
const STRIDE = 1 << 14;
/** Where a pickle may be hidden, it is tried to so many opcodes, at so many places of one file. */
const TRIED = 4096;
const TRIALS = 1_000;
/** One that is found says enough. */
const FOUND = 20;
/** Padding after a pickle: zeros or blanks. */
const PADDING = 4096;
/** Pickles in bytes, of one file. */
const INNER = 1_000;
/** Names of what is imported that are noted. */
const NOTED = 200;
const PIECE = 1 << 16;
/** Pickles of torch's before 1.6: magic number, version, system, object, keys of storages. */
const LEGACY = 5;

/** Whether a pickle of protocol 2 or later begins here. */
export const isSure = (source: Source, at: number): boolean => {
  const head = source.read(at, 3);
  return head[0] === OP.PROTO && (head[1] as number) <= 5 && KIND[head[2] ?? OP.STOP] !== ARGUMENT.invalid;
};

/** Protocols 0 and 1 have no beginning of their own; those that begin with a name are told from texts. */
const isNaming = (source: Source, at: number): boolean =>
  /^\(?c[a-z_][\w.]{0,99}\n[A-Za-z_][\w.]{0,99}\n[(tR)SVqp}\]]/.test(
    Buffer.from(source.read(at, 256)).toString('latin1'),
  );

const BYTE_ORDER = [0xef, 0xbb, 0xbf];

/** Where a pickle stands behind nothing but zeros and blanks; 0 where none does. */
export function behindPadding(source: Source): number {
  const bytes = source.read(0, PADDING);
  const mark = BYTE_ORDER.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER.length : 0;
  const more = bytes.subarray(mark).findIndex((byte) => byte !== 0 && !BLANKS.has(byte));
  const at = mark + more;
  return more >= 0 && at > 0 && (isSure(source, at) || isNaming(source, at)) ? at : 0;
}

export const isMaybe = (source: Source, at: number): boolean => BEGINS.has(source.read(at, 1)[0] ?? 0);

/** Reads a file of pickles, one after the other, with what libraries put between them. */
export class Reader {
  readonly #part: Part;
  readonly #source: Source;
  readonly #literals: Literals;
  readonly #judge: Judge;
  readonly #machine: Machine;
  readonly #storages = new Storages();
  readonly #inner: Load[] = [];
  readonly #hidden: Report[] = [];
  /** Arrays that begin as files do. */
  readonly #files: Range[] = [];
  #trial: Machine | undefined;
  #trials = 0;
  #found = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#source = part.source;
    this.#literals = new Literals(part.source);
    this.#judge = new Judge(part.calls, this.#literals);
    this.#machine = new Machine(part.source, this.#judge, this.#literals, {
      arrays: true,
      guess: !isSure(part.source, 0),
    });
    this.#machine.caller.onLoad = (load) => this.#load(load);
    this.#machine.onBytes = (at) => this.#looked(at);
    this.#machine.onPersistent = (id) => this.#storages.add(id, this.#machine.caller, this.#literals);
  }

  async read(): Promise<void> {
    try {
      await this.#all();
    } finally {
      for (const report of [...this.#judge.reports(), ...this.#hidden]) this.#part.report(report);
    }
    const imports = this.#judge.names(NOTED);
    if (imports.length > 0) this.#part.note({ imports });
    for (const load of this.#inner) await this.#inside(load);
    for (const { start, end } of this.#files)
      await this.#part.inside(`array at ${start}`, new Slice(this.#source, start, end), 'raw');
  }

  async #all(): Promise<void> {
    const sure = isSure(this.#source, 0);
    const machine = this.#machine;
    let at = behindPadding(this.#source);
    if (at > 0) {
      this.#judge.tell('trailing', `${at} bytes that are no pickle stand before it`, 0);
      this.#part.coverage.claim('parsed', 0, at);
    }
    let isLegacy = false;
    for (let n = 1; at < this.#source.size; n++) {
      const end = await this.#one(machine, at);
      if (end === undefined) {
        const { broken } = machine;
        if (n === 1 && !sure && broken?.late === false) throw new Malformed(broken.why, broken.at);
        if (n > 1 && broken?.late === false && !isSure(this.#source, at)) return this.#rest(at, sure);
        return this.#broken();
      }
      if (n === 1) isLegacy = isMagic(machine.result, this.#literals, this.#source);
      if (machine.broken !== undefined) this.#tellBroken();
      if (isLegacy && n === LEGACY) return this.#legacy(at, end, sure);
      at = end;
      if (at < this.#source.size && !isSure(this.#source, at) && !isMaybe(this.#source, at))
        return this.#rest(at, sure);
    }
  }

  /** @returns where it ends; undefined where it breaks off */
  async #one(machine: Machine, from: number): Promise<number | undefined> {
    machine.begin(from);
    let claimed = from;
    for (;;) {
      const rest = this.#part.pause();
      if (rest) await rest;
      const halt = machine.run(STRIDE);
      const { at } = machine.tape;
      this.#part.coverage.claim('parsed', claimed, at);
      claimed = at;
      if (halt === 'stop') return at;
      if (halt === 'broken') return undefined;
      if (halt === 'array') {
        const end = await this.#array(machine, at);
        if (end === undefined) return undefined;
        claimed = end;
        machine.tape.seek(end);
      }
    }
  }

  /** @returns where the array that begins at `at` ends */
  async #array(machine: Machine, at: number): Promise<number | undefined> {
    const { wrapper } = machine;
    const array = wrapper && arrayOf(wrapper, machine.caller, this.#literals);
    if (array === undefined || machine.frameEnd > at) {
      machine.fail('where the bytes of an array end cannot be told');
      return undefined;
    }
    if (array.objects) {
      // It is loaded by pickle itself, with nothing in its stream but opcodes.
      const inner = new Machine(this.#source, this.#judge, this.#literals);
      const end = await this.#one(inner, at);
      if (end === undefined || inner.broken !== undefined)
        machine.fail(`the objects of an array: ${inner.broken?.why}`);
      return end;
    }
    const padding = array.padded ? 1 + (this.#source.read(at, 1)[0] ?? 0) : 0;
    const end = at + padding + array.size;
    if (end > this.#source.size) {
      machine.fail('the file ends in the middle of an array');
      return undefined;
    }
    // Who loads the file with pickle instead of joblib takes these bytes for opcodes.
    this.#tryAt(at, 'the bytes of an array, read as a pickle, are one that goes on');
    this.#part.coverage.claim('parsed', at, at + padding);
    this.#part.coverage.claim('data', at + padding, end);
    if (this.#files.length < INNER && beginsLikeFile(this.#source, at + padding))
      this.#files.push({ start: at + padding, end });
    return end;
  }

  #legacy(start: number, end: number, sure: boolean): Promise<void> | undefined {
    const to = this.#storages.end(this.#source, { start, end });
    if (to === undefined) {
      this.#judge.tell('broken', 'its storages are not as long as it says', end);
      return this.#rest(end, sure);
    }
    this.#part.coverage.claim('data', end, to);
    return to < this.#source.size ? this.#rest(to, sure) : undefined;
  }

  #tellBroken(): void {
    const { broken } = this.#machine;
    if (broken)
      this.#judge.tell('broken', `it cannot be loaded: ${broken.why}`, broken.at, { why: broken.why });
  }

  async #broken(): Promise<void> {
    this.#tellBroken();
    const at = this.#machine.tape.at;
    this.#part.coverage.claim('unread', at, this.#source.size, 'the pickle breaks off before');
    await this.#hunt(at);
  }

  /** What follows the last pickle. */
  async #rest(at: number, sure: boolean): Promise<void> {
    const { size } = this.#source;
    const little = this.#source.read(at, PADDING + 1);
    if (little.length <= PADDING && little.every((byte) => byte === 0 || BLANKS.has(byte))) {
      this.#part.coverage.claim('parsed', at, size);
      return;
    }
    if (!sure && !this.#judge.active) throw new Malformed('something follows that is no pickle', at);
    this.#judge.tell('trailing', `${size - at} bytes follow its end that are no pickle`, at);
    this.#part.coverage.claim('unread', at, size, 'it follows the end of a pickle');
    await this.#hunt(at);
  }

  /** Tries whatever looks like the beginning of a pickle from `from` on. */
  async #hunt(from: number): Promise<void> {
    const window = 1 << 16;
    for (let base = from; base < this.#source.size && this.#trials < TRIALS; base += window) {
      const rest = this.#part.pause();
      if (rest) await rest;
      const bytes = Uint8Array.from(this.#source.read(base, window + 2));
      for (let i = 0; i < Math.min(window, bytes.length) && this.#trials < TRIALS; i++) {
        const first = bytes[i] as number;
        const second = bytes[i + 1] as number;
        const begins = HIDDEN.has(first) && (first === OP.PROTO ? second <= 5 : isLetter(second));
        if (begins) this.#tryAt(base + i, 'a pickle stands in bytes that belong to nothing');
      }
    }
  }

  /** Whether a pickle that calls something begins here. What it calls is told, and that it is hidden. */
  #tryAt(at: number, message: string): void {
    const first = this.#source.read(at, 1)[0] ?? 0;
    if (KIND[first] === ARGUMENT.invalid || ++this.#trials > TRIALS || this.#found >= FOUND) return;
    this.#trial ??= this.#machineFor({ guess: true, middle: true });
    const { judge } = this.#trial;
    judge.clear();
    this.#trial.begin(at);
    // Something lies on the stack where it begins in the middle.
    this.#trial.stack.push(LOST);
    this.#trial.run(TRIED);
    if (!judge.active || this.#trial.broken?.late === false) return;
    this.#found++;
    this.#hidden.push(
      { rule: PICKLE_RULES.hidden.id, message, range: { start: at, end: at + 1 } },
      ...judge.reports(),
    );
  }

  #machineFor(mode: Mode): Machine {
    const literals = new Literals(this.#source);
    return new Machine(this.#source, new Judge(this.#part.calls, literals), literals, mode);
  }

  #load(load: Load): void {
    if (this.#inner.length < INNER && !this.#inner.some(({ at }) => at === load.at)) this.#inner.push(load);
  }

  /** Bytes that begin and end as a pickle does are read as one, whoever may load them; so are archives and programs. */
  #looked(at: number): void {
    const extent = this.#literals.extent(at);
    if (extent === undefined) return;
    const { start, end } = extent;
    const isPickle = isSure(this.#source, start) && this.#source.read(end - 1, 1)[0] === OP.STOP;
    if (isPickle || FILES.test(Buffer.from(this.#source.read(start, 4)).toString('latin1')))
      this.#load({ at, latin1: false });
  }

  async #inside({ at, latin1 }: Load): Promise<void> {
    const extent = this.#literals.extent(at);
    if (extent === undefined) return;
    const slice = new Slice(this.#source, extent.start, extent.end);
    const source = latin1 ? (await this.#part.unpack(slice.size, recoded(slice))).source : slice;
    await this.#part.inside(`bytes at ${at}`, source);
  }
}

const BLANKS = new Set([0x09, 0x0a, 0x0d, 0x20]);

const FILES = /^(?:PK\x03\x04|\x7fELF)/;

/** What a hidden pickle may begin with: PROTO, a name, or a mark before one. */
const HIDDEN = new Set<number>([OP.PROTO, OP.GLOBAL, OP.MARK]);

const isLetter = (byte: number) => byte === 0x5f || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);

/** Text as it stands in the file, back to the bytes that it was in Latin-1. */
function* recoded(slice: Source): Iterable<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let at = 0; at < slice.size; at += PIECE)
    yield Buffer.from(decoder.decode(slice.read(at, PIECE), { stream: true }), 'latin1');
}
