import { decodeModel, type Resolve } from './decode.ts';
import { inline } from './inline.ts';
import type { OnnxModel } from './onnx.ts';
import { byParts } from './parts.ts';
import { upgrade } from './upgrade.ts';

/**
 * A model as the rules want it: its own functions put in, operators of version 17 or later, fused ones in their parts. It makes
 * what the model makes. Throws `MalformedModel` and `CannotUpgrade`.
 */
export const prepare = (bytes: Uint8Array, resolve?: Resolve): OnnxModel =>
  byParts(upgrade(inline(decodeModel(bytes, resolve))));
