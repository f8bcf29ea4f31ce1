import type { Shaping, Theft } from '../../src/lifecycle/shaping/evaluate.ts';

const percent = (share: number) => (100 * share).toFixed(1);

const copied = ({ accuracy, fidelity }: Theft): string[] => [
  `${percent(accuracy.mean)}${accuracy.deviation > 0 ? ` ± ${percent(accuracy.deviation)}` : ''}`,
  percent(fidelity.mean),
];

const proven = ({ ownership }: Theft): string =>
  ownership === undefined ? '' : `${ownership.matches} of ${ownership.marks}, ${ownership.log2P.toFixed(0)}`;

/** Figures as a table of Markdown. */
export function table(found: readonly Shaping[]): string {
  const thieves = found[0]?.thefts ?? [];
  const heads = [
    'shapers',
    'accuracy lost',
    'L1',
    'calibration error',
    ...thieves.flatMap(({ name }) => [`copy, rows ${name}: accuracy`, 'fidelity', 'marks found, log₂ p']),
  ];
  const lines = found.map(({ name, benign, thefts }) => [
    name,
    benign.lost.toFixed(2),
    benign.l1.toFixed(3),
    benign.calibrationError.toFixed(3),
    ...thefts.flatMap((theft) => [...copied(theft), proven(theft)]),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(heads)}${line(heads.map((_, at) => (at === 0 ? '---' : '---:')))}${lines.map(line).join('')}`;
}
