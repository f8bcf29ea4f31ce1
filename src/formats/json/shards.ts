import type { Part } from '../format.ts';
import type { JsonPath, JsonScalar } from '../json-walk.ts';

/** Bytes of a number, by its type (tfjs-core/src/io/types.ts). Texts have any length. */
const WIDTHS: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  complex64: 8,
};
/** Shards of one group: of four megabytes each. */
const MOST = 10_000;

interface Group {
  readonly files: string[];
  /** NaN where it cannot be told. */
  size: number;
}

/**
 * The weights of TensorFlow.js: groups of shards, which hold tensors one behind the other. `weightsManifest` in a
 * `model.json`, or a file of its own.
 */
export class Shards {
  readonly #groups = new Map<number, Group>();
  /** The tensor that is being read: where it stands, and what is known of it. */
  #tensor = '';
  #group: Group | undefined;
  #count = 1;
  #width = Number.NaN;

  scalar(path: JsonPath, value: JsonScalar): void {
    const [number, key, index, of, inside] = path[0] === 'weightsManifest' ? path.slice(1) : path;
    if (typeof number !== 'number' || typeof index !== 'number') return;
    if (key === 'paths' && typeof value === 'string') {
      const { files } = this.#at(number);
      if (files.length < MOST) files.push(value);
    }
    if (key !== 'weights') return;
    const tensor = `${number} ${index}`;
    if (tensor !== this.#tensor) {
      this.#close();
      this.#tensor = tensor;
      this.#group = this.#at(number);
    }
    if (of === 'shape' && typeof value === 'number') this.#count *= value;
    if (of === 'dtype' && Number.isNaN(this.#width)) this.#width = WIDTHS[String(value)] ?? Number.NaN;
    if (of === 'quantization' && inside === 'dtype') this.#width = WIDTHS[String(value)] ?? Number.NaN;
  }

  tell({ beside }: Part): void {
    this.#close();
    for (const { files, size } of this.#groups.values())
      if (files.length > 0 && Number.isSafeInteger(size)) beside(files, 0, size);
  }

  #at(number: number): Group {
    const known = this.#groups.get(number) ?? { files: [], size: 0 };
    this.#groups.set(number, known);
    return known;
  }

  #close(): void {
    if (this.#group !== undefined) this.#group.size += this.#count * this.#width;
    this.#group = undefined;
    this.#count = 1;
    this.#width = Number.NaN;
  }
}
