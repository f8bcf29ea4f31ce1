import type { Machine } from '../harness/machine.ts';
import { figure, table, times } from '../harness/table.ts';

/** Of one gradient, forward and backward: seconds. */
export interface Cost {
  readonly wall: number;
  /** Of all threads of the process. */
  readonly cpu: number;
}

export interface Measured {
  readonly model: string;
  /** What PyTorch reckons products by. */
  readonly blas: string | undefined;
  readonly batch: number;
  readonly gatehouse: Cost;
  readonly torch: Cost | undefined;
  /** How far the gradients are apart, of the largest number. */
  readonly apart: number | undefined;
  /** How many times as fast it must be with many rows. */
  readonly times: number | undefined;
}

export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly measured: number;
  readonly reached: boolean;
}

export interface Results {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly threads: number;
  readonly torch: string | undefined;
  readonly measured: readonly Measured[];
  readonly goals: readonly Goal[];
}

/** Without PyTorch there is nothing to be the same as, nor faster. */
export const goalsOf = (measured: readonly Measured[]): Goal[] =>
  measured.flatMap(({ model, blas, batch, gatehouse, torch, apart, times: wanted }) => {
    if (torch === undefined || apart === undefined) return [];
    const same = {
      name: `the same gradients, ${model}, ${batch}, ${blas}`,
      wanted: '1e-4',
      measured: apart,
      reached: apart <= 1e-4,
    };
    if (wanted === undefined || batch === 1) return [same];
    const ratio = torch.wall / gatehouse.wall;
    const fast = {
      name: `speed, ${model}, ${batch}, ${blas}`,
      wanted: `${wanted}×`,
      measured: ratio,
      reached: ratio >= wanted,
    };
    return [same, fast];
  });

export function report({ date, quick, machine, threads, torch, measured, goals }: Results): string {
  const rows = measured.map(({ model, blas, batch, gatehouse, torch, apart }) => [
    model,
    blas ?? '–',
    String(batch),
    figure(gatehouse.wall * 1000),
    figure(torch && torch.wall * 1000),
    times(torch && torch.wall / gatehouse.wall),
    figure(gatehouse.cpu * 1000),
    figure(torch && torch.cpu * 1000),
    times(torch && torch.cpu / gatehouse.cpu),
    apart === undefined ? '–' : apart.toExponential(1),
  ]);
  return [
    `${date}${quick ? ', quick: one round, few runs' : ''}, ${threads} thread${threads === 1 ? '' : 's'}, PyTorch ${torch ?? 'not installed'}`,
    JSON.stringify(machine),
    '',
    table(
      [
        'model',
        'PyTorch on',
        'rows',
        'Gatehouse ms',
        'PyTorch ms',
        'ratio',
        'CPU ms',
        'PyTorch CPU ms',
        'ratio',
        'apart',
      ],
      rows,
    ),
    '',
    ...goals.map(
      ({ name, wanted, measured: value, reached }) =>
        `${reached ? 'reached' : 'missed '}  ${name}: ${value < 0.01 ? value.toExponential(1) : figure(value)}, wanted ${wanted}`,
    ),
    '',
  ].join('\n');
}
