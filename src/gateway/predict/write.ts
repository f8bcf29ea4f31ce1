import type { Json } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { type InferenceRequest, type InferenceResponse, writeResponse } from '../../oip/inference.ts';
import { LENGTH_HEADER } from '../../oip/message.ts';
import { writeTensors } from '../../oip/tensor-list.ts';
import { elementCount } from '../../tensors/tensor.ts';

interface Written {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as it was asked for: JSON, or JSON with binary data behind it. */
export function writeAnswer(about: InferenceResponse, asked: Pick<InferenceRequest, 'binary'>): Written {
  const { body, length } = writeResponse(about, asked);
  const headers =
    length === undefined
      ? { 'content-type': 'application/json' }
      : { 'content-type': 'application/octet-stream', [LENGTH_HEADER]: length };
  return { body, headers };
}

/** Row by row, what the outputs say of it: a value where an output has one, else a list. */
export function writeRows({ model, version, outputs }: InferenceResponse, rows: number): Written {
  const columns = writeTensors(outputs, () => false, 'upstream_invalid').list.flatMap((column) => {
    const { name, shape, data } = column;
    const dims = Array.isArray(shape) ? shape.map(Number) : [];
    if (dims[0] !== rows || typeof name !== 'string' || !Array.isArray(data)) return [];
    return [{ name, data, width: elementCount(dims.slice(1)) }];
  });
  if (columns.length === 0)
    throw new Refusal('upstream_invalid', { hint: 'No output has as many rows as were asked.' });
  const list = Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map(({ name, data, width }): [string, Json] => {
        const values = data.slice(row * width, (row + 1) * width);
        return [name, width === 1 ? (values[0] ?? null) : values];
      }),
    ),
  );
  const json = { model_name: model, ...(version !== undefined && { model_version: version }), rows: list };
  return { body: Buffer.from(JSON.stringify(json)), headers: { 'content-type': 'application/json' } };
}
