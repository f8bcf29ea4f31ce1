import type { Machine } from '../harness/machine.ts';
import { median } from '../harness/stats.ts';
import { figure, table, times } from '../harness/table.ts';
import { type Goal, ratioOf } from './goals.ts';
import type { Run } from './runs.ts';

export interface Measured {
  readonly load: string;
  readonly scanners: readonly { readonly name: string; readonly runs: readonly Run[] }[];
}

export interface Results {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  readonly goals: readonly Goal[];
}

export function report({ date, quick, machine, measured, goals }: Results): string {
  const rows = measured.flatMap(({ load, scanners }) => {
    const first = scanners[0]?.runs ?? [];
    return scanners.map(({ name, runs }) => [
      load,
      name,
      figure(median(runs.map(({ wall }) => wall))),
      figure(median(runs.map(({ cpu }) => cpu))),
      figure(Math.max(...runs.map(({ memory }) => memory))),
      times(ratioOf(runs, first, 'wall')),
      times(ratioOf(runs, first, 'cpu')),
    ]);
  });
  const head = ['files', 'scanner', 'wall s', 'CPU s', 'MB', 'wall, ratio', 'CPU, ratio'];
  return [
    `${date}${quick ? ', quick: a tenth of everything, one round' : ''}`,
    JSON.stringify(machine),
    '',
    table(head, rows),
    '',
    ...goals.map(
      ({ name, wanted, measured: value, reached }) =>
        `${reached ? 'reached' : 'missed '}  ${name}: ${figure(value)}, wanted ${wanted}`,
    ),
    '',
  ].join('\n');
}
