import { setTimeout } from 'node:timers/promises';
import { saysOf } from '../../feeds/kinds.ts';
import { atLeast } from '../../feeds/level.ts';
import { type Notice, noticeOf, withText } from '../../feeds/notice.ts';
import { LedgerFollower } from '../../ledger/follow.ts';
import { nameOf } from '../log.ts';
import type { FeedBook } from './book.ts';
import type { Dead, FeedOrder, FeedStatus, Tried } from './order.ts';
import type { Outcome, Sender } from './sender.ts';

/** Entries that are looked at between two signs of how far it is. */
const LOOKED_AT = 2000;
/** So many refused one after the other, with none taken between: it is not the entries that are wrong. */
const IN_A_ROW = 20;

export interface FeedParts {
  readonly order: FeedOrder;
  readonly sender: Sender;
  /** Notices that the sender takes at once. */
  readonly most: number;
  readonly book: FeedBook;
  /** The ledger's own folder, and that of its archive. */
  readonly folder: string;
  readonly archive: string | undefined;
  /** Durable entries. */
  readonly size: () => number;
  /** False: nothing is handed on but what is tried. */
  readonly deliver: boolean;
  readonly now: () => number;
  /** From 0 to 1: so that many gateways do not come back at once. */
  readonly chance: () => number;
  /** What is held by this review, where a policy lets this receiver have it. */
  readonly reveal: (review: string) => Promise<string | undefined>;
  /** Something about it has changed. */
  readonly onChange: () => void;
}

/**
 * Follows the ledger for one receiver and hands on what it is to have, in order and at least once: how far it has come is
 * written after each batch that was taken. The ledger is the queue: nothing waits in memory but one batch, and a receiver that is
 * away for a week is told of the week. Entries that it refuses are remembered and passed over.
 */
export class Feed {
  readonly order: FeedOrder;
  readonly #parts: FeedParts;
  readonly #stop = new AbortController();
  #follower: LedgerFollower;
  #next: number;
  #wake: (() => void) | undefined;
  readonly #running: Promise<void>;
  #state: FeedStatus['state'] = 'delivering';
  #delivered = 0;
  #refused = 0;
  #inARow = 0;
  #failures = 0;
  #answer = '';
  #at = 0;

  constructor(parts: FeedParts) {
    const { order, book, size, deliver } = parts;
    this.order = order;
    this.#parts = parts;
    const known = book.next(order.name) ?? (order.begin === 'now' ? size() : 0);
    // A ledger that was put back to an older state has fewer.
    this.#next = Math.min(known, size());
    this.#follower = this.#followFrom(this.#next);
    if (deliver) book.setNext(order.name, this.#next);
    this.#running = deliver ? this.#run() : Promise.resolve();
  }

  get status(): FeedStatus {
    const { name, use } = this.order;
    return {
      name,
      use,
      state: this.#state,
      next: this.#next,
      delivered: this.#delivered,
      refused: this.#refused,
      dead: this.#parts.book.deadCount(name),
      failures: this.#failures,
      answer: this.#answer,
      at: this.#at,
    };
  }

  /** There may be new entries. */
  wake(): void {
    this.#wake?.();
  }

  /** One notice, now and beside all others; a batch that is under way is not waited for. */
  async try(seq: number): Promise<Tried> {
    const began = this.#parts.now();
    const notice = await this.#noticeAt(seq);
    const { came, answer } = await this.#parts.sender.send([notice]);
    return { delivered: came === 'took', answer, ms: this.#parts.now() - began };
  }

  /** Tries what was refused again, oldest first; what is taken now is forgotten. */
  async replay(dead: readonly Dead[]): Promise<{ delivered: number; answer: string }> {
    let delivered = 0;
    for (const { seq } of dead) {
      const { came, answer } = await this.#parts.sender.send([await this.#noticeAt(seq)]);
      if (came !== 'took') return { delivered, answer };
      this.#parts.book.revive(this.order.name, seq);
      delivered += 1;
    }
    this.#parts.onChange();
    return { delivered, answer: '' };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#parts.sender.close();
    await this.#running;
    await this.#follower.close();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#next < this.#parts.size()) await this.#go();
        else await this.#sleep();
      } catch (error) {
        // The ledger, or the book, cannot be read now.
        this.#failed(nameOf(error));
        await this.#follower.close().catch(() => {});
        this.#follower = this.#followFrom(this.#next);
        await this.#pause(this.order.retry.longest);
      }
    }
  }

  async #go(): Promise<void> {
    const { size, most } = this.#parts;
    const { queue } = this.order;
    const entries = await this.#follower.take(size(), Math.min(LOOKED_AT, queue));
    if (entries.length === 0) throw new Error('the ledger has fewer entries than it says');
    const wanted = entries
      .filter(({ kind }) => wantsKind(this.order, kind))
      .map(noticeOf)
      .filter(({ level, over }) => over || atLeast(level, this.order.level));
    for (let at = 0; at < wanted.length; at += most) {
      const batch = await Promise.all(wanted.slice(at, at + most).map((one) => this.#withText(one)));
      if (!(await this.#deliver(batch))) return;
      this.#cameTo((batch.at(-1)?.seq ?? 0) + 1);
    }
    this.#cameTo(this.#follower.next);
  }

  #cameTo(next: number): void {
    this.#parts.book.setNext(this.order.name, next);
    this.#next = next;
    this.#parts.onChange();
  }

  /** Until all of it was taken or put aside; false: it is to stop. */
  async #deliver(batch: readonly Notice[]): Promise<boolean> {
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      const outcome = await this.#parts.sender.send(batch);
      if (this.#stop.signal.aborted && outcome.came !== 'took') return false;
      if (outcome.came === 'took') {
        this.#took(batch.length, outcome);
        return true;
      }
      const hopeless =
        outcome.came === 'refused' || (outcome.came === 'failed' && attempt >= this.order.retry.attempts);
      if (hopeless && this.#inARow < IN_A_ROW) return this.#putAside(batch, outcome);
      this.#failed(outcome.answer);
      await this.#pause(
        Math.max(outcome.pause ?? 0, this.#pauseAfter(outcome.pause === undefined ? attempt : 1)),
      );
    }
    return false;
  }

  /** Halves are tried by themselves until the one that is refused is alone. */
  async #putAside(batch: readonly Notice[], { answer }: Outcome): Promise<boolean> {
    const [first] = batch;
    if (batch.length > 1 || first === undefined) {
      const half = Math.ceil(batch.length / 2);
      return (await this.#deliver(batch.slice(0, half))) && (await this.#deliver(batch.slice(half)));
    }
    this.#refused += 1;
    this.#inARow += 1;
    this.#answer = answer;
    this.#at = this.#parts.now();
    this.#parts.book.bury(this.order.name, { seq: first.seq, time: this.#at, answer }, this.order.dead);
    this.#parts.onChange();
    return true;
  }

  #took(count: number, { answer }: Outcome): void {
    this.#delivered += count;
    this.#failures = 0;
    this.#inARow = 0;
    this.#state = 'delivering';
    this.#answer = answer;
    this.#at = this.#parts.now();
    this.#parts.onChange();
  }

  #failed(answer: string): void {
    this.#failures += 1;
    this.#state = 'waiting';
    this.#answer = answer;
    this.#at = this.#parts.now();
    this.#parts.onChange();
  }

  /** It doubles, with chance in it, as far as the settings let it. */
  #pauseAfter(attempt: number): number {
    const { first, longest } = this.order.retry;
    return Math.min(longest, first * 2 ** Math.min(attempt - 1, 30)) * (0.5 + this.#parts.chance() / 2);
  }

  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #noticeAt(seq: number): Promise<Notice> {
    const follower = this.#followFrom(seq);
    try {
      const [entry] = await follower.take(this.#parts.size(), 1);
      if (entry === undefined) throw new Error('the ledger has no such entry');
      return await this.#withText(noticeOf(entry));
    } finally {
      await follower.close();
    }
  }

  async #withText(notice: Notice): Promise<Notice> {
    const { review } = notice.facts;
    if (notice.kind !== 'review.held' || typeof review !== 'string') return notice;
    const text = await this.#parts.reveal(review);
    return text === undefined ? notice : withText(notice, text);
  }

  #followFrom(seq: number): LedgerFollower {
    return new LedgerFollower(this.#parts.folder, seq, this.#parts.archive);
  }
}

/** What a receiver is to have, before it is asked how much it matters. That a trouble is over is told as the trouble was. */
function wantsKind({ entries }: FeedOrder, kind: string): boolean {
  if (entries === 'all') return true;
  if (entries === 'alerts') return saysOf(kind).alert;
  return entries.some((one) => (one.endsWith('*') ? kind.startsWith(one.slice(0, -1)) : kind === one));
}
