import type { Robustness } from './model.ts';
import { percent } from './model.ts';

const WIDTH = 360;
const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 24;

/** Rows that no attack broke, by budget, with their intervals; the numbers stand in the table beside it. */
export function Curve({ of: { clean, worst } }: { readonly of: Robustness }) {
  const points = [{ epsilon: 0, robust: clean }, ...[...worst].sort((a, b) => a.epsilon - b.epsilon)];
  const most = Math.max(...points.map(({ epsilon }) => epsilon)) || 1;
  const x = (epsilon: number) => LEFT + ((WIDTH - LEFT - 12) * epsilon) / most;
  const y = (share: number) => 8 + (HEIGHT - BOTTOM - 8) * (1 - share);
  const at = (epsilon: number, share: number) => `${x(epsilon).toFixed(1)},${y(share).toFixed(1)}`;
  const low = [...points].reverse().map(({ epsilon, robust }) => at(epsilon, robust.low));
  return (
    <svg
      class="curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Rows left right: ${points.map(({ epsilon, robust }) => `${percent(robust.share)} at ${epsilon}`).join(', ')}`}
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line class="grid" x1={LEFT} x2={WIDTH - 12} y1={y(share)} y2={y(share)} />
          <text x={LEFT - 6} y={y(share) + 4} text-anchor="end">
            {100 * share} %
          </text>
        </g>
      ))}
      <polygon
        class="band"
        points={[...points.map(({ epsilon, robust }) => at(epsilon, robust.high)), ...low].join(' ')}
      />
      <polyline
        class="line"
        points={points.map(({ epsilon, robust }) => at(epsilon, robust.share)).join(' ')}
      />
      {points.map(({ epsilon, robust }) => (
        <g key={epsilon}>
          <circle class="point" cx={x(epsilon)} cy={y(robust.share)} r="3.5" />
          <text x={x(epsilon)} y={HEIGHT - 6} text-anchor={epsilon === most ? 'end' : 'middle'}>
            {epsilon}
          </text>
        </g>
      ))}
    </svg>
  );
}
