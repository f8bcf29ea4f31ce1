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
    if (typeof size !== 'number') return step.refuse('its padding follows from a size that varies');
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + spanOf(window, axis) - size);
  });
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return auto === 'SAME_UPPER'
    ? { ...window, begins: less, ends: more }
    : { ...window, begins: more, ends: less };
}
