import type { AttackResult, RunResult } from '../result.ts';
import { esc } from './escape.ts';
import { number, percent } from './words.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 280, 44, 44];

/** How a line is dashed, so that attacks are told apart without colours. */
const DASHES = ['6 3', '2 3', '8 3 2 3', '1 2', '12 4', '4 2 1 2'] as const;

/** Runs of each attack by budget. Of attacks that take turns a run says what was left for the next: no line of its own. */
export const byAttack = ({ runs, asked }: AttackResult): (readonly [string, readonly RunResult[]])[] =>
  asked.epsilons.length > 1
    ? [...Map.groupBy(runs, ({ attack }) => attack)].filter(([, own]) => own.length === asked.epsilons.length)
    : [];

/** Robust accuracy over budgets with its intervals, from no change on: an SVG. */
export function curve(result: AttackResult): string {
  const { clean, worst, asked } = result;
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
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - 16}" y1="${y(share)}" y2="${y(share)}"/><text x="${LEFT - 6}" y="${y(share)}" text-anchor="end" dominant-baseline="middle">${100 * share} %</text>`,
    )
    .join('');
  const marks = points
    .map(
      ({ epsilon, robust }) =>
        `<circle cx="${x(epsilon)}" cy="${y(robust.share)}" r="4"><title>${number(epsilon)}: ${percent(robust.share)}, ${percent(robust.low)} to ${percent(robust.high)}</title></circle><text x="${x(epsilon)}" y="${HEIGHT - 24}" text-anchor="middle">${number(epsilon)}</text>`,
    )
    .join('');
  const lines = byAttack(result);
  const own = (lines.length > 1 ? lines : []).map(([attack, runs], index) => {
    const dash = `class="own" stroke-dasharray="${DASHES[index % DASHES.length]}"`;
    const places = [{ epsilon: 0, robust: clean }, ...runs.toSorted((a, b) => a.epsilon - b.epsilon)];
    const from = WIDTH - 150;
    const level = 20 + 14 * index;
    return `<polyline ${dash} points="${places.map(({ epsilon, robust }) => `${x(epsilon)},${y(robust.share)}`).join(' ')}"><title>${esc(attack)}</title></polyline><line ${dash} x1="${from}" x2="${from + 28}" y1="${level}" y2="${level}"/><text x="${from + 34}" y="${level}" dominant-baseline="middle">${esc(attack)}</text>`;
  });
  const title = `<text x="${WIDTH - 16}" y="${HEIGHT}" text-anchor="end">${asked.norm}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="robust accuracy in percent over budgets in ${asked.norm}">${grid}<polygon class="band" points="${band}"/><polyline class="line" points="${line}"/>${own.join('')}${marks}${title}</svg>`;
}
