import type { Feed } from './feed.ts';
import { type History, LONGEST, PIECE } from './lzma-history.ts';

const EVEN = 1024;
const END = 0xffffffff;

/** Where the probabilities of each question begin; `12 * 16` are by state and place, 12 by state. */
const MATCH = 0;
const REPEAT_LONG = 192;
const REPEAT = 384;
const REPEAT_OTHER = 396;
const REPEAT_THIRD = 408;
const REPEAT_FOURTH = 420;
const QUESTIONS = 432;

/** Of lengths: two questions, then low and middle ones by place, then high ones. */
const LOW = 2;
const MIDDLE = LOW + 16 * 8;
const HIGH = MIDDLE + 16 * 8;
const LENGTHS = HIGH + 256;

/** LZMA (7-zip, lzma-specification.txt): the range coder and the model, for all that is made of it. */
export class Decoder {
  readonly #feed: Feed;
  readonly #history: History;
  /** Range and code: in an array, where they are whole numbers of 32 bits. */
  readonly #coder = new Uint32Array(2);
  #literals = new Uint16Array(0x300);
  readonly #questions = new Uint16Array(QUESTIONS);
  readonly #slots = new Uint16Array(4 * 64);
  readonly #places = new Uint16Array(128);
  readonly #low = new Uint16Array(16);
  readonly #matches = new Uint16Array(LENGTHS);
  readonly #repeats = new Uint16Array(LENGTHS);
  /** The last four distances. */
  #last = 1;
  #second = 1;
  #third = 1;
  #fourth = 1;
  #state = 0;
  #context = 0;
  #literalPlaces = 0;
  #placeMask = 0;
  /** How much the history may hold. */
  #end = 0;

  constructor(feed: Feed, history: History) {
    this.#feed = feed;
    this.#history = history;
  }

  /** @param byte (pb * 5 + lp) * 9 + lc */
  properties(byte: number): void {
    const context = byte % 9;
    const literalPlaces = Math.floor(byte / 9) % 5;
    if (byte >= 225) throw this.#feed.corrupt('has impossible properties');
    this.#context = context;
    this.#literalPlaces = literalPlaces;
    this.#placeMask = (1 << Math.floor(byte / 45)) - 1;
    const size = 0x300 << (context + literalPlaces);
    if (this.#literals.length !== size) this.#literals = new Uint16Array(size);
    this.reset();
  }

  /** All is as likely as not again. */
  reset(): void {
    this.#state = 0;
    this.#last = this.#second = this.#third = this.#fourth = 1;
    for (const all of [
      this.#literals,
      this.#questions,
      this.#slots,
      this.#places,
      this.#low,
      this.#matches,
      this.#repeats,
    ])
      all.fill(EVEN);
  }

  /** The range coder begins: five bytes, the first of them 0. */
  begin(): void {
    if (this.#feed.byte() !== 0) throw this.#feed.corrupt('does not begin as LZMA does');
    const coder = this.#coder;
    coder[0] = 0xffffffff;
    for (let i = 0; i < 4; i++) coder[1] = ((coder[1] as number) << 8) | this.#feed.byte();
  }

  /** Whether the range coder stands as it does at the end of a stream. */
  get over(): boolean {
    return this.#coder[1] === 0;
  }

  /**
   * Makes a piece of the `left` bytes that are still to come; the history has it.
   *
   * @returns false where a mark says that the stream is over
   */
  decode(left: number): boolean {
    const history = this.#history;
    const piece = Math.min(left, PIECE);
    history.room(piece + LONGEST);
    this.#end = history.all + left;
    const until = history.all + piece;
    const questions = this.#questions;
    while (history.all < until) {
      const place = history.all & this.#placeMask;
      const state = this.#state;
      const both = 16 * state + place;
      if (this.#bit(questions, MATCH + both) === 0) this.#literal();
      else if (this.#bit(questions, REPEAT + state) === 0) {
        const length = this.#length(this.#matches, place);
        const distance = this.#distance(Math.min(length - 2, 3));
        if (distance === END) return false;
        this.#fourth = this.#third;
        this.#third = this.#second;
        this.#second = this.#last;
        this.#last = distance + 1;
        this.#state = state < 7 ? 7 : 10;
        this.#repeat(length);
      } else {
        if (this.#bit(questions, REPEAT_OTHER + state) === 1) this.#again(state);
        else if (this.#bit(questions, REPEAT_LONG + both) === 0) {
          this.#state = state < 7 ? 9 : 11;
          this.#repeat(1);
          continue;
        }
        const length = this.#length(this.#repeats, place);
        this.#state = state < 7 ? 8 : 11;
        this.#repeat(length);
      }
    }
    return true;
  }

  #literal(): void {
    const history = this.#history;
    const before = history.all > 0 ? history.back(1) : 0;
    const place = history.all & ((1 << this.#literalPlaces) - 1);
    const from = 0x300 * ((place << this.#context) + (before >> (8 - this.#context)));
    const all = this.#literals;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = history.back(this.#last);
      while (symbol < 0x100) {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(all, from + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (expected !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(all, from + symbol);
    history.put(symbol & 255);
    this.#state = this.#state < 4 ? 0 : this.#state - (this.#state < 10 ? 3 : 6);
  }

  /** One of the older distances comes again, and to the front. */
  #again(state: number): void {
    const questions = this.#questions;
    let distance = this.#second;
    if (this.#bit(questions, REPEAT_THIRD + state) === 1) {
      distance = this.#third;
      if (this.#bit(questions, REPEAT_FOURTH + state) === 1) {
        distance = this.#fourth;
        this.#fourth = this.#third;
      }
      this.#third = this.#second;
    }
    this.#second = this.#last;
    this.#last = distance;
  }

  #repeat(length: number): void {
    if (this.#history.all + length > this.#end) throw this.#feed.corrupt('makes more than it says');
    this.#history.repeat(this.#last, length);
  }

  #length(all: Uint16Array, place: number): number {
    if (this.#bit(all, 0) === 0) return 2 + this.#tree(all, LOW + 8 * place, 3);
    if (this.#bit(all, 1) === 0) return 10 + this.#tree(all, MIDDLE + 8 * place, 3);
    return 18 + this.#tree(all, HIGH, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, 64 * length, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    let distance = (2 | (slot & 1)) << bits;
    if (slot < 14) return distance + this.#mirrored(this.#places, distance - slot, bits);
    for (let i = bits - 1; i >= 4; i--) distance += this.#even() << i;
    return (distance + this.#mirrored(this.#low, 0, 4)) >>> 0;
  }

  #tree(all: Uint16Array, from: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(all, from + symbol);
    return symbol - (1 << bits);
  }

  #mirrored(all: Uint16Array, from: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(all, from + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #bit(all: Uint16Array, i: number): number {
    const coder = this.#coder;
    const probability = all[i] as number;
    const range = coder[0] as number;
    const bound = Math.imul(range >>> 11, probability) >>> 0;
    if ((coder[1] as number) < bound) {
      all[i] = probability + ((2048 - probability) >> 5);
      coder[0] = bound;
      if (bound < 0x1000000) this.#refill();
      return 0;
    }
    all[i] = probability - (probability >> 5);
    coder[1] = (coder[1] as number) - bound;
    coder[0] = range - bound;
    if (range - bound < 0x1000000) this.#refill();
    return 1;
  }

  /** A bit that is as likely as not. */
  #even(): number {
    const coder = this.#coder;
    const range = (coder[0] as number) >>> 1;
    coder[0] = range;
    const bit = (coder[1] as number) >= range ? 1 : 0;
    if (bit === 1) coder[1] = (coder[1] as number) - range;
    if (range < 0x1000000) this.#refill();
    return bit;
  }

  #refill(): void {
    const coder = this.#coder;
    coder[0] = (coder[0] as number) << 8;
    coder[1] = ((coder[1] as number) << 8) | this.#feed.byte();
  }
}
