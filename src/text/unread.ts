import type { Span } from '../base/spans.ts';
import { isText } from './plausible.ts';
import type { View, ViewKind } from './view.ts';

/** Of a long text its beginning is judged. UTF-16 units. */
const SAMPLE = 4096;
const CODED = /[A-Za-z0-9+/=_-]{16,}/g;
const MIXED = /[0-9]|[a-z][A-Z]/;

/** Whether what was decoded looks encoded still: half of it and more are runs that are no words. */
export function isEncodedStill(text: string): boolean {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  let solid = 0;
  for (const [run] of sample.matchAll(CODED)) if (MIXED.test(run)) solid += run.length;
  const all = sample.length - (sample.match(/\s/g)?.length ?? 0);
  return solid * 2 >= all && solid > 0 && !isText(sample);
}

/** What stands in the text as it came, in words that are cut or written otherwise, or beside what is shown. */
const STANDS: ReadonlySet<ViewKind> = new Set([
  'canonical',
  'joined',
  'leet',
  'spaced',
  'pig-latin',
  'assembled',
  'comments',
]);

/** Whether the view itself was decoded: as it came, it is in no text that can be read. */
export const isDecoded = ({ kind }: View): boolean => !STANDS.has(kind);

/** Where in the original something decoded was left unread: from the first such place to the end of the last. */
export class Unread {
  #start = Number.POSITIVE_INFINITY;
  #end = 0;
  /** Views that are not there for want of room; the whole may have what they say. */
  readonly #dropped: View[] = [];

  leave({ start, end }: Span): void {
    this.#start = Math.min(this.#start, start);
    this.#end = Math.max(this.#end, end);
  }

  drop(view: View): void {
    if (isDecoded(view)) this.#dropped.push(view);
  }

  /** The whole has no room either. */
  dropAll(): void {
    for (const { spanOf, text } of this.#dropped) this.leave(spanOf(0, text.length));
  }

  get span(): Span | undefined {
    return this.#start < this.#end ? { start: this.#start, end: this.#end } : undefined;
  }
}
