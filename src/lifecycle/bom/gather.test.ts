import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Problem } from '../../base/problem.ts';
import { BOUNDS } from '../scan/bounds.ts';
import { scan } from '../scan/scan.ts';
import { walk } from '../scan/walk.ts';
import { gatherBom } from './gather.ts';

const NO_POLICY = { failOn: 'medium', calls: [], findings: [], unread: [], over: [] } as const;

test('the texts of a bill are those that were scanned', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bom-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const card = join(folder, 'README.md');
  writeFileSync(card, '---\nlicense: mit\n---\n');
  const walked = await walk([folder], '/');
  const result = await scan(walked, {
    version: '0',
    policy: NO_POLICY,
    baseline: [],
    over: [],
    bounds: BOUNDS,
    jobs: 1,
  });
  const asked = {
    folder,
    name: undefined,
    version: undefined,
    supplier: undefined,
    released: undefined,
    made: '2026-11-21T00:00:00Z',
    osv: undefined,
  };
  assert.deepEqual((await gatherBom(result, walked, asked)).card.licences, ['mit']);
  // Of the same length and age: its digest is another.
  const { atime, mtime } = statSync(card);
  for (const text of ['---\nlicense: gpl\n---\n', '---\nlicense: mit\n---\nMore.\n']) {
    writeFileSync(card, text);
    utimesSync(card, atime, mtime);
    await assert.rejects(
      gatherBom(result, walked, asked),
      (error) =>
        error instanceof Problem && error.kind === 'findings' && /README\.md changed/.test(error.message),
    );
  }
  rmSync(card);
  await assert.rejects(gatherBom(result, walked, asked), /changed/);
});
