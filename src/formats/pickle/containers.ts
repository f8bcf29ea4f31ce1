import { add, FIRST, isSequence, LOST, type Sequence, sequence, type Value } from './values.ts';

/** Containers whose content is known: the newest. What is called is called with one that was just made. */
const KNOWN = 256;
/** Of one container, copies that are kept in mind. */
const COPIES = 16;
/** So many literals are kept without an object. */
const FEW = 4;

const copied = (value: Value): Value => (isSequence(value) ? { ...value, items: [...value.items] } : value);

const KINDS = ['tuple', 'list', 'dict', 'set'] as const;

/**
 * Tuples, lists, dicts and sets. Each is a number below `LOST`, so that a file of millions of them costs no more than one
 * of numbers; what is in it is known as long as it is one of the newest.
 */
export class Containers {
  #made = 0;
  readonly #kind = new Uint8Array(KNOWN);
  readonly #count = new Uint8Array(KNOWN);
  readonly #few = new Float64Array(KNOWN * FEW);
  readonly #more: (Sequence | undefined)[] = new Array(KNOWN).fill(undefined);
  /** Of what is in others as it was. */
  readonly #copies: (Sequence[] | undefined)[] = new Array(KNOWN).fill(undefined);

  make(kind: Sequence['kind']): number {
    const serial = this.#made++;
    const slot = serial % KNOWN;
    this.#kind[slot] = KINDS.indexOf(kind);
    this.#count[slot] = 0;
    this.#more[slot] = undefined;
    this.#outgrown(slot);
    return LOST - 1 - serial;
  }

  /** Puts something in. Nothing happens where the container is no longer known. */
  add(container: number, item: Value): void {
    const slot = this.#slotOf(container);
    if (slot < 0) return;
    if (this.#copies[slot] !== undefined) this.#outgrown(slot);
    const count = this.#count[slot] as number;
    const more = this.#more[slot];
    if (more === undefined && count < FEW && typeof item === 'number' && item >= LOST) {
      this.#few[slot * FEW + count] = item;
      this.#count[slot] = count + 1;
      return;
    }
    const whole = more ?? this.#whole(slot);
    this.#more[slot] = whole;
    add(whole, whole.items.length < FIRST ? this.#copied(item) : LOST);
  }

  /** As it is now: what grows later would grow without end. From then on there is more in it than is known. */
  #copied(item: Value): Value {
    const inner = typeof item === 'number' && item < LOST ? this.#slotOf(item) : -1;
    const copy = copied(this.open(item));
    // Nothing is added to a tuple.
    if (inner < 0 || !isSequence(copy) || copy.kind === 'tuple') return copy;
    const copies = this.#copies[inner] ?? [];
    this.#copies[inner] = copies;
    if (copies.length < COPIES) copies.push(copy);
    else copy.cut = true;
    return copy;
  }

  #outgrown(slot: number): void {
    for (const copy of this.#copies[slot] ?? []) copy.cut = true;
    this.#copies[slot] = undefined;
  }

  /** A container with what is in it; of one that is not known any more nothing. All else as it is. */
  open(value: Value): Value {
    if (typeof value !== 'number' || value >= LOST) return value;
    const slot = this.#slotOf(value);
    return slot < 0 ? LOST : (this.#more[slot] ?? this.#whole(slot));
  }

  #slotOf(container: number): number {
    const serial = LOST - 1 - container;
    return serial >= 0 && serial < this.#made && serial >= this.#made - KNOWN ? serial % KNOWN : -1;
  }

  #whole(slot: number): Sequence {
    const whole = sequence(KINDS[this.#kind[slot] as number] ?? 'tuple');
    for (let i = 0; i < (this.#count[slot] as number); i++) add(whole, this.#few[slot * FEW + i] as number);
    return whole;
  }
}
