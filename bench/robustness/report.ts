import type { Machine } from '../harness/machine.ts';
import { figure, table, times } from '../harness/table.ts';

export interface Measured {
  readonly model: string;
  readonly batch: number;
  /** Seconds of one gradient. */
  readonly gatehouse: number;
  readonly torch: number | undefined;
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
  measured.flatMap(({ model, batch, gatehouse, torch, apart, times: wanted }) => {
    if (torch === undefined || apart === undefined) return [];
    const same = {
      name: `the same gradients, ${model}, ${batch}`,
      wanted: '1e-4',
      measured: apart,
      reached: apart <= 1e-4,
    };
    if (wanted === undefined || batch === 1) return [same];
    const ratio = torch / gatehouse;
    const fast = {
      name: `speed, ${model}, ${batch}`,
      wanted: `${wanted}×`,
      measured: ratio,
      reached: ratio >= wanted,
    };
    return [same, fast];
  });

export function report({ date, quick, machine, threads, torch, measured, goals }: Results): string {
  const rows = measured.map(({ model, batch, gatehouse, torch, apart }) => [
    model,
    String(batch),
    figure(gatehouse * 1000),
    figure(torch === undefined ? undefined : torch * 1000),
    times(torch === undefined ? undefined : torch / gatehouse),
    apart === undefined ? '–' : apart.toExponential(1),
  ]);
  return [
    `${date}${quick ? ', quick: one round, few runs' : ''}, ${threads} thread${threads === 1 ? '' : 's'}, PyTorch ${torch ?? 'not installed'}`,
    JSON.stringify(machine),
    '',
    table(['model', 'rows', 'Gatehouse ms', 'PyTorch ms', 'ratio', 'apart'], rows),
    '',
    ...goals.map(
      ({ name, wanted, measured: value, reached }) =>
        `${reached ? 'reached' : 'missed '}  ${name}: ${value < 0.01 ? value.toExponential(1) : figure(value)}, wanted ${wanted}`,
    ),
    '',
  ].join('\n');
}
