import type { Shaping } from '../../src/lifecycle/shaping/evaluate.ts';
import { LISTS } from './lists.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [760, 440, 60, 50, 20, 20];
const MOST_LOST = 6;

/** Groups of lists with their colours; a curve where they are one shaper at several settings. */
const SERIES = [
  { name: 'misinformation, our gate', group: 'our gate', colour: '#0a7d4f', curve: true },
  { name: 'misinformation, residual', group: 'principal components', colour: '#c77700', curve: true },
  { name: 'with DAWN', group: 'with DAWN', colour: '#7a3fb5', curve: false },
  { name: 'others', group: 'others', colour: '#666', curve: false },
] as const;

const x = (lost: number) =>
  LEFT + (Math.min(Math.max(lost, 0), MOST_LOST) / MOST_LOST) * (WIDTH - LEFT - RIGHT);
const y = (accuracy: number) => HEIGHT - BOTTOM - accuracy * (HEIGHT - BOTTOM - TOP);
const text = (at: readonly [number, number], words: string, more = '') =>
  `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;

/** Accuracy of the copy against accuracy lost, of the first thief: lower and further left is better. */
export function picture(found: readonly Shaping[], title: string): string {
  const grid = [0, 1, 2, 3, 4, 5, 6].map(
    (lost) =>
      `<path d="M${x(lost)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#ddd"/>${text([x(lost), HEIGHT - BOTTOM + 16], `${lost}`, 'text-anchor="middle"')}`,
  );
  const rows = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      `<path d="M${LEFT} ${y(share)}H${WIDTH - RIGHT}" stroke="#ddd"/>${text([LEFT - 8, y(share) + 4], `${share * 100} %`, 'text-anchor="end"')}`,
  );
  const drawn = SERIES.flatMap(({ name, group, colour, curve }, index) => {
    const names = LISTS.filter((list) => list.group === group).map((list) => list.name);
    const points = found.filter((one) => names.includes(one.name));
    const places = points.map(
      ({ benign, thefts }) => [x(benign.lost), y(thefts[0]?.accuracy.mean ?? 0)] as const,
    );
    const line = places.map(([across, up]) => `${across.toFixed(1)},${up.toFixed(1)}`).join(' ');
    const legend = TOP + 14 + index * 16;
    return [
      curve ? `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>` : '',
      ...places.map(
        ([across, up], at) =>
          `<circle cx="${across.toFixed(1)}" cy="${up.toFixed(1)}" r="4" fill="${colour}"><title>${points[at]?.name}</title></circle>`,
      ),
      `<circle cx="${WIDTH - 236}" cy="${legend - 4}" r="4" fill="${colour}"/>${text([WIDTH - 226, legend], name)}`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">
<title>${title}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...grid, ...rows, ...drawn].filter((line) => line !== '').join('\n')}
${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12], 'accuracy that benign users lose, points', 'text-anchor="middle"')}
<text transform="rotate(-90)" x="${-(HEIGHT - BOTTOM + TOP) / 2}" y="14" text-anchor="middle">accuracy of the copy</text>
</svg>
`;
}
