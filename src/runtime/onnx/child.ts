import { Problem } from '../../base/problem.ts';
import type { Tensor } from '../../tensors/tensor.ts';
import { OnnxSession, type Port } from './session.ts';

// Runs in a process of its own: a run holds the thread that asks for it and cannot be stopped, and what breaks the runtime
// breaks no more than this process. It is told the model first, then questions.

/** What the process is told. */
export type Told =
  | { readonly model: Uint8Array; readonly threads: number }
  | {
      readonly id: number;
      readonly feeds: readonly (readonly [string, Tensor])[];
      readonly wanted: readonly string[] | undefined;
    };

/** What it says: that it is ready or why not, then an answer to each question. Never any of a caller's numbers. */
export type Said =
  | { readonly ready: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] } }
  | { readonly broken: string }
  | {
      readonly id: number;
      readonly results: readonly (readonly [string, Tensor])[];
      /** Bytes of memory that the process has. */
      readonly memory: number;
    }
  | { readonly id: number; readonly failed: true };

const say = (said: Said): void => {
  process.send?.(said);
};

if (process.send !== undefined) {
  let session: OnnxSession | undefined;
  process.on('disconnect', () => process.exit());
  process.on('message', async (told: Told) => {
    if ('model' in told) {
      try {
        session = await OnnxSession.open(told.model, { threads: told.threads });
        say({ ready: { inputs: session.inputs, outputs: session.outputs } });
      } catch (error) {
        say({ broken: error instanceof Problem ? error.message : 'the model cannot be opened' });
      }
      return;
    }
    try {
      const results = await session?.run(new Map(told.feeds), told.wanted);
      say({ id: told.id, results: [...(results ?? [])], memory: process.memoryUsage.rss() });
    } catch {
      say({ id: told.id, failed: true });
    }
  });
}
