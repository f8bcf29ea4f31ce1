import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports processor time in hundredths of a second, whatever the kernel's own tick (`man 5 proc`, USER_HZ). */
const MS_PER_TICK = 10;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A process and its descendants. */
export function tree(pid: number): number[] {
  const tasks = (() => {
    try {
      return readdirSync(`/proc/${pid}/task`);
    } catch {
      return [];
    }
  })();
  const children = tasks.flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => tree(Number(child)))];
}

/**
 * Processor time that a process tree has used so far, ms: user and system, all threads, with children that have ended
 * and were waited for. Steps of 10 ms: divide by enough requests.
 */
export function cpuMs(pid: number): number {
  const ticks = tree(pid).map((member) => {
    // The name in brackets may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = read(`/proc/${member}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  });
  return ticks.reduce((sum, each) => sum + each, 0) * MS_PER_TICK;
}

/** Resident memory of a process tree, KB. */
export function rssKb(pid: number): number {
  const sizes = tree(pid).map((member) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${member}/status`))?.[1] ?? 0),
  );
  return sizes.reduce((sum, each) => sum + each, 0);
}
