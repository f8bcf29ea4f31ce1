import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { FORBIDDEN, SECRET } from './case.ts';
import { CASES } from './cases.ts';
import { coverage } from './coverage.ts';
import { GUARDS, HELPER, type Lab, openLab } from './lab.ts';
import { holds } from './search.ts';

const MEDIA = 'media: { allow: [image/png] }\n';

/** Many cases fail for one reason: the first of them are enough to see it. */
const SHOWN = 40;

suite('bypass', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ policy: HELPER + GUARDS + MEDIA });
  });
  after(() => lab.close());

  test('0 attacks pass', async (t) => {
    const through: string[] = [];
    for (const { id, attack } of CASES) {
      for (const what of await attack(lab)) through.push(`${id}: ${what}`);
    }
    t.diagnostic(`${CASES.length} attacks, attacks passed: ${through.length}`);
    assert.deepEqual(through.slice(0, SHOWN), []);
  });

  test('every benign twin passes', async () => {
    const stopped: string[] = [];
    for (const { id, benign } of CASES) {
      try {
        await benign(lab);
      } catch (error) {
        stopped.push(`${id}: ${error instanceof Error ? error.message.slice(0, 300) : error}`);
      }
    }
    assert.deepEqual(stopped.slice(0, SHOWN), []);
  });

  test('no log line and no ledger entry holds a forbidden text or a key', () => {
    const written = [...lab.gateway.log, ...lab.gateway.entries().map((entry) => JSON.stringify(entry))];
    const secret = [
      FORBIDDEN,
      SECRET,
      lab.gateway.key,
      lab.gateway.adminKey,
      'upstream-key-openai',
      'upstream-key-anthropic',
      'upstream-key-google',
    ];
    const found = secret.flatMap((text) => written.filter((line) => holds(line, text)));
    assert.deepEqual(found.slice(0, 5), []);
  });
});

test('docs/bypass.md lists what is covered', () => {
  const file = join(import.meta.dirname, '../../docs/bypass.md');
  const page = coverage(CASES);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, page);
  else assert.equal(readFileSync(file, 'utf8'), page, 'UPDATE_DOCS=1 writes it anew');
});

test('every case has a name of its own', () => {
  assert.equal(new Set(CASES.map(({ id }) => id)).size, CASES.length);
});

test('without guards the same attacks pass: the judge sees them', async (t) => {
  const lab = await openLab({ policy: 'media: { allow: [image/png] }\n' });
  try {
    const unseen: string[] = [];
    for (const { id, control, attack } of CASES) {
      if (control === true && (await attack(lab)).length === 0) unseen.push(id);
    }
    t.diagnostic(`not seen without guards: ${unseen.length}`);
    assert.deepEqual(unseen.slice(0, SHOWN), []);
  } finally {
    await lab.close();
  }
});
