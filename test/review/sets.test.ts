import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSets } from '../../eval/injection/sets.ts';
import { casesOf } from '../../src/cli/review-cases.ts';
import { samplesOfSets } from '../../train/injection/rows.ts';

test('what people decided is taken by evaluation and training as it is exported', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const body = {
    system: 'a',
    messages: [
      { role: 'user', content: 'b' },
      { role: 'assistant', content: 'c' },
      { role: 'tool', content: 'd' },
    ],
    tools: [{ description: 'e' }],
  };
  const paths = ['/system', '/messages/0/content', '/messages/1/content', '/messages/2/content'];
  const marks = [...paths, '/tools/0/description'].map((path) => ({ guard: 'w', reason: 'w.x', path }));
  const lines = ['passed', 'blocked'].flatMap((state) =>
    casesOf(
      { id: 'rev_1', kind: 'prompt', state, media: 'application/json', text: JSON.stringify(body), marks },
      'w',
    ),
  );
  writeFileSync(join(folder, 'ours.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const samples = samplesOfSets(readSets(folder));
  const said = ['a operator', 'b user', 'c operator', 'd data', 'e tool-definition'];
  assert.deepEqual(
    samples.map(({ text, speaker, attack, source }) => `${text} ${speaker} ${attack} ${source}`),
    [false, true].flatMap((attack) => said.map((one) => `${one} ${attack} ours`)),
  );
});
