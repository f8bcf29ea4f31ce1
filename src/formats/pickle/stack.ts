import { LOST, made, type Named, type Value } from './values.ts';

/** Deeper than this no real pickle goes: picklers write long lists and dicts in batches of a thousand. */
export const DEEPEST = 1 << 21;
/** Marks within marks. CPython's own pickler gives up long before. */
export const MARKS = 1 << 20;
/** What lies deeper than this is not looked into any more. */
const SHALLOW = 4096;

/** The stack with its marks. What is below the last mark is out of reach, as it is in CPython. */
export class Stack {
  readonly items: Value[] = [];
  readonly marks: number[] = [];
  top = 0;
  /** Where the last mark is. */
  fence = 0;
  readonly #instances = new Map<Named, Value>();

  push(value: Value): void {
    const kept = this.top > SHALLOW && typeof value === 'object' ? this.#light(value) : value;
    this.items[this.top++] = kept;
  }

  get isEmpty(): boolean {
    return this.top <= this.fence;
  }

  /** `LOST` where there is nothing within reach. */
  pop(): Value {
    return this.top > this.fence ? (this.items[--this.top] as Value) : LOST;
  }

  peek(): Value {
    return this.top > this.fence ? (this.items[this.top - 1] as Value) : LOST;
  }

  mark(): void {
    this.marks.push(this.top);
    this.fence = this.top;
  }

  /** Where what stands above the last mark begins; that is left for who asks to take. Undefined without a mark. */
  unmark(): number | undefined {
    const start = this.marks.pop();
    this.fence = this.marks.at(-1) ?? 0;
    return start;
  }

  clear(): void {
    this.items.length = 0;
    this.marks.length = 0;
    this.top = 0;
    this.fence = 0;
  }

  /** So that a stack of millions of tuples is no more than one of millions of numbers. */
  #light(value: Exclude<Value, number>): Value {
    if (value.kind === 'named' && value.self === undefined) return value;
    if (value.kind !== 'made' || value.by === undefined) return LOST;
    let light = this.#instances.get(value.by);
    if (light === undefined) {
      light = made(value.by, LOST);
      this.#instances.set(value.by, light);
    }
    return light;
  }
}
