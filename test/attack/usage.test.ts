import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { gatehouse, tempFolder } from '../harness/cli.ts';
import { ATTACK, HEADER, place } from './place.ts';

/** In this process, where a problem ends it before anything is attacked. */
async function here(cwd: string, args: readonly string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const told = (text: string) => {
    err += `${text}\n`;
  };
  const io = { ...processIo(), cwd, err: told };
  return { code: await run(args, io, '0'), err };
}

suite('what does not fit is said with its place', () => {
  for (const [what, text, args, says] of [
    [
      'a cell that is no number',
      `${HEADER}\n1,2,3,4,5,6,0\n1,2,x,4,5,6,0\n`,
      [],
      /data\.csv:3: column “c” is no number/,
    ],
    ['an empty cell', `${HEADER}\n1,2,3,4,,6,0\n`, [], /data\.csv:2: column “e” is empty/],
    ['too few cells', `${HEADER}\n1,2,3\n`, [], /data\.csv:2: 3 cells/],
    ['a label that is no class', `${HEADER}\n1,2,3,4,5,6,7\n`, [], /data\.csv:2: the label is none/],
    ['a column too few', 'a,b,label\n1,2,0\n', [], /2 features, and the model takes 6/],
    ['a column that is not there', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--fixed', 'age'], /no feature “age”/],
    ['a label column that is not there', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--label', 'y'], /no column “y”/],
    ['bounds', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--bounds', '1,0'], /the bounds “1,0”/],
    ['an attack', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--attack', 'pdg'], /no attack pdg/],
    ['a norm', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--attack', 'cw'], /cw is measured in L2/],
  ] as const)
    test(what, async (t) => {
      const folder = place(t);
      writeFileSync(join(folder, 'data.csv'), text);
      const ran = await here(folder, [...ATTACK, ...args]);
      assert.equal(ran.code, 3);
      assert.match(ran.err, says);
    });

  test('a file that is not there', async (t) => {
    const folder = place(t);
    const ran = await gatehouse(folder, ['attack', 'model.onnx', '--data', 'none.csv']);
    assert.equal(ran.code, 4);
  });
});

test('attack list names every attack with its source and what it needs', async (t) => {
  const { out } = await gatehouse(tempFolder(t), ['attack', 'list', '--json']);
  const all = JSON.parse(out) as { name: string; source: string; access: string }[];
  assert.ok(all.length > 10);
  assert.ok(all.every(({ source, access }) => source.length > 10 && access.length > 0));
});
