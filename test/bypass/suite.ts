import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Case, FORBIDDEN, SECRET } from './case.ts';
import { nameOf } from './failures.ts';
import { closeSideLabs, GUARDS, HELPER, type Lab, openLab } from './lab.ts';
import { holds } from './search.ts';

const MEDIA = 'media: { allow: [image/png] }\n';

/** Many cases fail for one reason: the first of them are enough to see it. */
const SHOWN = 40;

/** Tries every attack and every harmless twin, and searches what was written. */
export function tryAll(name: string, cases: readonly Case[]): void {
  suite(name, () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab({ policy: HELPER + GUARDS + MEDIA });
    });
    after(async () => {
      await lab.close();
      await closeSideLabs();
    });

    test('0 attacks pass', async (t) => {
      const through: string[] = [];
      for (const one of cases)
        for (const what of await one.attack(lab)) through.push(`${nameOf(one)}: ${what}`);
      t.diagnostic(`${cases.length} attacks, attacks passed: ${through.length}`);
      assert.deepEqual(through.slice(0, SHOWN), []);
    });

    test('every benign twin passes', async () => {
      const stopped: string[] = [];
      // Many attacks have one twin.
      for (const [benign, one] of new Map(cases.map((one) => [one.benign, one]))) {
        try {
          await benign(lab);
        } catch (error) {
          stopped.push(`${nameOf(one)}: ${error instanceof Error ? error.message.slice(0, 300) : error}`);
        }
      }
      assert.deepEqual(stopped.slice(0, SHOWN), []);
    });

    test('no log line and no ledger entry holds a forbidden text or a key', () => {
      const { log, key, adminKey, entries } = lab.gateway;
      const written = [...log, ...entries().map((entry) => JSON.stringify(entry))];
      const upstreams = ['openai', 'anthropic', 'google'].map((server) => `upstream-key-${server}`);
      const secret = [FORBIDDEN, SECRET, key, adminKey, ...upstreams];
      const found = secret.flatMap((text) => written.filter((line) => holds(line, text)));
      assert.deepEqual(found.slice(0, 5), []);
    });
  });

  test(`${name}, without guards the same attacks on text pass: the judge sees them`, async (t) => {
    const lab = await openLab({ policy: MEDIA });
    try {
      const unseen: string[] = [];
      /** Harmless twins that are shared by several cases are tried once. */
      const carried = new Map<Case['carries'], boolean>();
      for (const one of cases) {
        const { control = false, carries, attack } = one;
        if (carries !== undefined && !carried.has(carries)) carried.set(carries, await carries(lab));
        if (!control && carried.get(carries) !== true) continue;
        if ((await attack(lab)).length === 0) unseen.push(nameOf(one));
      }
      const across = [...carried.values()];
      if (across.length > 1)
        t.diagnostic(
          `${across.filter(Boolean).length} of ${across.length} places are carried across dialects`,
        );
      assert.deepEqual(unseen.slice(0, SHOWN), []);
    } finally {
      await lab.close();
    }
  });
}
