import { wire } from '../protobuf.ts';

const { bytes, number } = wire;

interface Attributes {
  readonly [name: string]: Uint8Array;
}

/** A value that is a text, or a tensor with one. */
export const text = (value: string): Uint8Array => bytes(2, value);
export const textTensor = (value: string): Uint8Array => bytes(8, number(1, 7), bytes(8, value));

export const node = (
  op: string,
  inputs: readonly string[] = [],
  attributes: Attributes = {},
  name = op,
): Uint8Array =>
  Buffer.concat([
    bytes(1, name),
    bytes(2, op),
    ...inputs.map((one) => bytes(3, one)),
    ...Object.entries(attributes).map(([key, value]) => bytes(5, bytes(1, key), bytes(2, value))),
  ]);

/** @param inFunction nodes of a function of the library */
export const graph = (nodes: readonly Uint8Array[], inFunction: readonly Uint8Array[] = []): Uint8Array =>
  Buffer.concat([
    ...nodes.map((one) => bytes(1, one)),
    bytes(2, bytes(1, bytes(1, bytes(1, '__inference_f_1')), ...inFunction.map((one) => bytes(3, one)))),
    bytes(4, number(1, 1400)),
  ]);

interface Saved {
  readonly asset?: string;
  readonly metadata?: string;
}

export const savedModel = (inner: Uint8Array, { asset, metadata }: Saved = {}): Uint8Array =>
  Buffer.concat([
    number(1, 1),
    bytes(
      2,
      bytes(1, bytes(4, 'serve'), bytes(5, '2.15.0')),
      bytes(2, inner),
      ...(asset === undefined ? [] : [bytes(6, bytes(1, bytes(1, 'file:0')), bytes(2, asset))]),
      bytes(
        7,
        bytes(
          1,
          bytes(4, bytes(1, '_tf_keras_layer'), ...(metadata === undefined ? [] : [bytes(3, metadata)])),
        ),
      ),
    ),
  ]);

export const kerasMetadata = (config: object): Uint8Array =>
  bytes(1, number(2, 1), bytes(3, 'root'), bytes(4, '_tf_keras_layer'), bytes(5, JSON.stringify(config)));
