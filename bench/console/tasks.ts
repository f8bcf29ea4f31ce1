/** What is used of an event of Chromium's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Processor time of the thread in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Longest task of threads of a name, by the time that it took and by its processor time, milliseconds; and how many there were. */
export function longestOf(trace: string, thread: string): { wall: number; cpu: number; count: number } {
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const keyOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const wanted = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === thread).map(keyOf),
  );
  const tasks = traceEvents.filter(
    (event) => /RunTask$/.test(event.name) && event.ph === 'X' && wanted.has(keyOf(event)),
  );
  const longest = (of: 'dur' | 'tdur'): number =>
    tasks.reduce((most, event) => Math.max(most, event[of] ?? 0), 0) / 1000;
  return { wall: longest('dur'), cpu: longest('tdur'), count: tasks.length };
}
