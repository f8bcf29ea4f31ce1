// One step of a campaign, in a process of its own: step.ts TARGET SEED RUNS UNTIL
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { Told } from './campaign.ts';
import { keepCrash } from './crashes.ts';
import { fuzz } from './fuzz.ts';
import { TARGETS } from './targets/index.ts';
import { PATIENCE, Watchdog } from './watchdog.ts';

/** How often it says how far it is, and looks at the clock. */
const TELL = 5_000;
const LOOK = 64;

const [name = '', seed, most, until] = process.argv.slice(2);
const target = TARGETS.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const watchdog = new Watchdog(name, PATIENCE);
let runs = 0;
const tell = (more: Partial<Told> = {}) => process.send?.({ runs, ...more } satisfies Told);
const crash = await fuzz(target, {
  seed: Number(seed),
  more: (run) => {
    runs = run;
    if (run % TELL === 1) tell();
    return run < Number(most) && (run % LOOK !== 0 || Date.now() < Number(until));
  },
  before: (input) => watchdog.feed(input),
});
await watchdog.close();
if (crash === undefined) tell({ over: true });
else {
  runs = crash.run + 1;
  const file = relative(process.cwd(), keepCrash(name, crash.input));
  console.log(`${name} failed in run ${crash.run} of seed ${seed}: ${inspect(crash.error).slice(0, 2000)}`);
  tell({ failed: file, over: true });
}
process.disconnect?.();
