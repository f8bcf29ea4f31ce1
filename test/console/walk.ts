import { test } from 'node:test';

/** Steps of one walk through pages: after one that failed the others would only say so again. */
export function walk(): (name: string, act: () => Promise<void> | void) => void {
  let broken = false;
  return (name, act) =>
    void test(name, async (t) => {
      if (broken) return t.skip('a step before it failed');
      broken = true;
      await act();
      broken = false;
    });
}
