import type { Machine } from '../harness/machine.ts';
import { figure, table } from '../harness/table.ts';
import type { Goal, Slow } from './goals.ts';
import { type Costs, SIZES } from './measure.ts';
import type { Quality } from './quality.ts';
import { TOGETHER } from './subjects.ts';
import { FAMILIES } from './texts.ts';

export interface Results {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly trouble: string | undefined;
  readonly costs: Costs;
  readonly slow: readonly Slow[];
  readonly quality: readonly Quality[];
  readonly goals: readonly Goal[];
}

/** Hostile pieces that are shown: the dearest. */
const SHOWN = 8;

export function report(results: Results): string {
  const { machine, quick, date, versions, trouble, goals } = results;
  const missed = goals.filter(({ reached }) => !reached);
  return `${[
    [
      `Guards benchmark${quick ? ' (quick)' : ''}, ${date}`,
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, load ${machine.load}`,
      `Node ${machine.node}, ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version ?? '–'}`)
        .join(', ')}`,
      ...(trouble === undefined ? [] : [`Left out: ${trouble}.`]),
    ].join('\n'),
    ...FAMILIES.map((family) => `CPU of one text, µs: ${family}\n${costs(results, family)}`),
    `Hostile pieces, CPU ms\n${slow(results.slow)}`,
    ...(results.quality.length === 0
      ? []
      : [`On our own sets (eval/), at each tool’s defaults\n${quality(results.quality)}`]),
    [
      `${goals.length - missed.length} of ${goals.length} goals reached${missed.length === 0 ? '' : '; missed:'}`,
      ...missed.map(
        ({ name, measured, limit, unit }) => `  ${name}: ${figure(measured)} ${unit}, limit ${limit} ${unit}`,
      ),
    ].join('\n'),
  ].join('\n\n')}\n`;
}

function costs({ costs }: Results, family: (typeof FAMILIES)[number]): string {
  const ours = costs[TOGETHER]?.[family];
  const rows = Object.entries(costs).map(([name, by]) => [
    name,
    ...by[family].map(figure),
    ...(name === TOGETHER ? ['', ''] : [1, 2].map((step) => over(by[family][step], ours?.[step]))),
  ]);
  const sizes = SIZES.map((size) => size.toLocaleString('en'));
  return table(['', ...sizes, '÷ together, 2,000', '20,000'], rows);
}

const over = (value: number | undefined, base: number | undefined): string =>
  value === undefined || base === undefined ? '–' : `${(value / base).toFixed(2)}×`;

function slow(all: readonly Slow[]): string {
  const most = ({ views, together }: Slow) => Math.max(views / 50, together / 40);
  const rows = all
    .toSorted((a, b) => most(b) - most(a))
    .slice(0, SHOWN)
    .map(({ piece, views, together, half }) => [piece, ...[views, together, half].map(figure)]);
  return table(['piece', 'views, 1,000,000', 'together, 200,000', '100,000'], rows);
}

const percent = (share: number | undefined): string =>
  share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;

function quality(all: readonly Quality[]): string {
  const rows = all.map(({ name, task, recall, benign, hard }) => [
    `${task}: ${name}`,
    percent(recall),
    percent(benign),
    percent(hard),
  ]);
  return table(['', 'recall', 'benign flagged', 'hard benign'], rows);
}
