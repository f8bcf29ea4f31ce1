import { Algebra, real } from '../algebra.ts';
import { int, word } from '../emitter.ts';
import type { Rule, Step } from '../rule.ts';

/** Where points lie along an axis of an image, [batch, points]. */
interface Places {
  /** The place before the point, as a real number. */
  readonly before: string;
  /** How far the point is behind it, 0 to 1. */
  readonly part: string;
  /** How fast a point moves with its coordinate. */
  readonly slope: string | number;
  readonly size: number;
}

/** Coordinates from -1 to 1 as places, as the node lays them out. */
function placesOf(step: Step, m: Algebra, coordinate: string, size: number): Places {
  const { emit } = step;
  const aligned = step.int('align_corners', 0) !== 0;
  const factor = (aligned ? size - 1 : size) / 2;
  const raw = m.add(m.mul(coordinate, factor), (size - 1) / 2);
  const last = size - 1;
  const bordered = step.word('padding_mode', 'zeros') === 'border';
  const place = bordered ? m.where(m.less(raw, 0), 0, m.where(m.greater(raw, last), last, raw)) : raw;
  const before = emit.op('Floor', [place]);
  // Points that were put back to the border do not move.
  const inside = () => m.indicator(m.and(m.greater(raw, 0), m.less(raw, last)));
  return {
    before,
    part: m.sub(place, before),
    slope: bordered ? m.mul(inside(), factor) : factor,
    size,
  };
}

/** One of the two places beside each point: where, how much it counts, and how that changes as the point moves on. */
function beside(m: Algebra, { before, part, size }: Places, behind: boolean) {
  const place = behind ? m.add(before, 1) : before;
  const kept = m.where(m.less(place, 0), 0, m.where(m.greater(place, size - 1), size - 1, place));
  return {
    place: kept,
    there: m.indicator(m.equal(place, kept)),
    share: behind ? part : m.sub(1, part),
    change: behind ? 1 : -1,
  };
}

/** Points between four places of an image (spatial transformers: Jaderberg and others, 2015). */
function gridSample(step: Step): (string | null)[] {
  const { emit } = step;
  const [image, grid] = [real(step, step.input(0)), real(step, step.input(1))];
  const [height, width] = image.dims.slice(2);
  const mode = step.word('mode', 'linear');
  if (image.dims.length !== 4) return step.refuse('its image is not of two dimensions');
  if (typeof height !== 'number' || typeof width !== 'number')
    return step.refuse('the size of its image varies');
  if (mode !== 'linear' && mode !== 'bilinear') return step.refuse(`its mode is ${mode}`);
  if (step.word('padding_mode', 'zeros') === 'reflection') return step.refuse('its padding is by reflection');
  const m = new Algebra(emit, image.type);
  const lined = (name: string) => emit.op('Reshape', [name, emit.ints([0, 0, -1])]);
  const [g, pixels] = [lined(step.cotangent), lined(image.name)];
  const coordinate = (axis: number) =>
    emit.op('Reshape', [
      emit.op('Gather', [grid.name, emit.whole(axis)], { axis: int(3) }),
      emit.ints([0, -1]),
    ]);
  const [across, down] = [placesOf(step, m, coordinate(0), width), placesOf(step, m, coordinate(1), height)];
  const perChannel = (name: string) => emit.op('Unsqueeze', [name, emit.ints([1])]);
  const corners = [false, true].flatMap((below) =>
    [false, true].map((right) => {
      const [x, y] = [beside(m, across, right), beside(m, down, below)];
      const place = emit.op('Cast', [m.add(m.mul(y.place, width), x.place)], { to: int(7) });
      const places = emit.op('Expand', [perChannel(place), emit.op('Shape', [g])]);
      return { x, y, there: m.mul(x.there, y.there), places };
    }),
  );
  const toImage = () => {
    const parts = corners.map(({ x, y, there }) =>
      m.mul(g, perChannel(m.mul(there, m.mul(x.share, y.share)))),
    );
    const all = (names: readonly string[]) => emit.op('Concat', names, { axis: int(2) });
    const places = all(corners.map(({ places }) => places));
    const zeros = lined(emit.zeros(image));
    const sums = emit.op('ScatterElements', [zeros, places, all(parts)], {
      axis: int(2),
      reduction: word('add'),
    });
    return emit.reshape(sums, image);
  };
  const toGrid = () => {
    const flowing = corners.map(({ places, there }) => {
      const seen = emit.op('GatherElements', [pixels, places], { axis: int(2) });
      const sum = emit.op('ReduceSum', [m.mul(g, seen), emit.ints([1])], { keepdims: int(0) });
      return m.mul(sum, there);
    });
    const moved = (axis: 'x' | 'y', { slope }: Places) => {
      const other = axis === 'x' ? 'y' : 'x';
      const terms = corners.map((corner, at) =>
        m.mul(m.mul(flowing[at] ?? '', corner[other].share), corner[axis].change),
      );
      return emit.op('Unsqueeze', [m.mul(emit.op('Sum', terms), slope), emit.ints([2])]);
    };
    return emit.reshape(emit.op('Concat', [moved('x', across), moved('y', down)], { axis: int(2) }), grid);
  };
  return [step.wants(0) ? toImage() : null, step.wants(1) ? toGrid() : null];
}

/** Operators that look at an image between its places. */
export const sampling: readonly Rule[] = [
  {
    op: 'GridSample',
    backward: gridSample,
    // Points between the same places of four, whichever way corners are: in the middle, at the border, beyond it.
    proof: (draw) =>
      [
        { from: -0.2, to: 0.2 },
        { from: 0.78, to: 0.96 },
        { from: 1.3, to: 1.6 },
      ].flatMap((range) =>
        ['zeros', 'border'].map((padding) => ({
          inputs: [{ dims: [2, draw.int(1, 2), 4, 4] }, { dims: [2, 2, 3, 2], ...range }],
          attributes: {
            padding_mode: word(padding),
            align_corners: int(draw.int(0, 1)),
            mode: word('bilinear'),
          },
        })),
      ),
  },
];
