import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';

/**
 * Loaded into every process of the gateway (`node --import`): writes down what was left on the heap after each great
 * collection, which is what is in use; between two collections the heap only grows.
 */
const MAJOR = 4;
const folder = process.env.SOAK_HEAPS;

if (folder !== undefined) {
  const file = join(folder, `heap-${process.pid}`);
  const watch = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { detail?: { kind?: number } })[]) {
      if (entry.detail?.kind === MAJOR)
        appendFileSync(file, `${Date.now()} ${process.memoryUsage().heapUsed}\n`);
    }
  });
  watch.observe({ entryTypes: ['gc'] });
}
