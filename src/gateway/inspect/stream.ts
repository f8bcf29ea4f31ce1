import { Refusal } from '../../base/refusal.ts';
import { type Cleared, clear } from '../../exchange/cleared.ts';
import type { StreamEvent } from '../../exchange/exchange.ts';
import type { Slot } from '../../exchange/part.ts';
import { attribute, type Placed } from './attribution.ts';
import { Channel } from './channel.ts';
import { admitOpaque } from './inspect.ts';
import type { Inspection } from './inspection.ts';
import type { Run } from './run.ts';

interface Piece extends Placed {
  readonly slot: Slot;
  readonly of: Pending;
  /** A part of it has left already, so the slot no longer holds the original. */
  parted: boolean;
}

/** An event on hold, and how many of its texts some guard may still change. */
interface Pending {
  readonly event: StreamEvent;
  open: number;
}

interface Line {
  readonly channel: Channel;
  /** Slots fed and not settled yet, oldest first. */
  pieces: Piece[];
  settled: number;
}

/** Whole texts of a stream that were clear once need no second reading: ids, model names, fingerprints. So many of each kind. */
const REMEMBERED = 256;

/**
 * The guards on a streamed reply. Events come in as the upstream sends them and leave, in the same order within
 * their lane, as soon as no guard may change its mind about any of their text; an event that can be divided leaves
 * piece by piece. What is held is bounded by `maxHeld` UTF-16 code units.
 */
export class StreamInspection {
  readonly #inspection: Inspection;
  readonly #maxHeld: number;
  readonly #lines = new Map<string, Line>();
  /** By provenance and format: the same characters are another text where they are JSON. */
  readonly #known = new Map<string, Set<string>>();
  readonly #queue: Pending[] = [];
  /** How many events wait in each lane. */
  readonly #waiting = new Map<string, number>();
  #held = 0;
  #ready = '';
  /** Text of some event was cleared since the queue was last gone through. */
  #moved = false;

  constructor(inspection: Inspection, maxHeld: number) {
    this.#inspection = inspection;
    this.#maxHeld = maxHeld;
  }

  /** Takes the next event. Throws a Refusal where a guard blocks; a promise where a guard needs time. */
  push(event: StreamEvent): void | Promise<void> {
    if (event.opaque.length > 0) admitOpaque(event.opaque, this.#inspection);
    const pending: Pending = { event, open: 0 };
    const slots = event.slots;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      const read = slot.delta ? this.#delta(slot, pending) : this.#whole(slot);
      if (read !== undefined) return this.#pushRest(read, pending, i + 1);
    }
    return this.#finish(pending);
  }

  /** The rest of {@link push} once a guard made it wait. */
  async #pushRest(waiting: Promise<void>, pending: Pending, from: number): Promise<void> {
    await waiting;
    for (const slot of pending.event.slots.slice(from)) {
      await (slot.delta ? this.#delta(slot, pending) : this.#whole(slot));
    }
    return this.#finish(pending);
  }

  #finish(pending: Pending): void | Promise<void> {
    const { event } = pending;
    if (event.ends.length > 0 || event.last) {
      const ended = this.#endLines(event);
      if (ended !== undefined) return ended.then(() => this.#leave(pending));
    }
    return this.#leave(pending);
  }

  /**
   * The queue is gone through only where something in it may have become free; an event that comes while others
   * wait costs no more than a look at the lanes in which they do.
   */
  #leave(pending: Pending): void {
    const free = pending.open === 0 && !this.#isBlocked(pending.event.lane);
    if (free && (this.#queue.length === 0 || !this.#moved)) {
      this.#ready += pending.event.write();
    } else {
      this.#queue.push(pending);
      const { lane } = pending.event;
      this.#waiting.set(lane, (this.#waiting.get(lane) ?? 0) + 1);
      if (this.#moved) this.#ready += this.#drain();
    }
    this.#moved = false;
    if (this.#held > this.#maxHeld) {
      throw new Refusal('upstream_invalid', { hint: 'More text is on hold than the gateway keeps.' });
    }
  }

  /** Length of the wire text that is clear and was not taken. */
  get ready(): number {
    return this.#ready.length;
  }

  /** Wire text that has become clear since last asked. */
  take(): Cleared<string> {
    const text = this.#ready;
    this.#ready = '';
    return clear(text);
  }

  #whole(slot: Slot): Promise<void> | undefined {
    const { text } = slot;
    const known = this.#knownOf(`${slot.provenance} ${slot.format}`);
    if (text === '' || known.has(text)) return undefined;
    this.#inspection.book.text(text.length);
    const out = new Channel(this.#inspection, slot, { streamed: true }).end(text);
    const set = (runs: readonly Run[]) => {
      const cleared = runs.map((run) => run.raw).join('');
      if (cleared !== text) slot.set(cleared);
      else if (known.size < REMEMBERED && text.length <= 256) known.add(text);
    };
    if (out instanceof Promise) return out.then(set);
    set(out);
    return undefined;
  }

  #knownOf(kind: string): Set<string> {
    let known = this.#known.get(kind);
    if (known === undefined) {
      known = new Set();
      this.#known.set(kind, known);
    }
    return known;
  }

  #delta(slot: Slot, pending: Pending): Promise<void> | undefined {
    const { text } = slot;
    if (text === '') return undefined;
    let line = this.#lines.get(slot.path);
    if (line === undefined) {
      line = { channel: new Channel(this.#inspection, slot, { streamed: true }), pieces: [], settled: 0 };
      this.#lines.set(slot.path, line);
      this.#inspection.book.verdicts.texts += 1;
    }
    const start = line.channel.length;
    const piece: Piece = { start, end: start + text.length, cleared: '', slot, of: pending, parted: false };
    line.pieces.push(piece);
    pending.open += 1;
    this.#held += text.length;
    this.#inspection.book.verdicts.chars += text.length;
    return this.#settle(line, line.channel.push(text));
  }

  #settle(line: Line, out: readonly Run[] | Promise<readonly Run[]>): Promise<void> | undefined {
    if (out instanceof Promise) return out.then((runs) => this.#settleRuns(line, runs));
    this.#settleRuns(line, out);
    return undefined;
  }

  #settleRuns(line: Line, runs: readonly Run[]): void {
    if (runs.length === 0) return;
    this.#moved = true;
    line.settled = attribute(runs, line.pieces, line.settled);
    let done = 0;
    for (const piece of line.pieces) {
      if (piece.end > line.settled) break;
      // Later runs can only start at or after `settled`, so nothing more will be added here.
      this.#close(piece);
      done++;
    }
    if (done > 0) line.pieces.splice(0, done);
  }

  #close(piece: Piece): void {
    this.#moved = true;
    if (piece.parted || piece.cleared !== piece.slot.text) piece.slot.set(piece.cleared);
    piece.of.open -= 1;
    this.#held -= piece.end - piece.start;
  }

  #endLines(event: StreamEvent): Promise<void> | undefined {
    let waiting: Promise<void> | undefined;
    for (const [path, line] of this.#lines) {
      if (!event.last && !event.ends.some((end) => covers(end, path))) continue;
      this.#lines.delete(path);
      const settle = () => {
        const out = this.#settle(line, line.channel.end());
        const close = () => {
          for (const piece of line.pieces.splice(0)) this.#close(piece);
        };
        if (out !== undefined) return out.then(close);
        close();
        return undefined;
      };
      waiting = waiting === undefined ? settle() : waiting.then(settle);
    }
    return waiting;
  }

  #isBlocked(lane: string): boolean {
    for (const waiting of this.#waiting.keys()) if (meet(waiting, lane)) return true;
    return false;
  }

  #gone(lane: string): void {
    const left = (this.#waiting.get(lane) ?? 1) - 1;
    if (left > 0) this.#waiting.set(lane, left);
    else this.#waiting.delete(lane);
  }

  /** Takes from the queue what may go: settled, and behind nothing on hold in its own lane. */
  #drain(): string {
    let wire = '';
    let kept = 0;
    const queue = this.#queue;
    const lanes = new Set<string>();
    for (let i = 0; i < queue.length; i++) {
      const pending = queue[i] as Pending;
      const { event } = pending;
      const free = lanes.size === 0 || ![...lanes].some((lane) => meet(lane, event.lane));
      if (free && pending.open === 0) {
        this.#gone(event.lane);
        wire += event.write();
        continue;
      }
      if (free && event.divisible) wire += this.#sendPart(pending);
      lanes.add(event.lane);
      queue[kept++] = pending;
      // The empty lane meets every other: nothing behind it can go.
      if (event.lane === '') {
        for (i++; i < queue.length; i++) queue[kept++] = queue[i] as Pending;
      }
    }
    queue.length = kept;
    return wire;
  }

  /** Sends what is clear of the one text of an event, and keeps the rest. */
  #sendPart(pending: Pending): string {
    const slot = pending.event.slots.find(({ delta, text }) => delta && text !== '');
    const piece = slot && this.#lines.get(slot.path)?.pieces.find(({ of }) => of === pending);
    if (piece === undefined || piece.cleared === '') return '';
    piece.slot.set(piece.cleared);
    piece.cleared = '';
    piece.parted = true;
    return pending.event.write();
  }
}

/** `0/content` covers itself; `0/*` covers everything below `0`. */
const covers = (end: string, path: string): boolean =>
  end.endsWith('/*') ? path.startsWith(end.slice(0, -1)) : end === path;

/** Lanes meet when one is the other or lies above it. */
const meet = (a: string, b: string): boolean =>
  a === b || a === '' || b === '' || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
