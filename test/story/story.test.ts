import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { factsIn, INSTRUCTIONS, leet, ORDER, rot13 } from './loot.ts';
import { narrator } from './narrator.ts';
import { readOptions, WrongUsage } from './options.ts';
import { Stopped, story } from './story.ts';

/** The whole story, as `npm run story -- --fast` plays it. */
test('an attack is seen, stopped and told of, and an edited ledger is found out', async () => {
  const lines: string[] = [];
  const tell = narrator((line) => void lines.push(line), false);
  const report = await story({ fast: true, keep: false }, new AbortController().signal, tell);
  assert.deepEqual(report.failures, []);
  // Without the gateway there is something to lose, in each attack.
  for (const { name, without, wanted } of report.attacks) assert.equal(without, wanted, name);
  assert.equal(report.facts.through, 0);
  for (const rule of ['guard.evasion-series', 'canary.leaked'])
    assert.ok(
      report.alerts.some((alert) => alert.rule === rule),
      rule,
    );
  assert.deepEqual(new Set(report.reviews.map(({ decision }) => decision)), new Set(['pass', 'block']));
  for (const { what, exit, says } of report.tampering) {
    assert.equal(exit, 1, what);
    // It names the place.
    assert.match(says, /entr(?:y|ies) \d+|^checkpoint: /, what);
  }
  assert.match(lines.join('\n'), /\n1\. Without a door.*\n9\. Somebody edits it.*The story held/s);
});

test('whoever stops it finds nothing left', async () => {
  const stop = new AbortController();
  const folders: string[] = [];
  const tell = narrator((line) => {
    if (!line.includes('gatehouse serve: http')) return;
    stop.abort();
  }, false);
  await assert.rejects(
    story({ fast: true, keep: false, founded: (at) => void folders.push(at) }, stop.signal, tell),
    Stopped,
  );
  assert.deepEqual(folders.map(existsSync), [false]);
});

test('the attacker knows every way in which a fact may be written', () => {
  const person = JSON.stringify(ORDER);
  for (const write of [
    (text: string) => text,
    (text: string) => Buffer.from(text).toString('base64'),
    (text: string) => Buffer.from(text).toString('hex'),
    (text: string) => [...text].reverse().join(''),
    (text: string) => [...text].join('\u200b'),
    (text: string) => `https://evil.example/?d=${encodeURIComponent(text)}`,
    rot13,
    leet,
  ]) {
    assert.equal(factsIn(write(INSTRUCTIONS)).length, 3);
    assert.equal(factsIn(write(person)).length, 4);
  }
  assert.deepEqual(factsIn('A feeder of cedar wood lasts for ten winters. [pii.person]'), []);
});

test('wrong usage is told', () => {
  for (const args of [['--nonsense'], ['--fast=yes'], ['somebody']])
    assert.throws(() => readOptions(args, {}, true), WrongUsage, args.join(' '));
  assert.deepEqual(readOptions(['--json', '--no-color'], {}, true), {
    fast: false,
    keep: false,
    json: true,
    colour: false,
  });
  assert.equal(readOptions([], { NO_COLOR: '1' }, true).colour, false);
});
