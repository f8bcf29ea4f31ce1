import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { readWhole } from './clients.ts';
import { type Ask, DIALECTS, type Fault, MOMENTS, type Outcome, type Paid, STEPS, WAYS } from './fault.ts';
import { askOf, type Left, MAX_TOKENS, Scene } from './scene.ts';
import { INSIDE, KEY, PROMPT } from './secrets.ts';
import { FAULTS, page } from './table.ts';
import { PAGE } from './write-page.ts';

/** Usage that the good answers of the test report. */
const REPORTED = 12;

suite('faults', () => {
  let scene: Scene;
  const unhandled: unknown[] = [];
  const catching = (reason: unknown) => void unhandled.push(reason);
  before(async () => {
    process.on('unhandledRejection', catching);
    scene = await Scene.open();
  });
  after(async () => {
    await scene.close();
    process.off('unhandledRejection', catching);
  });

  for (const fault of FAULTS) {
    for (const dialect of fault.dialects ?? DIALECTS) {
      for (const way of WAYS) {
        const expected = fault.expect[way];
        if (expected === undefined) continue;
        test(`${fault.step}, ${fault.moment}: ${fault.what} (${dialect}, ${way})`, async () => {
          assert.deepEqual(await meet(scene, fault, askOf(dialect, way)), expected);
        });
      }
    }
  }

  test('nothing that must not be seen was seen', () => {
    const told = scene.told.join('\n');
    for (const hidden of [KEY, INSIDE, PROMPT, 'upstream-key', 'injected']) {
      assert.equal(told.includes(hidden), false, `callers were told ${hidden}`);
    }
    const kept = scene.gateway.log.join('') + JSON.stringify(scene.gateway.allEntries());
    for (const hidden of [KEY, INSIDE, PROMPT, 'upstream-key', 'Hello', 'injected', scene.gateway.key]) {
      assert.equal(kept.includes(hidden), false, `the log or the ledger holds ${hidden}`);
    }
  });

  test('no promise was left to fail alone', () => {
    assert.deepEqual(unhandled, []);
  });
});

test('every step of the path fails, before and after its effect', () => {
  for (const step of Object.keys(STEPS)) {
    for (const moment of MOMENTS) {
      assert.ok(
        FAULTS.some((fault) => fault.step === step && fault.moment === moment),
        `${step}, ${moment}`,
      );
    }
  }
});

test('docs/faults.md is this table (node test/faults/write-page.ts writes it)', () => {
  assert.equal(readFileSync(PAGE, 'utf8'), page());
});

/** One request that meets the fault, between two that meet none. */
async function meet(scene: Scene, fault: Fault, plain: Ask): Promise<Outcome> {
  const ask = fault.ask?.(plain) ?? plain;
  const before = await scene.probe();
  const entries = scene.gateway.entries().length;
  const seen = scene.upstream.seen.length;
  fault.arrange?.(scene, ask);
  const caller = await (fault.client ?? readWhole)(scene, ask);
  await scene.idle();
  await scene.mend();
  const outcome = {
    caller,
    ledger: scene.gateway.entries().slice(entries).map(inShort),
    left: scene.upstream.seen.length - seen,
  };
  return { ...outcome, paid: paid(before, await scene.probe()) };
}

/** An entry in the words of the table. */
function inShort(entry: Record<string, unknown>): string {
  const kind = String(entry.kind).replace(/^request\./, '');
  const facts = [entry.outcome, entry.code].filter((fact) => fact !== undefined);
  const { guards } = (entry.inspected ?? { guards: {} }) as {
    guards: Record<string, { readonly failed?: readonly string[] }>;
  };
  const failed = Object.keys(guards).filter((name) => guards[name]?.failed !== undefined);
  return [
    kind,
    ...(facts.length > 0 ? [`: ${facts.join(', ')}`] : []),
    ...(failed.length > 0 ? [` (${failed.join(', ')} failed)`] : []),
  ].join('');
}

/** What the request between two probes took: the first probe's own share lies between them too. */
function paid(before: Left, after: Left): Paid {
  const requests = before.requests - after.requests - 1;
  const tokens = before.tokens - after.tokens - REPORTED;
  if (requests === 0 && tokens === 0) return 'nothing';
  assert.equal(requests, 1);
  if (tokens === 0) return 'the request';
  if (tokens === REPORTED) return 'the report';
  // What was set aside, or the text that came where a server sent more than it was asked for.
  assert.ok(tokens >= MAX_TOKENS, `${tokens} tokens are neither`);
  return 'the estimate';
}
