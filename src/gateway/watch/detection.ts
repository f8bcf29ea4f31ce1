import type { Entry } from '../../audit/entry.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Alert } from '../../detect/alert.ts';
import { Detector } from '../../detect/detector.ts';
import type { Rule } from '../../detect/rule.ts';
import { AlertBook } from '../../views/alerts.ts';
import type { Views } from '../../views/views.ts';
import { readWatched, type WatchedRules } from './rules.ts';

/** Entries after which what the detector remembers is written, if time alone does not come first. */
const SAVE = 50_000;
/** Nobody is told of what was older when it was noticed: milliseconds. "gatehouse detect replay" tells of the past. */
const OLD = 86_400_000;
/** Milliseconds until an entry is durable, at the very most: until then time does not go on without it. */
const LATE = 10_000;
/** Alerts in one message, and in a minute. */
const MOST_AT_ONCE = 50;
const MOST = 300;

/**
 * The detector over a ledger that is followed, with its memory in the file of the views. What it remembers is written now and then;
 * what came since is read again after a restart, and raises the same alerts with the same ids.
 */
export class Detection {
  readonly #book: AlertBook;
  readonly #detector: Detector;
  #unsaved = 0;
  /** In this minute. */
  #told = 0;
  #minute = 0;

  constructor(views: Views, watched: WatchedRules) {
    this.#book = new AlertBook(views.database);
    const { rules, disabled } = readWatched(watched);
    const ships = new Set(watched.sources.filter((one) => one.ships).map(({ file }) => file));
    this.#book.setRules([
      ...rules.map((rule) => shown(rule, true, ships.has(rule.file))),
      ...disabled.map((rule) => shown(rule, false, ships.has(rule.file))),
    ]);
    this.#detector = new Detector(rules, watched.zone);
    const saved = this.#book.saved();
    if (saved !== undefined) this.#detector.restore(saved.head, saved.groups);
  }

  /** Number of the entry that it waits for. */
  get next(): number {
    return this.#detector.next;
  }

  /** Entries in order; those that it has had are left out. */
  take(entries: readonly Entry[]): void {
    const alerts = this.#detector.take(entries);
    if (alerts.length > 0) this.#book.save(alerts);
    this.#book.read(entries);
    this.#unsaved += entries.length;
    if (this.#unsaved >= SAVE) this.save();
  }

  /** Everything up to now was taken: time goes on, though nothing comes. */
  advance(now: number): void {
    const alerts = this.#detector.advance(now - LATE);
    if (alerts.length === 0) return;
    this.#book.save(alerts);
    this.#unsaved += 1;
  }

  /** Alerts that have no entry yet. They come again until they have one; whoever writes them knows which it has. */
  due(now: number): Alert[] {
    this.#book.dropBefore(this.#detector.time - OLD);
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) this.#told = 0;
    this.#minute = minute;
    const alerts = this.#book.waiting(Math.min(MOST_AT_ONCE, MOST - this.#told));
    this.#told += alerts.length;
    return alerts;
  }

  save(): void {
    if (this.#unsaved === 0) return;
    this.#book.save([], this.#detector.changes());
    this.#unsaved = 0;
  }
}

/** A rule for whoever asks what is looked for. */
export const shown = (rule: Rule, enabled: boolean, ships: boolean): JsonObject => ({
  id: rule.id,
  title: rule.title,
  description: rule.description,
  level: rule.level,
  enabled,
  ships,
  type: rule.measure.type,
  group_by: [...rule.groupBy],
  atlas: [...rule.atlas],
  owasp: [...rule.owasp],
  false_positives: [...rule.falsePositives],
  response: rule.response,
});
