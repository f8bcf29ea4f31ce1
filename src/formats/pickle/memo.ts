import { HEAVIEST, isOpen, LOST, made, type Named, type Node, type Value, weightOf } from './values.ts';

const CHUNK = 1 << 13;
/** Indexes below this are kept in chunks that are made when they are needed; others in a map that is bounded. */
const DENSE = 1 << 22;
const SPARSE = 1 << 15;
/** Nodes, all together. Names count nothing: there are few of them. */
const KEPT = 300_000;

/**
 * The memo of a pickle, whatever its indexes: numbers as they are, nodes by number. Where a file puts more into it than
 * is kept, what is fetched again is `LOST`: nothing unless it is called or names something.
 */
export class Memo {
  #size = 0;
  #kept = 0;
  #full = false;
  readonly #chunks: (Float64Array | undefined)[] = [];
  readonly #sparse = new Map<number | string, number>();
  readonly #nodes: Node[] = [];
  readonly #numbers = new Map<Node, number>();
  readonly #instances = new Map<Named, number>();

  /** How many indexes are set: MEMOIZE takes this as its index. */
  get size(): number {
    return this.#size;
  }

  put(index: number | string, value: Value): void {
    const number = typeof value === 'number' ? value : this.#numberOf(value);
    if (typeof index === 'string' || index >= DENSE) {
      if (!this.#sparse.has(index)) this.#size++;
      if (this.#sparse.size < SPARSE || this.#sparse.has(index)) this.#sparse.set(index, number);
      else this.#full = true;
      return;
    }
    let chunk = this.#chunks[index >>> 13];
    if (chunk === undefined) {
      chunk = new Float64Array(CHUNK).fill(Number.NaN);
      this.#chunks[index >>> 13] = chunk;
    }
    const at = index & (CHUNK - 1);
    if (Number.isNaN(chunk[at])) this.#size++;
    chunk[at] = number;
  }

  /** Undefined where it was never set. */
  get(index: number | string): Value | undefined {
    const number =
      typeof index === 'string' || index >= DENSE
        ? (this.#sparse.get(index) ?? (this.#full ? LOST : undefined))
        : this.#chunks[index >>> 13]?.[index & (CHUNK - 1)];
    if (number === undefined || Number.isNaN(number)) return undefined;
    return number >= LOST ? number : (this.#nodes[-2 - number] ?? LOST);
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#size = 0;
    this.#kept = 0;
    this.#full = false;
    this.#chunks.length = 0;
    this.#sparse.clear();
    this.#nodes.length = 0;
    this.#numbers.clear();
    this.#instances.clear();
  }

  /** Nodes are -2 and below. */
  #numberOf(node: Node): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const weight = isOpen(node) ? HEAVIEST : weightOf(node);
    if (this.#kept + weight > KEPT && weight > 0) return this.#instanceOf(node);
    this.#kept += weight;
    return this.#keep(node);
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
    const number = -2 - this.#nodes.length;
    this.#nodes.push(node);
    this.#numbers.set(node, number);
    return number;
  }
}
