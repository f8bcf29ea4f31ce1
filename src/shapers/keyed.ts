import { createHmac } from 'node:crypto';

/** Numbers for one row. */
export interface Draws {
  /** Which cell the row lies in, for who counts cells: 32 bytes that say nothing of the row without the secret. */
  readonly cell: Uint8Array;
  /** `count` numbers from 0 up to, not including, 1; fresh in each cell. */
  uniforms(purpose: string, count: number): Float64Array;
  /**
   * `count` numbers of mean 0 and variance about 1 that change slowly from row to row, and have nothing to do with the
   * model: there is no edge to cross, and nothing to average.
   */
  smooth(purpose: string, count: number): Float64Array;
}

/** Directions that decide on the cell. */
const CELL_DIRECTIONS = 8;
/** Width of a cell, where a row that moves by one unit in every feature moves by about one. */
const CELL_WIDTH = 0.25;
/** Directions and waves of the smooth functions. */
const SMOOTH_DIRECTIONS = 16;
const WAVES = 64;
/** Radians for a move of one along one direction. */
const WAVE_RATE = 0.5;

/**
 * What looks random in answers, made of the owner's secret, the model's digest, what it is for and the row, cut into cells.
 *
 * A row is measured in each feature's unit along eight directions of random signs, and each measure is cut at steps that
 * begin at a random place: p-stable hashing (Datar et al., Locality-sensitive hashing scheme based on p-stable
 * distributions, 2004). Rounding feature by feature would not do: of 784 features one is always near an edge, so every
 * small change would give fresh numbers. Here a change by a hundredth of a unit in every feature leaves the cell in about
 * one case in four, and who does not know the signs cannot aim for it.
 */
export class Keyed {
  readonly #secret: Uint8Array;
  readonly #model: string;
  readonly #units: Float64Array;
  readonly #directions: Int8Array;
  readonly #offsets: Float64Array;
  readonly #waves = new Map<string, Float64Array>();

  /**
   * @param secret at least 16 bytes
   * @param model the model's digest
   * @param units what counts as one step of each feature: its spread, above zero. Throws RangeError for others
   */
  constructor(secret: Uint8Array, model: string, units: ArrayLike<number>) {
    if (secret.length < 16) throw new RangeError('the secret of shapers has at least 16 bytes');
    this.#secret = secret.slice();
    this.#model = model;
    this.#units = Float64Array.from(units);
    if (this.#units.length === 0 || !this.#units.every((unit) => unit > 0 && unit < Number.POSITIVE_INFINITY))
      throw new RangeError('every feature has a unit above zero');
    const signs = this.#bytes('directions', new Uint8Array(), this.#units.length * ALL_DIRECTIONS);
    this.#directions = Int8Array.from(signs, (byte) => (byte & 1 ? 1 : -1));
    this.#offsets = uniformsOf(this.#bytes('offsets', new Uint8Array(), CELL_DIRECTIONS * BYTES_OF_UNIFORM));
  }

  get features(): number {
    return this.#units.length;
  }

  /** Throws RangeError where a number of the row is not finite, or one is missing. */
  of(row: ArrayLike<number>): Draws {
    const measures = this.#measures(row);
    const edges = new Float64Array(CELL_DIRECTIONS);
    for (let at = 0; at < CELL_DIRECTIONS; at++)
      edges[at] = Math.floor((measures[at] as number) / CELL_WIDTH + (this.#offsets[at] as number)) + 0;
    const cell = this.#hmac('cell', new Uint8Array(edges.buffer));
    const along = measures.subarray(CELL_DIRECTIONS);
    return {
      cell,
      uniforms: (purpose, count) =>
        uniformsOf(this.#bytes(`uniforms/${purpose}`, cell, count * BYTES_OF_UNIFORM)),
      smooth: (purpose, count) => this.#smooth(purpose, count, along),
    };
  }

  #measures(row: ArrayLike<number>): Float64Array {
    const { length } = this.#units;
    if (row.length !== length) throw new RangeError(`a row has ${length} numbers`);
    const scaled = new Float64Array(length);
    for (let at = 0; at < length; at++) {
      const value = (row[at] as number) / (this.#units[at] as number);
      if (!Number.isFinite(value)) throw new RangeError('a row is of finite numbers');
      scaled[at] = value;
    }
    const measures = new Float64Array(ALL_DIRECTIONS);
    const directions = this.#directions;
    for (let direction = 0; direction < ALL_DIRECTIONS; direction++) {
      let sum = 0;
      for (let at = 0, from = direction * length; at < length; at++)
        sum += (scaled[at] as number) * (directions[from + at] as number);
      measures[direction] = sum / Math.sqrt(length);
    }
    return measures;
  }

  /** Random Fourier features (Rahimi and Recht, Random features for large-scale kernel machines, 2007). */
  #smooth(purpose: string, count: number, along: Float64Array): Float64Array {
    const width = SMOOTH_DIRECTIONS + 1 + count;
    const kept = `${purpose}/${count}`;
    let waves = this.#waves.get(kept);
    if (waves === undefined) {
      const bytes = this.#bytes(`waves/${kept}`, new Uint8Array(), 2 * WAVES * width * BYTES_OF_UNIFORM);
      waves = normals(uniformsOf(bytes));
      this.#waves.set(kept, waves);
    }
    const out = new Float64Array(count);
    for (let from = 0; from < waves.length; from += width) {
      // A normal number times three turns is as good as evenly spread over one.
      let phase = (waves[from + SMOOTH_DIRECTIONS] as number) * 6 * Math.PI;
      for (let at = 0; at < SMOOTH_DIRECTIONS; at++)
        phase += WAVE_RATE * (waves[from + at] as number) * (along[at] as number);
      const height = Math.cos(phase) * Math.sqrt(2 / WAVES);
      for (let at = 0; at < count; at++)
        out[at] = (out[at] as number) + height * (waves[from + SMOOTH_DIRECTIONS + 1 + at] as number);
    }
    return out;
  }

  #hmac(purpose: string, about: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#secret)
      .update(`gatehouse/shapers\0${this.#model}\0${purpose}\0`)
      .update(about)
      .digest();
  }

  /** HKDF's second half (RFC 5869, section 2.3) with a counter of four bytes, as much is asked of it. */
  #bytes(purpose: string, about: Uint8Array, length: number): Uint8Array {
    const key = this.#hmac(purpose, about);
    const out = new Uint8Array(Math.ceil(length / 32) * 32);
    const counter = Buffer.alloc(4);
    for (let from = 0; from < length; from += 32) {
      counter.writeUInt32BE(from / 32);
      out.set(createHmac('sha256', key).update(counter).digest(), from);
    }
    return out.subarray(0, length);
  }
}

const ALL_DIRECTIONS = CELL_DIRECTIONS + SMOOTH_DIRECTIONS;
const BYTES_OF_UNIFORM = 6;

/** Six bytes each: 48 bits, below 1 also after division. */
function uniformsOf(bytes: Uint8Array): Float64Array {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length / BYTES_OF_UNIFORM },
    (_, at) => view.readUIntBE(at * BYTES_OF_UNIFORM, BYTES_OF_UNIFORM) / 2 ** 48,
  );
}

/** Half as many numbers of mean 0 and variance 1 (Box–Muller). */
const normals = (uniforms: Float64Array): Float64Array =>
  Float64Array.from(
    { length: uniforms.length / 2 },
    (_, at) =>
      Math.sqrt(-2 * Math.log(1 - (uniforms[2 * at] as number))) *
      Math.cos(2 * Math.PI * (uniforms[2 * at + 1] as number)),
  );
