import { Problem } from '../../base/problem.ts';
import { sizeOf } from '../../tensors/batch.ts';
import type { Tensor } from '../../tensors/tensor.ts';
import { OnnxSession, type Port } from './session.ts';

// Runs in a process of its own: a run holds the thread that asks for it and cannot be stopped, and what breaks the runtime
// breaks no more than this process. It is told the model first, then questions.

/** What the process is told. */
export type Told =
  | { readonly model: Uint8Array; readonly threads: number; readonly runtime: string | undefined }
  | {
      readonly id: number;
      readonly feeds: readonly (readonly [string, Tensor])[];
      readonly wanted: readonly string[] | undefined;
      /** Bytes of an answer, of all its tensors. */
      readonly most: number;
    };

/**
 * What it says: that it is ready or why not, then an answer to each question, with the bytes of memory that it has. Of what
 * fails never any of a caller's numbers.
 */
export type Said =
  | { readonly ready: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] } }
  | { readonly broken: string }
  | {
      readonly id: number;
      readonly results: readonly (readonly [string, Tensor])[];
      readonly memory: number;
    }
  | { readonly id: number; readonly failed: 'model' | 'reply'; readonly memory: number };

const say = (said: Said): void => {
  process.send?.(said);
};

if (process.send !== undefined) {
  let session: OnnxSession | undefined;
  process.on('disconnect', () => process.exit());
  process.on('message', async (told: Told) => {
    if ('model' in told) {
      try {
        const { model, threads, runtime } = told;
        session = await OnnxSession.open(model, { threads, runtime });
        say({ ready: { inputs: session.inputs, outputs: session.outputs } });
      } catch (error) {
        say({ broken: error instanceof Problem ? error.message : 'the model cannot be opened' });
      }
      return;
    }
    const { id, feeds, wanted, most } = told;
    try {
      const results = (await session?.run(new Map(feeds), wanted)) ?? new Map();
      const memory = process.memoryUsage.rss();
      // What is too long is not sent: it would be in the memory of whoever asked.
      say(sizeOf(results) > most ? { id, failed: 'reply', memory } : { id, results: [...results], memory });
    } catch {
      say({ id, failed: 'model', memory: process.memoryUsage.rss() });
    }
  });
}
