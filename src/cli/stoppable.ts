import { Problem } from '../base/problem.ts';
import type { CliIo } from './io.ts';

/**
 * Something long, which Ctrl-C or SIGTERM ends with a message and an exit code of its own. What it was doing rejects then,
 * and leaves nothing half done.
 * @param message what is said where it was stopped
 */
export async function stoppable<T>(
  io: CliIo,
  message: string,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const silence = io.onStop(() => stop.abort());
  try {
    return await act(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) throw new Problem('undecided', message);
    throw error;
  } finally {
    silence();
  }
}
