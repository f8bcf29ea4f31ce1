import { type Corruption, level } from './corruption.ts';
import { jpegPlane } from './jpeg.ts';
import { drawn, ofImages, type Picture, sampled, valueAt } from './pixels.ts';

// Corruptions after Hendrycks and Dietterich, Benchmarking neural network robustness to common corruptions and
// perturbations, ICLR 2019; sizes of blurs and tiles are in shares of the picture's side, so that small ones are not lost.

const sideOf = ({ height, width }: Picture): number => Math.min(height, width);

/** The mean of a picture along a line of weights, over all lines or columns. */
function along(picture: Picture, weights: readonly number[], down: number, right: number): Float32Array {
  const middle = (weights.length - 1) / 2;
  return drawn(picture, (channel, line, column) => {
    let sum = 0;
    for (const [at, weight] of weights.entries())
      sum +=
        weight *
        valueAt(
          picture,
          channel,
          Math.round(line + (at - middle) * down),
          Math.round(column + (at - middle) * right),
        );
    return sum;
  });
}

function gaussian(picture: Picture, sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const raw = Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  return along({ ...picture, values: along(picture, weights, 1, 0) }, weights, 0, 1);
}

const mix = (one: Float32Array, other: Float32Array, share: number): Float32Array =>
  one.map((value, at) => (1 - share) * value + share * (other[at] as number));

export const IMAGES: readonly Corruption[] = [
  ofImages('gaussian-noise', 'Gaussian noise', ({ values }, severity, random) => {
    const sigma = level([0.08, 0.12, 0.18, 0.26, 0.38], severity);
    return values.map((value) => value + sigma * random.normal());
  }),
  ofImages('shot-noise', 'Shot noise', ({ values }, severity, random) => {
    const photons = level([60, 25, 12, 5, 3], severity);
    return values.map((value) => random.poisson(Math.max(0, value) * photons) / photons);
  }),
  ofImages('impulse-noise', 'Salt and pepper', ({ values }, severity, random) => {
    const share = level([0.03, 0.06, 0.09, 0.17, 0.27], severity);
    return values.map((value) => (random.uniform() < share ? random.below(2) : value));
  }),
  ofImages('gaussian-blur', 'Gaussian blur', (picture, severity) =>
    gaussian(picture, Math.max(0.4, sideOf(picture) * level([0.02, 0.03, 0.04, 0.055, 0.075], severity))),
  ),
  ofImages('motion-blur', 'Motion blur', (picture, severity, random) => {
    // Odd, so that the middle stays where it is; at least three.
    const length =
      1 + 2 * Math.max(1, Math.round((sideOf(picture) * level([0.1, 0.15, 0.2, 0.27, 0.35], severity)) / 2));
    const angle = random.between(-Math.PI / 4, Math.PI / 4);
    const weights = Array.from({ length }, () => 1 / length);
    return along(picture, weights, Math.sin(angle), Math.cos(angle));
  }),
  ofImages('fog', 'Fog', (picture, severity, random) => {
    const thick = level([0.2, 0.3, 0.4, 0.5, 0.6], severity);
    const cloud = clouds(picture, () => random.uniform());
    return picture.values.map((value, at) => (1 - thick) * value + thick * (cloud[at] as number));
  }),
  ofImages('snow', 'Snow', (picture, severity, random) => {
    const share = level([0.02, 0.04, 0.06, 0.08, 0.12], severity);
    const { height, width } = picture;
    // The same flakes in all channels, drawn out as they fall.
    const flakes = Float32Array.from({ length: height * width }, () => (random.uniform() < share ? 1 : 0));
    const fallen = along({ channels: 1, height, width, values: flakes }, [0.5, 0.7, 1, 0.7, 0.5], 1, 0.5);
    return mix(picture.values, new Float32Array(picture.values.length).fill(1), share).map((value, at) =>
      Math.max(value, fallen[at % (height * width)] as number),
    );
  }),
  ofImages('brightness', 'Brightness', ({ values }, severity) => {
    const more = level([0.1, 0.2, 0.3, 0.4, 0.5], severity);
    return values.map((value) => value + more);
  }),
  ofImages('contrast', 'Contrast', ({ values }, severity) => {
    const kept = level([0.6, 0.5, 0.35, 0.2, 0.1], severity);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => mean + kept * (value - mean));
  }),
  ofImages('jpeg', 'JPEG', (picture, severity) => {
    const quality = level([40, 25, 15, 10, 6], severity);
    const { height, width, channels, values } = picture;
    const out = new Float32Array(values.length);
    for (let channel = 0; channel < channels; channel++)
      out.set(
        jpegPlane({ ...picture, channels: 1, values: values.subarray(channel * height * width) }, quality),
        channel * height * width,
      );
    return out;
  }),
  ofImages('pixelate', 'Pixels', (picture, severity) => {
    const size = Math.max(2, Math.round(sideOf(picture) * level([0.06, 0.09, 0.12, 0.16, 0.2], severity)));
    return drawn(picture, (channel, line, column) => {
      const [top, left] = [line - (line % size), column - (column % size)];
      let sum = 0;
      let count = 0;
      for (let y = top; y < Math.min(top + size, picture.height); y++)
        for (let x = left; x < Math.min(left + size, picture.width); x++) {
          sum += valueAt(picture, channel, y, x);
          count += 1;
        }
      return sum / count;
    });
  }),
  ofImages('rotation', 'Rotation', (picture, severity, random) => {
    const angle = (random.sign() * level([6, 12, 18, 24, 30], severity) * Math.PI) / 180;
    const [middle, centre] = [(picture.height - 1) / 2, (picture.width - 1) / 2];
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    return drawn(picture, (channel, line, column) => {
      const [y, x] = [line - middle, column - centre];
      return sampled(picture, channel, middle + cos * y - sin * x, centre + sin * y + cos * x);
    });
  }),
  ofImages('shift', 'Shift', (picture, severity, random) => {
    const far = sideOf(picture) * level([0.04, 0.08, 0.12, 0.16, 0.2], severity);
    const angle = random.between(0, 2 * Math.PI);
    return drawn(picture, (channel, line, column) =>
      sampled(picture, channel, line - far * Math.sin(angle), column - far * Math.cos(angle)),
    );
  }),
];

/** Clouds: noise on grids that get finer and fainter, smooth between their points. One for all channels. */
function clouds({ channels, height, width }: Picture, uniform: () => number): Float32Array {
  const plane = new Float32Array(height * width);
  for (let [cells, weight] = [2, 0.5]; cells <= 8; cells *= 2, weight /= 2) {
    const grid: Picture = {
      channels: 1,
      height: cells + 1,
      width: cells + 1,
      values: Float32Array.from({ length: (cells + 1) ** 2 }, uniform),
    };
    for (let line = 0; line < height; line++)
      for (let column = 0; column < width; column++)
        plane[line * width + column] =
          (plane[line * width + column] as number) +
          weight * sampled(grid, 0, (line * cells) / height, (column * cells) / width);
  }
  return Float32Array.from(
    { length: channels * height * width },
    (_, at) => plane[at % plane.length] as number,
  );
}
