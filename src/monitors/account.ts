import type { Reading } from './frame.ts';
import type { Memory } from './monitor.ts';

const REGISTERS = 64;
const MOST_LABELS = 64;
/** Bits that one answer can hold. */
const MOST_ENTROPY = Math.log2(MOST_LABELS);
/** Numbers of the sketch whose sides make a cell: 65,536 cells. */
const SIDES = 16;

/** What one caller, or one team, has learned of a model. */
export interface Learned {
  /** Queries, without exact retries. */
  readonly queries: number;
  /** Cells of the space of inputs that were asked about; an estimate, to about 13 %. */
  readonly cells: number;
  /** Of the labels that were answered, in bits. */
  readonly entropy: number;
  /** Cells × entropy: what the answers say of the model, at the most, in bits. */
  readonly bits: number;
}

/** What may be learned before an alarm. */
export type Budget = Pick<Learned, 'queries' | 'bits'>;

/** Counts what is learned, in some hundreds of bytes. Kesarwani et al.: Model extraction warning in MLaaS paradigm, ACSAC 2018. */
export class Account {
  readonly #queries = new Float64Array(1);
  readonly #labels = new Uint32Array(MOST_LABELS);
  /** HyperLogLog: Flajolet et al., 2007. */
  readonly #registers = new Uint8Array(REGISTERS);
  readonly #spent = new Uint8Array(1);
  /** Queries and bits that a person knows of. */
  readonly #forgiven = new Float64Array(2);
  readonly memory: readonly Memory[] = [
    this.#queries,
    this.#labels,
    this.#registers,
    this.#spent,
    this.#forgiven,
  ];

  /** Whether the budget is spent. */
  get spent(): boolean {
    return this.#spent[0] === 1;
  }

  /** Whether this query goes over the budget; true once. */
  overspends(budget: Budget): boolean {
    if (this.spent) return false;
    const [asked, known] = this.#forgiven as unknown as [number, number];
    const { queries } = this;
    // What was learned is looked up only where it could be enough.
    const could = queries * MOST_ENTROPY - known > budget.bits;
    if (queries - asked <= budget.queries && !(could && this.learned.bits - known > budget.bits))
      return false;
    this.#spent[0] = 1;
    return true;
  }

  /** Begins the budget anew. What was learned stays learned. */
  forgive(): void {
    const { queries, bits } = this.learned;
    this.#forgiven.set([queries, bits]);
    this.#spent.fill(0);
  }

  take({ rounded, label }: Reading): void {
    this.#queries[0] = (this.#queries[0] as number) + 1;
    const slot = Math.max(0, label) % MOST_LABELS;
    this.#labels[slot] = (this.#labels[slot] as number) + 1;
    let cell = 0;
    for (let at = 0; at < SIDES; at++) cell = cell * 2 + ((rounded[at] as number) > 0 ? 1 : 0);
    const hash = spread(cell);
    const register = hash % REGISTERS;
    const rank = Math.clz32(hash) + 1;
    this.#registers[register] = Math.max(this.#registers[register] as number, rank);
  }

  get queries(): number {
    return this.#queries[0] as number;
  }

  get learned(): Learned {
    const { queries } = this;
    let entropy = 0;
    for (const count of this.#labels)
      if (count > 0) entropy -= (count / queries) * Math.log2(count / queries);
    const cells = Math.min(queries, this.#cells());
    return { queries, cells, entropy, bits: cells * entropy };
  }

  #cells(): number {
    const empty = this.#registers.filter((register) => register === 0).length;
    // Few cells are counted by the registers that are left empty (linear counting).
    if (empty > 0) return Math.round(REGISTERS * Math.log(REGISTERS / empty));
    const sum = this.#registers.reduce((total, register) => total + 2 ** -register, 0);
    return Math.round((0.709 * REGISTERS * REGISTERS) / sum);
  }
}

/** Mixes the bits of a number (MurmurHash3's finaliser). The sides of the sketch are keyed already. */
function spread(value: number): number {
  let out = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  out = Math.imul(out ^ (out >>> 13), 0xc2b2ae35);
  return (out ^ (out >>> 16)) >>> 0;
}
