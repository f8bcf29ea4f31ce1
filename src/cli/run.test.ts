import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processIo } from './io.ts';
import { COMMANDS, run } from './run.ts';

test('the list of verbs says of each what it says itself', async () => {
  for (const [name, [about, load]] of Object.entries(COMMANDS)) {
    const command = (await load())(processIo(), '0.0.0');
    assert.deepEqual([command.name(), command.description()], [name, about]);
  }
});

test('help of a verb is its own, asked for either way', async () => {
  const said = async (args: readonly string[]) => {
    const lines: string[] = [];
    assert.equal(await run(args, { ...processIo(), out: (text) => lines.push(text) }, '0.0.0'), 0);
    return lines.join('\n');
  };
  const help = await said(['keys', '--help']);
  assert.match(help, /\n {2}create/);
  assert.equal(await said(['help', 'keys']), help);
});
