import type { Coverage } from '../findings/coverage.ts';
import type { Range } from '../findings/finding.ts';
import type { Rule } from '../findings/rule.ts';
import type { Severity } from '../findings/severity.ts';
import type { CallBook } from './calls.ts';
import type { Source } from './source.ts';

/** What a reader reports: the scanner adds where it is, and the severity of the rule. */
export interface Report {
  readonly rule: string;
  /** One sentence for a person. Text from the file stands in it as `shown()` gives it. */
  readonly message: string;
  readonly range?: Range;
  readonly severity?: Severity;
  readonly evidence?: Readonly<Record<string, string>>;
}

/** What a text is for: `told` is told to a model (chat templates, prompts), `prose` is for people, `code` and `metadata` for programs. */
export type TextKind = 'prose' | 'code' | 'metadata' | 'told';

/** A file, or something inside one, that is to be read. */
export interface Part {
  /** `['weights.pt', 'archive/data.pkl']`. */
  readonly path: readonly string[];
  readonly source: Source;
  /** Every reader claims what it has read; what nobody claims counts as not read, and the file as not decided. */
  readonly coverage: Coverage;
  /** Calls that are known to be harmless or dangerous, the user's own among them. */
  readonly calls: CallBook;
  report(report: Report): void;
  /**
   * Reads something inside: a member of an archive, a pickle in an attribute. Its own formats are found by its content.
   * Findings in it have `name` added to their path. Levels are counted; too deep is a finding, not a crash.
   *
   * @param as read it as this format, whatever it looks like
   */
  inside(name: string, source: Source, as?: string): Promise<void>;
  /**
   * Keeps what is unpacked so that it can be read from anywhere: a little in memory, much in a file that goes away. Where
   * the budget for unpacking is spent, or it grows out of all proportion to `packed`, that is a finding and `whole` is false.
   *
   * @param packed bytes that it is unpacked from
   */
  unpack(packed: number, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Unpacked>;
  /**
   * To be called every thousand steps or so of anything that a file decides the length of. Throws `Spent` where the time
   * for this file is over, or the caller has given up; lets others run now and then.
   */
  pause(): Promise<void> | undefined;
  /**
   * Text in it that people read or models are told, for whoever scans to look at: secrets, and in templates and
   * descriptions of tools instructions that nobody is meant to see. Long texts are given in pieces that overlap.
   *
   * @param start where the text begins in the source, in bytes; undefined where it does not stand there as it is
   */
  readText(text: string, kind: TextKind, start?: number): void;
  /**
   * Numbers of it that lie in files beside it: from `start` to `end` of the files, one behind the other. Where one of them is
   * of no format itself, whoever scans the folder reads it as these numbers. Told once it is sure what names them.
   *
   * @param files as they are named, relative to this one
   */
  beside(files: readonly string[], start: number, end: number): void;
  /** Facts for the bill of materials and for whoever looks: architecture, parameters, data types, metadata. Bounded by the scanner. */
  note(facts: Readonly<Record<string, unknown>>): void;
}

export interface Unpacked {
  readonly source: Source;
  readonly whole: boolean;
}

/** The time for a file is over. What was not claimed by then was not read. */
export class Spent extends Error {
  override readonly name = 'Spent';
}

/**
 * How sure a look at the content is: `sure` by a magic number or a structure that nothing else has, `maybe` where only
 * reading it will tell (a pickle of protocol 0 begins like any text). All that are sure read the file; those that are
 * not sure only where nobody is, the likeliest first, until one can read it.
 */
export type Likeness = 'sure' | 'maybe' | false;

/** A kind of file. It carries its own proof: what it must catch, and what it must not. */
export interface Format {
  /** `pickle`. */
  readonly name: string;
  /** `Python pickle`. */
  readonly title: string;
  readonly rules: readonly Rule[];
  /** Any bytes are of this format: so what else they surely look like reads them too, and counts where it can read them whole. */
  readonly opaque?: true;
  /** Every byte is read, and what belongs to nothing as a file of its own: nothing else can lurk in it. */
  readonly thorough?: true;
  /** It runs when it is loaded, and may begin like much else: where something else is sure it is tried as well, and counts where it does harm. */
  readonly lurks?: true;
  /** Characters (Latin-1), with one of which every file of it begins: of what begins otherwise it is not asked. Default: any. */
  readonly firstBytes?: string;
  /** @param name of the file or member: content decides, the name only says which of several to try first */
  looks(source: Source, name: string): Likeness;
  /**
   * Reads it whole and claims what it has read. Throws `Malformed` where it is not well-formed: that is a finding
   * (`file.malformed`), or where the format was only a guess, the next guess's turn: what a guess claimed and reported
   * then does not count, so it looks inside nothing (`inside`) before it is sure.
   */
  read(part: Part): Promise<void>;
  readonly proof: {
    readonly catches: readonly Sample[];
    readonly passes: readonly Sample[];
  };
}

/** A small file made on the spot. */
export interface Sample {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  /** Ids of rules, of those that must be found. */
  readonly rules?: readonly string[];
}
