import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { crashesOf } from './crashes.ts';
import { failureOf, fuzz } from './fuzz.ts';
import { TARGETS } from './targets/index.ts';

/** The same inputs every time; `npm run fuzz` goes on from others. */
const SEED = 20261121;

for (const target of TARGETS) {
  suite(target.name, () => {
    test('what failed once', async () => {
      const opened = await target.open();
      try {
        for (const { file, input } of crashesOf(target.name))
          assert.equal(await failureOf(opened, input), undefined, file);
      } finally {
        await opened.close?.();
      }
    });

    test('a short run', async () => {
      const crash = await fuzz(target, { seed: SEED, more: (run) => run < target.quick });
      if (crash === undefined) return;
      assert.fail(
        `run ${crash.run}: ${inspect(crash.error)}\ninput, base64: ${crash.input.toString('base64')}\n` +
          `Again: npm run fuzz -- --target ${target.name} --seed ${SEED} --runs ${crash.run + 1}`,
      );
    });
  });
}
