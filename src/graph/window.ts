import { type Attributes, type Emitter, int, ints, type Value } from './emitter.ts';
import type { Step } from './rule.ts';

/** How a window moves over the axes of an image: of convolutions and pools. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Of every axis, first at its beginning, then at its end. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

/** What a window covers along an axis. */
export const spanOf = ({ kernel, dilations }: Window, axis: number): number =>
  (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;

/**
 * The window of a node over its first input, whatever way its padding is written. Refuses padding that follows from sizes
 * that vary.
 */
export function windowOf(step: Step, kernel: readonly number[]): Window {
  const strides = step.ints('strides') ?? kernel.map(() => 1);
  const dilations = step.ints('dilations') ?? kernel.map(() => 1);
  const auto = step.word('auto_pad', 'NOTSET');
  const count = kernel.length;
  if (auto === 'NOTSET' || auto === 'VALID') {
    const pads = auto === 'VALID' ? undefined : step.ints('pads');
    return {
      kernel,
      strides,
      dilations,
      begins: pads?.slice(0, count) ?? kernel.map(() => 0),
      ends: pads?.slice(count) ?? kernel.map(() => 0),
    };
  }
  const window = { kernel, strides, dilations, begins: [], ends: [] };
  const totals = kernel.map((_, axis) => {
    const size = step.input(0).dims[axis + 2];
    const stride = strides[axis] ?? 1;
    if (stride === 1) return spanOf(window, axis) - 1;
    if (typeof size !== 'number') return step.refuse('its padding follows from a size that varies');
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + spanOf(window, axis) - size);
  });
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return auto === 'SAME_UPPER'
    ? { ...window, begins: less, ends: more }
    : { ...window, begins: more, ends: less };
}

export const windowAttributes = ({ strides, dilations, begins, ends }: Window, group = 1): Attributes => ({
  strides: ints(strides),
  dilations: ints(dilations),
  pads: ints([...begins, ...ends]),
  group: int(group),
});

/** What {@link spread} spreads. */
export interface Spread {
  /** One number for each place of the window, [n, filters, …]. */
  readonly made: Value;
  /** What the window moved over: what comes out has its shape. */
  readonly image: Value;
  /** [filters, channels in a group, …kernel]. */
  readonly filters: string;
  readonly window: Window;
  readonly group: number;
}

/**
 * The adjoint of moving a window over an image: each number is spread over the places that it came from. Where the last places
 * were not covered, zeros are added; what a window saw beyond the image is cut off.
 */
export function spread(emit: Emitter, { made, image, filters, window, group }: Spread): string {
  const attributes = windowAttributes(window, group);
  const uncovered = window.kernel.map((_, axis) => {
    const [size, steps] = [image.dims[axis + 2], made.dims[axis + 2]];
    if (typeof size !== 'number' || typeof steps !== 'number') return -1;
    const padded = size + (window.begins[axis] ?? 0) + (window.ends[axis] ?? 0);
    return padded - ((steps - 1) * (window.strides[axis] ?? 1) + spanOf(window, axis));
  });
  if (uncovered.every((size) => size >= 0))
    return emit.op('ConvTranspose', [made.name, filters], { ...attributes, output_padding: ints(uncovered) });
  // Sizes vary, or the last window goes beyond the padding: all from the first place on, cut or lengthened at the end.
  const whole = emit.op('ConvTranspose', [made.name, filters], {
    ...attributes,
    pads: ints([...window.begins, ...window.ends.map(() => 0)]),
  });
  const missing = emit.op('Sub', [emit.shape(image), emit.op('Shape', [whole])]);
  const none = emit.ints(image.dims.map(() => 0));
  return emit.op('Pad', [whole, emit.op('Concat', [none, missing], { axis: int(0) })]);
}
