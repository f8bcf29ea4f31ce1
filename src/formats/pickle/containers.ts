import { OP } from './opcodes.ts';
import { add, FIRST, isSequence, LOST, type Sequence, sequence, type Value } from './values.ts';

/** What opcodes make. */
export const CONTAINER = {
  [OP.EMPTY_LIST]: 'list',
  [OP.EMPTY_DICT]: 'dict',
  [OP.EMPTY_SET]: 'set',
  [OP.TUPLE]: 'tuple',
  [OP.LIST]: 'list',
  [OP.FROZENSET]: 'set',
  [OP.DICT]: 'dict',
} as const;

/** Containers whose content is known: the newest. What is called is called with one that was just made. */
const KNOWN = 256;
/** Room for so many at first: most pickles have few. */
const FIRST_ROOM = 16;
/** Of one container, copies that are kept in mind. */
const COPIES = 16;
/** So many literals are kept without an object. */
const FEW = 4;

/** Written out, "billion laughs" are more than this, of this many things each twice within the next. */
const UNFOLDED = 2 ** 26;
const TWICE = 6;
/** However it is done. */
const BEYOND = 2 ** 50;

const copied = (value: Value): Value => (isSequence(value) ? { ...value, items: [...value.items] } : value);

const KINDS = ['tuple', 'list', 'dict', 'set'] as const;

/**
 * Tuples, lists, dicts and sets. Each is a number below `LOST`, so that a file of millions of them costs no more than one
 * of numbers; what is in it is known as long as it is one of the newest.
 */
export class Containers {
  #made = 0;
  #kind = new Uint8Array(FIRST_ROOM);
  #count = new Uint8Array(FIRST_ROOM);
  #few = new Float64Array(FIRST_ROOM * FEW);
  readonly #more: (Sequence | undefined)[] = [];
  /** Of what is in others as it was. */
  readonly #copies: (Sequence[] | undefined)[] = [];

  /** How many things there are in each, all the way down, were nothing shared. */
  readonly #size = new Float64Array(KNOWN);
  readonly #twice = new Uint8Array(KNOWN);
  readonly #last = new Float64Array(KNOWN);
  /** Whether one of them, written out, would fill every memory. */
  unfolds = false;

  make(kind: Sequence['kind']): number {
    const serial = this.#made++;
    const slot = serial % KNOWN;
    if (slot >= this.#kind.length) this.#grow();
    this.#kind[slot] = KINDS.indexOf(kind);
    this.#count[slot] = 0;
    this.#more[slot] = undefined;
    this.#size[slot] = 1;
    this.#twice[slot] = 0;
    this.#last[slot] = 0;
    this.#outgrown(slot);
    return LOST - 1 - serial;
  }

  /** Puts something in. Nothing happens where the container is no longer known. */
  add(container: number, item: Value): void {
    const slot = this.#slotOf(container);
    if (slot < 0) return;
    if (typeof item === 'number' && item < LOST) this.#unfold(slot, item);
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

  #unfold(slot: number, item: number): void {
    const inner = this.#slotOf(item);
    if (inner < 0 || inner === slot) return;
    const size = (this.#size[slot] as number) + (this.#size[inner] as number);
    const again = this.#last[slot] === item ? 1 : 0;
    const twice = Math.min(
      255,
      Math.max(this.#twice[slot] as number, (this.#twice[inner] as number) + again),
    );
    this.#size[slot] = size;
    this.#twice[slot] = twice;
    this.#last[slot] = item;
    if ((size > UNFOLDED && twice >= TWICE) || size > BEYOND) this.unfolds = true;
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

  #grow(): void {
    const room = Math.min(KNOWN, 4 * this.#kind.length);
    const [kind, count, few] = [this.#kind, this.#count, this.#few];
    this.#kind = new Uint8Array(room);
    this.#count = new Uint8Array(room);
    this.#few = new Float64Array(room * FEW);
    this.#kind.set(kind);
    this.#count.set(count);
    this.#few.set(few);
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
