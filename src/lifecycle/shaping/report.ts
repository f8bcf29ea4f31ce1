import { esc } from '../attack/reports/escape.ts';
import { percent } from '../attack/signs.ts';
import type { Shaping, Spread } from './evaluate.ts';

/** What was measured, and on what. */
export interface ShapingReport {
  readonly model: string;
  readonly data: string;
  readonly thief: string;
  readonly version: string;
  readonly found: readonly Shaping[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [640, 340, 52, 44, 16, 20];

/** One page that asks for nothing from anywhere: to be kept, or sent. */
export function shapingPage({ model, data, thief, version, found }: ShapingReport): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Gatehouse: shapers of ${esc(model)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Shapers of ${esc(model)}</h1>
<p>What each list costs users (${esc(data)}), and how good a copy a thief makes who asks ${esc(thief)}. Version ${esc(version)}.</p>
<h2>The copy against what users lose</h2>
<p>Lower and further left is better. Bars are a standard deviation over copies.</p>
${shapingCurve(found)}
<h2>Figures</h2>
<table>
<tr><th></th><th>shapers</th><th>accuracy</th><th>points lost</th><th>L1</th><th>calibration error</th><th>copy right</th><th>copy like the model</th><th>answers changed</th></tr>
${found.map(line).join('\n')}
</table>
</main>
</body>
</html>
`;
}

const line = ({ name, benign, thefts: [theft] }: Shaping, at: number): string => {
  const cells = [
    String(at + 1),
    esc(name),
    percent(benign.accuracy),
    benign.lost.toFixed(2),
    benign.l1.toFixed(3),
    benign.calibrationError.toFixed(3),
    ...(theft === undefined ? [] : [spread(theft.accuracy), spread(theft.fidelity), percent(theft.changed)]),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
};

const spread = ({ mean, deviation }: Spread): string => `${percent(mean)} ± ${percent(deviation)}`;

/** Accuracy of the copy over points of accuracy that users lose: an SVG. Each point has the number of its row. */
export function shapingCurve(found: readonly Shaping[]): string {
  const most = Math.max(1, Math.ceil(Math.max(0, ...found.map(({ benign }) => benign.lost))));
  const x = (lost: number) =>
    (LEFT + ((WIDTH - LEFT - RIGHT) * Math.max(0, Math.min(lost, most))) / most).toFixed(1);
  const y = (share: number) =>
    (TOP + (HEIGHT - BOTTOM - TOP) * (1 - Math.max(0, Math.min(1, share)))).toFixed(1);
  const across = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<line class="grid" x1="${x(part * most)}" x2="${x(part * most)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${x(part * most)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${Number((part * most).toFixed(2))}</text>`,
  );
  const up = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}"/><text x="${LEFT - 6}" y="${y(share)}" text-anchor="end" dominant-baseline="middle">${100 * share}</text>`,
  );
  const points = found.flatMap(({ name, benign, thefts: [theft] }, at) => {
    if (theft === undefined) return [];
    const { mean, deviation } = theft.accuracy;
    const place = x(benign.lost);
    return [
      `<line class="bar" x1="${place}" x2="${place}" y1="${y(mean - deviation)}" y2="${y(mean + deviation)}"/><circle cx="${place}" cy="${y(mean)}" r="4"><title>${esc(name)}: ${benign.lost.toFixed(2)} points lost, copy ${percent(mean)}</title></circle><text x="${place}" dx="7" y="${y(mean)}" dominant-baseline="middle">${at + 1}</text>`,
    ];
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="accuracy of the copy in percent over points of accuracy that users lose">
${[...across, ...up, ...points].join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">points of accuracy that users lose</text>
<text transform="rotate(-90)" x="${-(HEIGHT - BOTTOM + TOP) / 2}" y="14" text-anchor="middle">copy right, percent</text>
</svg>`;
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1d1d1f; background: #fff; margin: 0 }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #e3e3e6; vertical-align: top }
svg { width: 100%; max-width: 44rem; font-size: 12px; fill: #1d1d1f }
.grid { stroke: #e3e3e6 } .bar { stroke: #0a7d4f; stroke-width: 2 } circle { fill: #0a7d4f }
`;
