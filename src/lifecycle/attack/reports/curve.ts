import type { AttackResult } from '../result.ts';
import { number, percent } from './words.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 260, 44, 32];

/** Robust accuracy over budgets with its intervals, from no change on: an SVG. */
export function curve({ clean, worst, asked }: AttackResult): string {
  const points = [{ epsilon: 0, robust: clean }, ...worst];
  const most = points.at(-1)?.epsilon ?? 1;
  const x = (epsilon: number) => (LEFT + ((WIDTH - LEFT - 16) * epsilon) / (most || 1)).toFixed(1);
  const y = (share: number) => (12 + (HEIGHT - BOTTOM - 12) * (1 - share)).toFixed(1);
  const band = [
    ...points.map(({ epsilon, robust }) => `${x(epsilon)},${y(robust.high)}`),
    ...points.toReversed().map(({ epsilon, robust }) => `${x(epsilon)},${y(robust.low)}`),
  ].join(' ');
  const line = points.map(({ epsilon, robust }) => `${x(epsilon)},${y(robust.share)}`).join(' ');
  const grid = [0, 0.25, 0.5, 0.75, 1]
    .map(
      (share) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(share)}" y2="${y(share)}"/><text x="${LEFT - 6}" y="${y(share)}" text-anchor="end" dominant-baseline="middle">${100 * share}</text>`,
    )
    .join('');
  const marks = points
    .map(
      ({ epsilon, robust }) =>
        `<circle cx="${x(epsilon)}" cy="${y(robust.share)}" r="4"><title>${number(epsilon)}: ${percent(robust.share)}, ${percent(robust.low)} to ${percent(robust.high)}</title></circle><text x="${x(epsilon)}" y="${HEIGHT - 12}" text-anchor="middle">${number(epsilon)}</text>`,
    )
    .join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="robust accuracy in percent over budgets in ${asked.norm}">${grid}<polygon class="band" points="${band}"/><polyline class="line" points="${line}"/>${marks}</svg>`;
}
