import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMs, tree } from '../../bench/harness/proc.ts';
import { slope } from '../../bench/harness/stats.ts';

/** A process at one moment. Bytes. */
interface Sample {
  readonly at: number;
  readonly rss: number;
  readonly files: number;
}

/** How one process went over the time. */
export interface Vital {
  readonly pid: number;
  readonly name: string;
  readonly minutes: number;
  /** Megabytes, at the end; and by the minute, over the time after the warm-up. */
  readonly rss: number;
  readonly rssSlope: number;
  readonly heap: number;
  readonly heapSlope: number;
  readonly files: number;
  readonly filesSlope: number;
}

/** Processor time of the gateway in one minute, and what it did in it. */
export interface Minute {
  readonly requests: number;
  readonly cpuMs: number;
}

const MB = 1024 * 1024;
/** Milliseconds between two samples. */
const EVERY = 2_000;
/** What comes before is warm-up: caches fill, code is compiled. */
const WARM = 0.4;

/** Watches the processes of the gateway from outside; their heaps are told by `heap-probe.ts`. */
export class Vitals {
  readonly minutes: Minute[] = [];
  readonly #root: number;
  readonly #requests: () => number;
  readonly #samples = new Map<number, Sample[]>();
  readonly #timer: NodeJS.Timeout;
  readonly #begun = Date.now();
  #cpu: number;
  #done = 0;
  #turned = Date.now();

  constructor(root: number, requests: () => number) {
    this.#root = root;
    this.#requests = requests;
    this.#cpu = cpuMs(root);
    this.#timer = setInterval(() => this.#look(), EVERY);
  }

  #look(): void {
    for (const pid of tree(this.#root)) {
      const sample = sampleOf(pid);
      if (sample === undefined) continue;
      const samples = this.#samples.get(pid) ?? [];
      samples.push(sample);
      this.#samples.set(pid, samples);
    }
    if (Date.now() - this.#turned >= 60_000) this.#turn();
  }

  /** A minute is over. Children that were killed are counted with their parent. */
  #turn(): void {
    const [cpu, done] = [cpuMs(this.#root), this.#requests()];
    this.minutes.push({ requests: done - this.#done, cpuMs: cpu - this.#cpu });
    [this.#cpu, this.#done, this.#turned] = [cpu, done, Date.now()];
  }

  get rss(): number {
    return [...this.#samples.values()].reduce((sum, samples) => {
      const last = samples.at(-1);
      return sum + (last !== undefined && Date.now() - last.at < 2 * EVERY ? last.rss / MB : 0);
    }, 0);
  }

  /** @param heaps folder of the probes @returns those that lived long enough to say something */
  stop(heaps: string): Vital[] {
    clearInterval(this.#timer);
    const whole = Date.now() - this.#begun;
    return [...this.#samples].flatMap(([pid, samples]): Vital[] => {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < 0.6 * whole) return [];
      const warm = <S extends { readonly at: number }>(list: readonly S[]) =>
        list.filter(({ at }) => at >= first.at + WARM * (last.at - first.at));
      const fit = <S extends { readonly at: number }>(list: readonly S[], value: (sample: S) => number) =>
        slope(warm(list).map((sample) => [(sample.at - first.at) / 60_000, value(sample)] as const));
      const heap = heapsOf(heaps, pid);
      return [
        {
          pid,
          name: pid === this.#root ? 'primary' : 'worker',
          minutes: (last.at - first.at) / 60_000,
          rss: last.rss / MB,
          rssSlope: fit(samples, ({ rss }) => rss / MB),
          heap: (heap.at(-1)?.used ?? 0) / MB,
          heapSlope: fit(heap, ({ used }) => used / MB),
          files: last.files,
          filesSlope: fit(samples, ({ files }) => files),
        },
      ];
    });
  }
}

function sampleOf(pid: number): Sample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rss = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    return { at: Date.now(), rss, files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    // It has just ended.
    return undefined;
  }
}

const heapsOf = (folder: string, pid: number): { readonly at: number; readonly used: number }[] => {
  const files = readdirSync(folder).filter((name) => name === `heap-${pid}`);
  return files.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [at = 0, used = 0] = line.split(' ').map(Number);
        return { at, used };
      }),
  );
};
