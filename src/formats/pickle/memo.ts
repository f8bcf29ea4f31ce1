import { LOST, made, type Named, type Node, type Value, weightOf } from './values.ts';

const SHIFT = 10;
const CHUNK = 1 << SHIFT;
/** Indexes below this are kept in chunks that are made when they are needed; others in a map that is bounded. */
const DENSE = 1 << 22;
const SPARSE = 1 << 15;
/** Nodes, all together. Names count nothing: there are few of them. */
const KEPT = 60_000;

/**
 * The memo of a pickle, whatever its indexes: numbers as they are, nodes by number. Where a file puts more into it than
 * is kept, what is fetched again is `LOST`: nothing unless it is called or names something.
 */
export class Memo {
  #size = 0;
  #kept = 0;
  #full = false;
  /** Of the places in all chunks. */
  #highest = 0;
  readonly #chunks: (Float64Array | undefined)[] = [];
  readonly #sparse = new Map<number | string, number>();
  readonly #nodes: Node[] = [];
  readonly #names = new Map<Named, number>();
  readonly #instances = new Map<Named, number>();

  /** How many indexes are set: MEMOIZE takes this as its index. */
  get size(): number {
    return this.#size;
  }

  put(index: number | string, value: Value): void {
    const number = typeof value === 'number' ? value : this.#numberOf(value);
    if (typeof index === 'string' || index >= DENSE) {
      const isNew = !this.#sparse.has(index);
      if (isNew) this.#size++;
      // What may be called is kept before what is only said.
      if (!isNew || this.#sparse.size < (typeof value === 'number' ? SPARSE : 2 * SPARSE))
        this.#sparse.set(index, number);
      else this.#full = true;
      return;
    }
    let chunk = this.#chunks[index >>> SHIFT];
    if (chunk === undefined) {
      chunk = new Float64Array(CHUNK).fill(Number.NaN);
      this.#chunks[index >>> SHIFT] = chunk;
    }
    const at = index & (CHUNK - 1);
    if (at > this.#highest) this.#highest = at;
    if (Number.isNaN(chunk[at])) this.#size++;
    chunk[at] = number;
  }

  /** Undefined where it was never set. */
  get(index: number | string): Value | undefined {
    const number =
      typeof index === 'string' || index >= DENSE
        ? (this.#sparse.get(index) ?? (this.#full ? LOST : undefined))
        : this.#chunks[index >>> SHIFT]?.[index & (CHUNK - 1)];
    if (number === undefined || Number.isNaN(number)) return undefined;
    return Number.isInteger(number) ? number : (this.#nodes[-0.5 - number] ?? LOST);
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#size = 0;
    this.#kept = 0;
    this.#full = false;
    // The first is used by every pickle, and many are small.
    this.#chunks.length = Math.min(1, this.#chunks.length);
    this.#chunks[0]?.fill(Number.NaN, 0, this.#highest + 1);
    this.#highest = 0;
    this.#sparse.clear();
    this.#nodes.length = 0;
    this.#names.clear();
    this.#instances.clear();
  }

  /** Nodes are -0.5, -1.5 and so on: all other values are whole numbers. */
  #numberOf(node: Node): number {
    if (node.kind === 'named' && node.self === undefined) return this.#nameOf(node);
    const weight = weightOf(node);
    if (this.#kept + weight > KEPT) return this.#instanceOf(node);
    this.#kept += weight;
    return this.#keep(node);
  }

  #nameOf(named: Named): number {
    let number = this.#names.get(named);
    if (number === undefined) {
      number = this.#keep(named);
      this.#names.set(named, number);
    }
    return number;
  }

  /** Of what a class made, the class is what matters. */
  #instanceOf(node: Node): number {
    if (node.kind !== 'made' || node.by === undefined) return LOST;
    let instance = this.#instances.get(node.by);
    if (instance === undefined) {
      instance = this.#keep(made(node.by, LOST));
      this.#instances.set(node.by, instance);
    }
    return instance;
  }

  #keep(node: Node): number {
    const number = -0.5 - this.#nodes.length;
    this.#nodes.push(node);
    return number;
  }
}
