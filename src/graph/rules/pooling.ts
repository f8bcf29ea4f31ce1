import { int, ints, isReal } from '../emitter.ts';
import type { Rule, Sample, Step } from '../rule.ts';
import { spanOf, windowOf } from '../window.ts';

/** The gradient goes to the place that was chosen, the first of equal ones, as in PyTorch. */
function maxPool(step: Step): (string | null)[] {
  const { emit, cotangent } = step;
  const image = step.input(0);
  if (step.int('storage_order', 0) !== 0) return step.refuse('its positions are in column-major order');
  const { type } = image;
  if (!isReal(type)) return step.refuse(`it pools ${type}`);
  const kernel = step.ints('kernel_shape') ?? step.refuse('it has no kernel_shape');
  const window = windowOf(step, kernel);
  const places = step.extra(1);
  const apart = kernel.every((_, axis) => (window.strides[axis] ?? 1) >= spanOf(window, axis));
  if (apart && type === 'float32')
    return [
      emit.op('MaxUnpool', [cotangent, places, emit.shape(image)], {
        kernel_shape: ints(kernel),
        strides: ints(window.strides),
        pads: ints([...window.begins, ...window.ends]),
      }),
    ];
  // A place may be chosen by several windows: their gradients add up.
  const row = emit.ints([-1]);
  const zeros = emit.op('Reshape', [emit.zeros({ ...image, type }), row]);
  const flat = (name: string) => emit.op('Reshape', [name, row]);
  const sum = emit.op('ScatterElements', [zeros, flat(places), flat(cotangent)], {
    axis: int(0),
    reduction: { kind: 'string', value: 'add' },
  });
  return [emit.reshape(sum, image)];
}

/** Kinks are where two places of a window are equal: the range is wide, so that hardly any are close. */
const maxSamples: Rule['proof'] = (draw): Sample[] =>
  [1, 2, 3].flatMap((rank) => {
    const sizes = Array.from({ length: rank }, () => draw.int(3, 5));
    const image = { dims: [draw.int(1, 2), draw.int(1, 2), ...sizes], from: -900, to: 900 };
    const each = (value: number) => ints(sizes.map(() => value));
    return [
      { inputs: [image], attributes: { kernel_shape: each(2), strides: each(2) } },
      {
        inputs: [image],
        attributes: {
          kernel_shape: each(3),
          strides: each(draw.int(1, 2)),
          pads: ints(sizes.flatMap(() => [1, 1])),
        },
      },
      { inputs: [image], attributes: { kernel_shape: each(2), strides: each(2), ceil_mode: int(1) } },
    ];
  });

/** Pools. */
export const pooling: readonly Rule[] = [{ op: 'MaxPool', backward: maxPool, proof: maxSamples }];
