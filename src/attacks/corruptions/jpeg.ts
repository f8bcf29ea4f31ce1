import { drawn, type Picture, valueAt } from './pixels.ts';

// What JPEG loses (ITU-T T.81): the cosine transform of 8 × 8 pixels, in steps of the luminance table of annex K. Each
// channel is taken as luminance; colours are not thinned out.

const SIDE = 8;

const STEPS: readonly number[] = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/** cosines[u · 8 + x] = c(u) / 2 · cos((2x + 1) u π / 16): orthonormal, so the way back is the transpose. */
const COSINES = Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
  const [u, x] = [at >> 3, at % SIDE];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** The rows of a block by the cosines, or by their transpose, and turned: twice is a transform. */
function transformed(block: Float64Array, back: boolean): Float64Array {
  const out = new Float64Array(SIDE * SIDE);
  for (let line = 0; line < SIDE; line++)
    for (let to = 0; to < SIDE; to++) {
      let sum = 0;
      for (let from = 0; from < SIDE; from++)
        sum +=
          (block[line * SIDE + from] as number) *
          (COSINES[back ? from * SIDE + to : to * SIDE + from] as number);
      out[to * SIDE + line] = sum;
    }
  return out;
}

/** Steps for a quality from 1 to 100, as libjpeg scales them. */
function stepsFor(quality: number): number[] {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return STEPS.map((step) => Math.max(1, Math.min(255, Math.floor((step * scale + 50) / 100))));
}

/** One channel, from 0 to 1, as it is after it was kept as a JPEG. */
export function jpegPlane(picture: Picture, quality: number): Float32Array {
  const { height, width } = picture;
  const steps = stepsFor(quality);
  const out = new Float32Array(height * width);
  for (let top = 0; top < height; top += SIDE)
    for (let left = 0; left < width; left += SIDE) {
      const block = Float64Array.from(
        drawn({ ...picture, channels: 1, height: SIDE, width: SIDE }, (_, line, column) =>
          valueAt(picture, 0, top + line, left + column),
        ),
        (value) => 255 * value - 128,
      );
      const kept = transformed(transformed(block, false), false).map((part, at) => {
        const step = steps[at] as number;
        return Math.round(part / step) * step;
      });
      const made = transformed(transformed(kept, true), true);
      for (let line = top; line < Math.min(top + SIDE, height); line++)
        for (let column = left; column < Math.min(left + SIDE, width); column++)
          out[line * width + column] = ((made[(line - top) * SIDE + column - left] as number) + 128) / 255;
    }
  return out;
}
