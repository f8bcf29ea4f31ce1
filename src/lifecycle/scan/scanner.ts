import { Coverage } from '../../findings/coverage.ts';
import type { Finding } from '../../findings/finding.ts';
import { shown } from '../../findings/finding.ts';
import type { FileRead, PartRead, Verdict } from '../../findings/result.ts';
import type { Rule } from '../../findings/rule.ts';
import { atLeast, type Severity } from '../../findings/severity.ts';
import type { CallBook } from '../../formats/calls.ts';
import { type Format, type Part, type Report, Spent, type Unpacked } from '../../formats/format.ts';
import { isTextInstead, promisesFormat } from '../../formats/promised-names.ts';
import { Malformed, type Source } from '../../formats/source.ts';
import { Named } from './beside.ts';
import { BOUNDS, type Bounds } from './bounds.ts';
import { FILE_RULES } from './rules.ts';
import { readText } from './texts.ts';
import { Shelf } from './unpacked.ts';

/** Unpacked to more than so many times its size it is a bomb, */
const RATIO = 1_100;
/** but for this much: arrays of zeros are kept in very few bytes. */
const HARMLESS = 512 << 20;
/** So many times its size, and so much of it, is a bomb as well where nobody knows what it is. */
const STRANGE_RATIO = 200;
const STRANGE = 8 << 20;
/** Parts that were read whole are counted after so many; what was not, after twice as many. */
const LISTED = 2_000;

export interface Readers {
  readonly formats: readonly Format[];
  readonly calls: CallBook;
}

/**
 * Reads one file and all that is inside it. Never throws for what a file contains.
 * @param as the name of the format that it is read as, whatever it looks like
 */
export async function scanFile(
  path: string,
  source: Source,
  { formats, calls }: Readers,
  bounds: Bounds = BOUNDS,
  as?: string,
): Promise<Omit<FileRead, 'sha256'>> {
  const scan = new FileScan(formats, calls, bounds);
  try {
    await scan.read([path], source, 0, as);
    return scan.result(path, source.size);
  } finally {
    scan.shelf.clear();
  }
}

const NOT_ASKED: { readonly alike: readonly Format[]; readonly perhaps: readonly Format[] } = {
  alike: [],
  perhaps: [],
};
const BY_FIRST_BYTE = new WeakMap<readonly Format[], (readonly Format[] | undefined)[]>();

/** The formats that a file may be of by its first byte, in their order: to ask each costs more than to read a small file. */
function formatsFor(formats: readonly Format[], first: number): readonly Format[] {
  let known = BY_FIRST_BYTE.get(formats);
  if (known === undefined) {
    known = [];
    BY_FIRST_BYTE.set(formats, known);
  }
  const letter = String.fromCharCode(first);
  known[first] ??= formats.filter(({ firstBytes }) => firstBytes?.includes(letter) ?? true);
  return known[first];
}

const RULES = new WeakMap<readonly Format[], ReadonlyMap<string, Rule>>();

/** All rules by id: gathered once, not for each of thousands of files. */
function rulesOf(formats: readonly Format[]): ReadonlyMap<string, Rule> {
  const known = RULES.get(formats);
  if (known !== undefined) return known;
  const rules = [...Object.values<Rule>(FILE_RULES), ...formats.flatMap((format) => format.rules)];
  const made = new Map(rules.map((rule) => [rule.id, rule]));
  RULES.set(formats, made);
  return made;
}

/** Stands for parts that were not read whole, where there are more than anybody wants listed: they count all the same. */
const gaps = (path: string, count: number): PartRead => ({
  path: [path, `(${count} more that were not read whole)`],
  formats: [],
  size: count,
  ranges: [],
});

class FileScan {
  readonly shelf = new Shelf();
  readonly #formats: readonly Format[];
  readonly #calls: CallBook;
  readonly #bounds: Bounds;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #until: number;
  readonly #findings: Finding[] = [];
  readonly #parts: PartRead[] = [];
  readonly #named = new Named();
  /** What is large for what it is unpacked from: of how many bytes. */
  readonly #swollen = new WeakMap<Source, number>();
  #count = 0;
  #more = 0;
  #gaps = 0;
  #unread = false;
  #bad = false;
  #unpacked = 0;
  #steps = 0;

  constructor(formats: readonly Format[], calls: CallBook, bounds: Bounds) {
    this.#formats = formats;
    this.#calls = calls;
    this.#bounds = bounds;
    this.#until = performance.now() + bounds.time;
    this.#rules = rulesOf(formats);
  }

  result(path: string, size: number): Omit<FileRead, 'sha256'> {
    const verdict: Verdict = this.#bad ? 'findings' : this.#unread ? 'undecided' : 'clean';
    const parts = this.#gaps === 0 ? this.#parts : [...this.#parts, gaps(path, this.#gaps)];
    const beside = this.#named.all;
    return {
      path,
      size,
      verdict,
      findings: this.#findings,
      parts,
      more: this.#more,
      ...(beside.length > 0 && { beside }),
    };
  }

  async read(path: readonly string[], source: Source, depth: number, as?: string): Promise<void> {
    const coverage = new Coverage(source.size);
    const at = this.#count < LISTED ? this.#parts.length : -1;
    const facts: Record<string, unknown> = {};
    const readBy: string[] = [];
    this.#count++;
    if (at >= 0) this.#parts.push({ path, formats: readBy, size: source.size, ranges: [] });
    if (depth > this.#bounds.depth || this.#count > this.#bounds.parts) {
      this.#report(path, {
        rule: FILE_RULES.deep.id,
        message: 'what is in here was not read: it lies too deep, or there is too much of it',
      });
    } else {
      const part = this.#part(path, source, coverage, facts, depth);
      readBy.push(...(await this.#readBy(part, as)));
    }
    const isWhole = coverage.bytes.unread === 0 && (source.size === 0 || readBy.length > 0);
    if (!isWhole) this.#unread = true;
    const packed = this.#swollen.get(source);
    if (packed !== undefined && readBy.length === 0)
      this.#report(path, {
        rule: FILE_RULES.bomb.id,
        message: `${packed} bytes unpack to ${source.size}, and those are of no format`,
      });
    const read: PartRead = {
      path,
      formats: readBy,
      size: source.size,
      ranges: coverage.ranges,
      ...(Object.keys(facts).length > 0 && { facts }),
    };
    if (at >= 0) this.#parts[at] = read;
    else if (isWhole) this.#more++;
    else if (this.#parts.length < 2 * LISTED) this.#parts.push(read);
    else this.#gaps++;
  }

  /** The names of the formats that could read it. */
  async #readBy(part: Part, as: string | undefined): Promise<string[]> {
    const { source, path } = part;
    if (source.size === 0) return ['empty'];
    const name = path.at(-1) ?? '';
    const told = as === undefined ? [] : this.#formats.filter((format) => format.name === as);
    const opaque = told.some((format) => format.opaque === true);
    const { alike, perhaps } = told.length > 0 && !opaque ? NOT_ASKED : this.#looks(source, name);
    const sure = told.length > 0 ? told : alike;
    if (sure.length > 1) {
      const titles = sure.map(({ title }) => title).join(' and ');
      part.report({ rule: FILE_RULES.polyglot.id, message: `it is ${titles} at once` });
    }
    const readBy: string[] = [];
    for (const format of sure) {
      readBy.push(format.name);
      await this.#attempt(part, format, (error) =>
        part.report({
          rule: FILE_RULES.malformed.id,
          message: `as ${format.title} it breaks off at byte ${error.at}: ${error.message}`,
          range: { start: error.at, end: error.at },
        }),
      );
    }
    if (opaque) {
      // A pickle of protocol 0 begins like any text, and runs like any other.
      for (const format of [...alike, ...perhaps.filter(({ lurks }) => lurks === true)])
        if (await this.#tryOut(part, format, true)) readBy.push(format.name);
    }
    // GIF89a is a picture; to a pickle it is a number, behind which anything may be called.
    const lurking = told.length === 0 && sure.length > 0 && !sure.some(({ thorough }) => thorough === true);
    for (const format of perhaps) {
      if (!lurking || format.lurks !== true) continue;
      if (!(await this.#tryOut(part, format, true))) continue;
      readBy.push(format.name);
      part.report({ rule: FILE_RULES.polyglot.id, message: `it is ${format.title} as well` });
    }
    if (sure.length > 0) return readBy;
    for (const format of perhaps) if (await this.#tryOut(part, format)) readBy.push(format.name);
    if (readBy.length === 0) {
      part.coverage.claim('unread', 0, source.size, 'no reader knows what this is');
      part.report({
        rule: FILE_RULES.unknown.id,
        message: `it begins with ${shown(source.read(0, 16), 16)}, which no reader knows`,
        ...(promisesFormat(name) && { severity: 'medium' }),
      });
    } else if (path.length === 1 && readBy.every((one) => one === 'text') && isTextInstead(name, source))
      part.report({
        rule: FILE_RULES.misnamed.id,
        message: `${shown(name, 80)} is a text`,
      });
    return readBy;
  }

  /** What it surely is by its look, and what it may be. */
  #looks(source: Source, name: string): { alike: readonly Format[]; perhaps: readonly Format[] } {
    const alike: Format[] = [];
    const perhaps: Format[] = [];
    for (const format of formatsFor(this.#formats, source.read(0, 1)[0] ?? 0)) {
      const so = format.looks(source, name);
      if (so === 'sure') alike.push(format);
      else if (so === 'maybe') perhaps.push(format);
    }
    return { alike, perhaps };
  }

  /** Reads by one format. False where it was not of that format after all. */
  async #attempt(part: Part, format: Format, malformed: (error: Malformed) => void): Promise<boolean> {
    try {
      await format.read(part);
      return true;
    } catch (error) {
      if (error instanceof Malformed) malformed(error);
      else if (error instanceof Spent) {
        part.report({
          rule: FILE_RULES.spent.id,
          message: 'the time for this file was over before it was read whole',
        });
        return true;
      } else {
        const reason = error instanceof RangeError ? 'out of bounds' : 'unexpected content';
        part.report({
          rule: FILE_RULES.crash.id,
          message: `the reader of ${format.title} failed: ${reason}`,
        });
        return true;
      }
      return false;
    }
  }

  /**
   * Reads by a format that is only a guess: where it is the wrong one, nothing of what it said counts.
   *
   * @param strict it counts only where something bad was found, or it was read whole and is fine: by chance numbers
   *   begin like anything, and break off
   */
  async #tryOut(part: Part, format: Format, strict = false): Promise<boolean> {
    const coverage = new Coverage(part.source.size);
    const reports: Report[] = [];
    const trial: Part = { ...part, coverage, report: (report) => void reports.push(report) };
    if (!(await this.#attempt(trial, format, () => {}))) return false;
    const found = (severity: Severity) =>
      reports.some((one) =>
        atLeast(one.severity ?? this.#rules.get(one.rule)?.severity ?? severity, severity),
      );
    if (strict && !found('high') && (coverage.bytes.unread > 0 || found('medium'))) return false;
    for (const { as, start, end, why } of coverage.ranges) part.coverage.claim(as, start, end, why);
    for (const report of reports) part.report(report);
    return true;
  }

  #part(
    path: readonly string[],
    source: Source,
    coverage: Coverage,
    facts: Record<string, unknown>,
    depth: number,
  ): Part {
    return {
      path,
      source,
      coverage,
      calls: this.#calls,
      report: (report) => this.#report(path, report),
      inside: (name, inner, as) => this.read([...path, shown(name, 400)], inner, depth + 1, as),
      unpack: (packed, chunks) => this.#unpack(path, packed, chunks),
      pause: () => this.#pause(),
      readText: (text, kind, start) => {
        for (const report of readText(text, kind, start)) this.#report(path, report);
      },
      beside: (files, start, end) => {
        // In an archive its neighbours are members.
        if (path.length === 1) this.#named.add(files, start, end);
      },
      note: (more) => {
        Object.assign(facts, more);
      },
    };
  }

  async #unpack(
    path: readonly string[],
    packed: number,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<Unpacked> {
    const most = Math.min(this.#bounds.unpacked - this.#unpacked, Math.max(HARMLESS, packed * RATIO));
    const kept = await this.shelf.keep(chunks, (bytes) => bytes <= most);
    this.#unpacked += kept.source.size;
    if (kept.source.size > Math.max(STRANGE, packed * STRANGE_RATIO)) this.#swollen.set(kept.source, packed);
    if (!kept.whole)
      this.#report(path, {
        rule: FILE_RULES.bomb.id,
        message: `${packed} bytes unpack to more than ${kept.source.size}: stopped there`,
      });
    return kept;
  }

  #pause(): Promise<void> | undefined {
    if (performance.now() > this.#until) throw new Spent('the time for this file is over');
    return ++this.#steps % 64 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
  }

  #report(path: readonly string[], { rule, message, range, severity, evidence }: Report): void {
    const known = this.#rules.get(rule);
    if (known === undefined) throw new TypeError(`there is no rule ${rule}`);
    this.#bad ||= atLeast(severity ?? known.severity, 'medium');
    // Of thousands of the same nobody reads more; a worse one still shows.
    if (this.#findings.length >= this.#bounds.findings) {
      const milder = this.#findings.findLastIndex(
        (one) => !atLeast(one.severity, severity ?? known.severity),
      );
      if (milder < 0) return;
      this.#findings.splice(milder, 1);
    }
    this.#findings.push({
      rule,
      severity: severity ?? known.severity,
      place: { path, range },
      message,
      evidence,
    });
  }
}
