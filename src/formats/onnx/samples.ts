import { wire } from '../protobuf.ts';

/** A tensor of floats: with data of so many bytes, or with data elsewhere. */
export const tensor = (
  external: Readonly<Record<string, string>>,
  dims: readonly number[] = [1],
  data = 0,
): Uint8Array =>
  Buffer.concat([
    ...dims.map((one) => wire.number(1, one)),
    wire.number(2, 1),
    wire.bytes(8, 'w'),
    ...(data > 0 ? [wire.bytes(9, Buffer.alloc(data))] : []),
    ...Object.entries(external).map(([key, value]) =>
      wire.bytes(13, wire.bytes(1, key), wire.bytes(2, value)),
    ),
    ...(Object.keys(external).length > 0 ? [wire.number(14, 1)] : []),
  ]);

interface Inside {
  readonly subgraph?: readonly Uint8Array[];
  readonly inner?: readonly Uint8Array[];
}

export const node = (type: string, domain = '', { subgraph, inner }: Inside = {}): Uint8Array =>
  Buffer.concat([
    wire.bytes(1, 'x'),
    wire.bytes(4, type),
    ...(domain === '' ? [] : [wire.bytes(7, domain)]),
    ...(subgraph === undefined
      ? []
      : [wire.bytes(5, wire.bytes(1, 'then_branch'), wire.bytes(6, graph([], subgraph)))]),
    ...(inner === undefined ? [] : [wire.bytes(5, wire.bytes(1, 'body'), wire.bytes(6, graph(inner, [])))]),
  ]);

const graph = (nodes: readonly Uint8Array[], tensors: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([
    ...nodes.map((one) => wire.bytes(1, one)),
    wire.bytes(2, 'g'),
    ...tensors.map((one) => wire.bytes(5, one)),
  ]);

interface Made {
  readonly nodes?: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  readonly functions?: readonly (readonly [domain: string, name: string, nodes: readonly Uint8Array[]])[];
}

/** A model with one graph. */
export const model =
  ({ nodes = [], tensors = [], functions = [] }: Made) =>
  (): Uint8Array =>
    Buffer.concat([
      wire.number(1, 8),
      wire.bytes(2, 'test'),
      wire.bytes(7, graph(nodes, tensors)),
      wire.bytes(8, wire.number(2, 17)),
      ...functions.map(([domain, name, inner]) =>
        wire.bytes(
          25,
          wire.bytes(1, name),
          ...inner.map((one) => wire.bytes(7, one)),
          wire.bytes(10, domain),
        ),
      ),
    ]);
