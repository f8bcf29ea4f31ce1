import { decodeModel, type Resolve } from './decode.ts';
import { inline } from './inline.ts';
import type { OnnxModel } from './onnx.ts';
import { ordered } from './ordered.ts';
import { byParts } from './parts.ts';
import { pooledFirst } from './pooled-first.ts';
import { upgrade } from './upgrade.ts';

/** A model as it stands in its file, its own functions put in, each node behind what it needs. Throws `MalformedModel`. */
export const read = (bytes: Uint8Array, resolve?: Resolve): OnnxModel =>
  ordered(inline(decodeModel(bytes, resolve)));

/**
 * A model that was read, as the rules want it: operators of version 17 or later, fused ones in their parts. It makes what the model
 * makes. Throws `CannotUpgrade`.
 */
export const modernized = (model: OnnxModel): OnnxModel => pooledFirst(byParts(upgrade(model)));

/** Both. Branches stay as they are: which is taken is only seen where the model runs. */
export const prepare = (bytes: Uint8Array): OnnxModel => modernized(read(bytes));
