import { FINDERS } from './finders.ts';
import { type Folded, fold } from './fold.ts';
import { invisibleStretches } from './invisible.ts';
import { isText } from './plausible.ts';
import { apart } from './spaced.ts';
import { type SpanOf, same, through } from './spans.ts';
import { type Patch, splice } from './splice.ts';
import { type Finder, MOST, type Stretch } from './stretch.ts';
import { Survey } from './survey.ts';
import { unescaped } from './unescape.ts';
import { isEncodedStill, Unread } from './unread.ts';
import { upsideDown } from './upside-down.ts';
import type { View, ViewKind, Views } from './view.ts';

/** Readings of readings go so deep. */
const DEPTH = 3;
/** All views together are at most so many times the text. */
const FACTOR = 4;
/** More stretches than this are read in their place only, not each as a view of its own. */
const MOST_VIEWS = 48;
/** A repaired text keeps so much of what stands around each repair; a short one keeps all. */
const AROUND = 160;
const SHORT = 4096;
/** What is shorter has nothing in it. */
const LEAST = 6;

/**
 * Reads a text in every way that it may be meant to be read. Pure; linear; at most four times the text in all.
 * @param isMeant whether what bytes were decoded to is something that somebody wrote, and not chance
 * @param finders what is looked for, where that is not everything
 */
export function viewsOf(
  text: string,
  isMeant: (decoded: string) => boolean = isText,
  finders: readonly Finder[] = FINDERS,
): Views {
  const folded = fold(text);
  const canonical: View = { kind: 'canonical', via: [], text: folded.text, spanOf: folded.spanOf };
  const reader = new Reader(text.length * FACTOR - folded.text.length, isMeant, finders);
  reader.read(canonical, unseenIn(text, folded));
  const { views: others, leet, spaced, encoded, unread } = reader;
  const signs = { ...folded.signs, leet, spaced, encoded };
  return { original: text, canonical, others, signs, unread: unread.span };
}

/** What must be read before folding, which leaves it out. */
function unseenIn(text: string, { signs }: Folded): Stretch[] {
  const found = invisibleStretches(text, signs);
  if (signs.confusables > 2) found.push(...upsideDown(text));
  return apart(found);
}

/** A text, how it was come by, and the way back to the original. */
type Reading = Pick<View, 'text' | 'via' | 'spanOf'>;

class Reader {
  readonly views: View[] = [];
  leet = 0;
  spaced = 0;
  encoded = 0;
  readonly unread = new Unread();
  #room: number;
  #work: number;
  readonly #seen = new Set<string>();
  readonly #isMeant: (decoded: string) => boolean;
  readonly #finders: readonly Finder[];

  /** @param room UTF-16 units that the views may have in all */
  constructor(room: number, isMeant: (decoded: string) => boolean, finders: readonly Finder[]) {
    this.#isMeant = isMeant;
    this.#finders = finders;
    this.#room = room;
    this.#work = Math.max(room, SHORT * 4);
  }

  /** Reads every stretch, and last the text as a whole with everything decoded in its place. */
  read(canonical: View, unseen: readonly Stretch[]): void {
    const { length } = canonical.text;
    this.#seen.add(canonical.text);
    this.#room -= length; // kept for the whole
    const origin: Reading = { text: '', via: [], spanOf: same };
    const hidden = unseen.flatMap((stretch) => this.#decode(stretch, origin) ?? []);
    const shown = this.#explore(canonical) ?? canonical;
    this.#room += length;
    const end = shown.text.length;
    // What cannot be seen has no place among what can: it is read after it.
    const after = hidden.flatMap((one): Patch[] => [
      { start: end, end, text: '\n' },
      { start: end, end, text: one.text, spanOf: one.spanOf },
    ]);
    const whole: View = { kind: 'joined', via: ['joined'], ...splice(shown.text, after, shown.spanOf) };
    if (!this.#add(whole)) this.unread.dropAll();
  }

  /** Whether what it says is in a view now. */
  #add(view: View): boolean {
    if (this.#seen.has(view.text)) return true;
    if (view.text.length > this.#room || (this.views.length >= MOST_VIEWS && view.kind !== 'joined')) {
      this.unread.drop(view);
      return false;
    }
    this.#seen.add(view.text);
    this.#room -= view.text.length;
    this.views.push(view);
    return true;
  }

  /** The text with everything decoded that is in it; undefined if nothing is. */
  #explore(source: Reading): Reading | undefined {
    if (source.via.length >= DEPTH || source.text.length < LEAST || source.text.length > this.#work) return;
    this.#work -= source.text.length;
    return this.#unescape(source) ?? this.#search(source);
  }

  /** Escapes go first: what they spell may be anything else. */
  #unescape(source: Reading): Reading | undefined {
    const result = unescaped(source.text);
    if (result === undefined) return;
    const folded = fold(result.text);
    const reading: Reading = {
      text: folded.text,
      via: [...source.via, result.kind],
      spanOf: through(through(folded.spanOf, result.spanOf), source.spanOf),
    };
    if (source.via.length === 0) this.encoded += result.encoded;
    this.#add({ kind: result.kind, ...reading });
    return this.#explore(reading) ?? reading;
  }

  #search(source: Reading): Reading | undefined {
    const survey = new Survey(source.text);
    const decoded: Patch[] = [];
    const repairs: Stretch[] = [];
    for (const finder of this.#finders) {
      const stretches = finder.find(source.text, survey);
      if (finder.repairs) {
        for (const stretch of stretches) repairs.push(stretch);
        continue;
      }
      const before = decoded.length;
      for (const stretch of stretches) {
        const reading = this.#decode(stretch, source);
        if (reading !== undefined) decoded.push({ ...stretch, text: reading.text, spanOf: reading.spanOf });
      }
      if (decoded.length > before) this.#leaveRest(source, finder, stretches);
    }
    if (repairs.length > 0) return this.#repair(source, decoded, repairs);
    return decoded.length === 0 ? undefined : { ...source, ...inPlace(source, decoded) };
  }

  /** Where a finder gave up among encoded stretches, the rest is left unread. */
  #leaveRest({ text, spanOf }: Reading, { most = MOST }: Finder, stretches: readonly Stretch[]): void {
    const last = stretches.at(-1);
    if (stretches.length < most || last?.doubtful !== true || last.end === text.length) return;
    this.unread.leave(spanOf(last.end, text.length));
  }

  /** A stretch as a view of its own; then as it reads when all that is in it is decoded too. */
  #decode(stretch: Stretch, source: Reading): Reading | undefined {
    const folded = fold(stretch.text);
    const reading: Reading = {
      text: folded.text,
      via: [...source.via, stretch.kind],
      spanOf: through(through(folded.spanOf, stretch.spanOf), source.spanOf),
    };
    const before = this.views.length;
    const room = this.#room;
    const plain = stretch.doubtful !== true || this.#isMeant(folded.text);
    if (plain) this.#add({ kind: stretch.kind, ...reading });
    const isDeepest = reading.via.length >= DEPTH || reading.text.length > this.#work;
    if (isDeepest && stretch.doubtful === true && isEncodedStill(reading.text))
      this.unread.leave(source.spanOf(stretch.start, stretch.end));
    const deeper = this.#explore(reading);
    if (!plain && (deeper === undefined || !this.#isMeant(deeper.text))) {
      // Not even what it would decode to is text: it never was any.
      this.views.length = before;
      this.#room = room;
      return;
    }
    if (source.via.length === 0) this.encoded += stretch.end - stretch.start;
    return deeper ?? reading;
  }

  /** The text with its words and signs put right, which is then read again. */
  #repair(source: Reading, decoded: readonly Patch[], repairs: readonly Stretch[]): Reading {
    const counts = new Map<ViewKind, number>();
    for (const { kind } of repairs) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    this.leet += counts.get('leet') ?? 0;
    this.spaced += counts.get('spaced') ?? 0;
    const [kind] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
    const pieces = repairs.map((one) => ({ ...one, spanOf: through(one.spanOf, source.spanOf) }));
    const repaired = inPlace(source, [...decoded, ...pieces]);
    const folded = fold(repaired.text);
    const reading: Reading = {
      text: folded.text,
      via: [...source.via, kind],
      spanOf: through(folded.spanOf, repaired.spanOf),
    };
    this.#add({ kind, ...reading });
    return this.#explore(reading) ?? reading;
  }
}

/** The text with patches in it. Of a long one what is far from any patch is left out. */
function inPlace(source: Reading, found: readonly Patch[]): { text: string; spanOf: SpanOf } {
  const { text, spanOf } = source;
  const patches = apart(found.filter((one) => text.slice(one.start, one.end) !== one.text));
  if (text.length <= SHORT) return splice(text, patches, spanOf);
  const near: Patch[] = [];
  let at = 0;
  const leaveOut = (start: number, end: number) => {
    if (end - start > AROUND) near.push({ start, end, text: '\n' });
  };
  for (const patch of patches) {
    leaveOut(at, patch.start - AROUND);
    near.push(patch);
    at = patch.end + AROUND;
  }
  leaveOut(at, text.length);
  return splice(text, near, spanOf);
}
