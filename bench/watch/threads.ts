import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of a process so far, microseconds: of its main thread, and of all that it has now. Linux only. */
export interface Spent {
  readonly main: number;
  readonly whole: number;
}

/** By the scheduler's own count in nanoseconds (`schedstat`): `stat` counts in steps of ten milliseconds. */
export function spentBy(pid: number): Spent {
  const times = readdirSync(`/proc/${pid}/task`).map((task) => ({ task, time: timeOf(pid, task) }));
  return {
    main: times.find(({ task }) => task === String(pid))?.time ?? 0,
    whole: times.reduce((sum, { time }) => sum + time, 0),
  };
}

function timeOf(pid: number, task: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  } catch {
    // It has ended in between.
    return 0;
  }
}
