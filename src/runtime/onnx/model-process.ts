import { type ChildProcess, fork } from 'node:child_process';
import { Problem } from '../../base/problem.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import type { Said, Told } from './child.ts';
import { confined } from './confine.ts';
import type { Port } from './session.ts';

/** What a process answered, and the bytes of memory that it has. `model`: it did not take the question; `reply`: too long. */
export type Answer =
  | { readonly results: ReadonlyMap<string, Tensor>; readonly memory: number }
  | { readonly failed: 'model' | 'reply'; readonly memory: number };

/**
 * A process that holds a model and answers one question at a time. It is given neither environment nor arguments, and may
 * open no files but its own code: it gets the model's bytes through the pipe. It ends with this process.
 */
export class ModelProcess {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly #child: ChildProcess;
  #asked = 0;
  #waits:
    | {
        readonly id: number;
        readonly resolve: (answer: Answer) => void;
        readonly reject: (error: Error) => void;
      }
    | undefined;

  private constructor(
    child: ChildProcess,
    ready: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] },
  ) {
    this.#child = child;
    this.inputs = ready.inputs;
    this.outputs = ready.outputs;
    child.on('message', (said: Said) => this.#heard(said));
    child.once('exit', () => {
      this.#waits?.reject(new Error('the process ended'));
      this.#waits = undefined;
    });
  }

  /** Starts a process with a model. Rejects with Problem('usage') where the model cannot be opened. */
  static async open(model: Uint8Array, threads: number): Promise<ModelProcess> {
    // The package has them compiled.
    const file = import.meta.url.endsWith('.ts') ? './child.ts' : './child.js';
    const { execArgv, runtime } = confined();
    const child = fork(new URL(file, import.meta.url), [], {
      serialization: 'advanced',
      env: {},
      execArgv: [...execArgv],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<Extract<Said, { ready: unknown }>['ready']>();
    child.once('error', () => reject(new Problem('environment', 'no process can be started for the model')));
    child.once('exit', () => reject(new Problem('usage', 'the process of the model ended as it was opened')));
    child.once('message', (said: Said) => {
      if ('ready' in said) resolve(said.ready);
      else reject(new Problem('usage', 'broken' in said ? said.broken : 'the model cannot be opened'));
    });
    tell(child, { model, threads, runtime });
    try {
      return new ModelProcess(child, await promise);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Calls back once, when the process has ended, however it came to it. */
  onEnd(ended: () => void): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) ended();
    else this.#child.once('exit', ended);
  }

  /**
   * Rejects where the process ends before it answers. One question at a time.
   * @param most bytes of an answer, of all its tensors
   */
  ask(feeds: Tensors, wanted?: readonly string[], most = Number.POSITIVE_INFINITY): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = ++this.#asked;
    this.#waits = { id, resolve, reject };
    tell(this.#child, { id, feeds: [...feeds], wanted, most });
    return promise;
  }

  /** At once: a run cannot be asked to stop. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #heard(said: Said): void {
    const waits = this.#waits;
    if (waits === undefined || !('id' in said) || said.id !== waits.id) return;
    this.#waits = undefined;
    waits.resolve('failed' in said ? said : { results: new Map(said.results), memory: said.memory });
  }
}

/** A process that has just ended cannot be told anything: its end is heard of by itself. */
function tell(child: ChildProcess, told: Told): void {
  child.send(told, () => {});
}
