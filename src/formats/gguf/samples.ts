interface Made {
  readonly texts?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  readonly tensors?: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly type: number;
    readonly offset: number;
  }[];
  /** Bytes of data, each of them `fill`. */
  readonly data?: number;
  readonly fill?: number;
  readonly claimKeys?: number;
  readonly claimTensors?: number;
}

/** A GGUF file of version 3, little-endian. */
export const gguf =
  ({ texts = {}, words, tensors = [], data = 0, fill = 0, claimKeys, claimTensors }: Made) =>
  (): Uint8Array => {
    const keys = Object.keys(texts).length + (words === undefined ? 0 : 1);
    const head = Buffer.concat([
      Buffer.from('GGUF'),
      u32(3),
      u64(claimTensors ?? tensors.length),
      u64(claimKeys ?? keys),
      ...Object.entries(texts).flatMap(([name, value]) => [text(name), u32(8), text(value)]),
      ...(words === undefined
        ? []
        : [text('tokenizer.ggml.tokens'), u32(9), u32(8), u64(words.length), ...words.map(text)]),
      ...tensors.flatMap(({ name, dims, type, offset }) => [
        text(name),
        u32(dims.length),
        ...dims.map(u64),
        u32(type),
        u64(offset),
      ]),
    ]);
    const padding = data > 0 ? (32 - (head.length % 32)) % 32 : 0;
    return Buffer.concat([head, Buffer.alloc(padding), Buffer.alloc(data, fill)]);
  };

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
