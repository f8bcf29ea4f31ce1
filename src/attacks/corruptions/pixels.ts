import type { Random } from '../random.ts';
import { clip, type Space } from '../space.ts';
import type { Corruption, Severity } from './corruption.ts';

/** The planes of an image, each from 0 to 1. */
export interface Picture {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** What is done to a picture; a new one is returned, of the same size. Values beyond 0 and 1 are cut off after. */
type Change = (picture: Picture, severity: Severity, random: Random) => Float32Array;

/** A corruption of images from a change of pictures between 0 and 1. */
export const ofImages = (name: string, title: string, change: Change): Corruption => ({
  name,
  title,
  of: 'images',
  apply: (row, severity, space, random) => {
    const { image } = space;
    if (image === undefined) throw new TypeError(`${name} is for images: the space has no height and width`);
    const made = change({ ...image, values: toShare(space, row) }, severity, random);
    const out = made.map((share, at) => {
      const lower = space.lower[at] as number;
      return lower + Math.max(0, Math.min(1, share)) * ((space.upper[at] as number) - lower);
    });
    clip(space, out, row);
    return out;
  },
});

const toShare = ({ lower, upper }: Space, row: Float32Array): Float32Array =>
  row.map((value, at) => {
    const from = lower[at] as number;
    return (value - from) / Math.max((upper[at] as number) - from, 1e-12);
  });

/** The value at a place; beyond the edge that of the edge. */
export function valueAt(
  { height, width, values }: Picture,
  channel: number,
  line: number,
  column: number,
): number {
  const y = Math.max(0, Math.min(height - 1, line));
  const x = Math.max(0, Math.min(width - 1, column));
  return values[(channel * height + y) * width + x] as number;
}

/** A picture of the same size, value by value. */
export function drawn(
  { channels, height, width }: Picture,
  value: (channel: number, line: number, column: number) => number,
): Float32Array {
  const out = new Float32Array(channels * height * width);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let line = 0; line < height; line++)
      for (let column = 0; column < width; column++) out[at++] = value(channel, line, column);
  return out;
}

/** Between four pixels; beyond the edge nothing. */
export function sampled(picture: Picture, channel: number, line: number, column: number): number {
  const { height, width } = picture;
  const [top, left] = [Math.floor(line), Math.floor(column)];
  const [down, right] = [line - top, column - left];
  let sum = 0;
  for (const [y, x, weight] of [
    [top, left, (1 - down) * (1 - right)],
    [top, left + 1, (1 - down) * right],
    [top + 1, left, down * (1 - right)],
    [top + 1, left + 1, down * right],
  ] as const)
    if (y >= 0 && y < height && x >= 0 && x < width && weight > 0)
      sum += weight * valueAt(picture, channel, y, x);
  return sum;
}
