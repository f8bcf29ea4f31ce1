import assert from 'node:assert/strict';
import { writeRequest } from '../../src/oip/inference.ts';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { float32, type Tensor } from '../../src/tensors/tensor.ts';
import type { Refused } from './refused.ts';
import { DOORS, type Door, oipSurface, rowsSurface } from './surfaces.ts';

// Questions to models that classify or score: what a contract does not allow must reach no model, however it is written.

export const CONTRADICTS = 'Open Inference Protocol: tensors that contradict themselves';
export const OVERFLOW = 'CWE-190: sizes whose product is another number; Triton CVE-2025-23319 and its kin';
export const SHARED = 'Triton CVE-2023-31036, CVE-2025-23319: shared memory and models named by a client';
export const CAST = 'CWE-681, CWE-704: one value here, another where it is cast';
export const NANS = 'IEEE 754: NaN goes round every comparison';
export const TYPES = 'CWE-843, CWE-1287: values of another type';
export const POLLUTED = 'CVE-2019-10744 (lodash): __proto__ as a key';
export const TWICE = 'CWE-694: one name, two things';
export const MODEL = 'CWE-178, CWE-1289: other spellings of a name go round a list';
export const AMPLIFIED = 'CWE-400, CWE-405: a small question that is much work';

const doorAt = (name: string): Door => {
  const door = DOORS.find((one) => one.name === name);
  assert(door !== undefined);
  return door;
};
export const OIP = doorAt(oipSurface.name);
export const ROWS = doorAt(rowsSurface.name);

export const INFER = '/v2/models/fraud/infer';
export const ROWS_AT = '/v2/models/fraud/rows';
export const TENSOR = { name: 'x', datatype: 'FP32', shape: [1, 3], data: [41, 2.5, 1] };

const fine = () => ({ path: INFER, body: { inputs: [TENSOR] } });
export const asked = (id: string, origin: string, body: unknown): Refused => ({
  id,
  origin,
  attack: () => ({ path: INFER, body }),
  benign: fine,
});
export const tensor = (id: string, origin: string, change: object): Refused =>
  asked(id, origin, { inputs: [{ ...TENSOR, ...change }] });
export const request = (id: string, origin: string, more: object): Refused =>
  asked(id, origin, { inputs: [TENSOR], ...more });
/** Elements as they stand in JSON, which no serializer here would write. */
export const written = (id: string, origin: string, elements: string): Refused =>
  asked(id, origin, JSON.stringify({ inputs: [TENSOR] }).replace('[41,2.5,1]', elements));

export const typed = (length: string | undefined) => ({
  'content-type': 'application/octet-stream',
  [LENGTH_HEADER]: length,
});
export const binary = (
  tensors: ReadonlyMap<string, Tensor>,
  change: (length: string) => string = (length) => length,
) => {
  const { body, length = '' } = writeRequest(tensors, undefined, undefined);
  return { headers: typed(change(length)), body: Buffer.from(body) };
};
export const floats = (...values: number[]) => new Map([['x', float32([1, 3], values)]]);
export const fineBytes = () => ({ path: INFER, ...binary(floats(41, 2.5, 1)) });
export const bytes = (
  id: string,
  origin: string,
  values: readonly number[],
  change?: (length: string) => string,
): Refused => ({
  id,
  origin,
  attack: () => ({ path: INFER, ...binary(floats(...values), change) }),
  benign: fineBytes,
});
/** JSON, and bytes behind it that are not what it says. */
export const behind = (id: string, input: object, tail: Uint8Array): Refused => {
  const head = Buffer.from(JSON.stringify({ inputs: [{ ...TENSOR, data: undefined, ...input }] }));
  return {
    id: `bytes: ${id}`,
    origin: OVERFLOW,
    attack: () => ({ path: INFER, headers: typed(String(head.length)), body: Buffer.concat([head, tail]) }),
    benign: fineBytes,
  };
};
export const TAIL = new Uint8Array(Float32Array.of(41, 2.5, 1).buffer);
