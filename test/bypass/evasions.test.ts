import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ATTACKS, INNOCENT } from './evasion-texts.ts';
import { WRITINGS } from './evasion-tricks.ts';
import { leaked, send } from './judge.ts';
import { type Lab, openLab } from './lab.ts';
import { answerOf, DOORS, type Door } from './surfaces.ts';

/** A sample of `evasions.ts` through the whole gateway, at every door where somebody speaks to a model. */
const TALKING = new Set(['chat', 'responses', 'messages', 'gemini']);
const TRICKS = [
  'marks of direction',
  'decimal entities',
  'hex in pairs',
  'quoted-printable',
  'stacked marks',
];
const PUBLISHED = readFileSync(join(import.meta.dirname, 'evasions.txt'), 'utf8').split('\n');

/** Whether what is published says that nothing of a trick is missed where a user speaks. */
const isCaught = (trick: string): boolean =>
  PUBLISHED.some((line) => line.startsWith(`writings / ${trick} / user: 0 of `));
const { plain: known = '' } =
  /^plain \/ attacks \/ user: \d+ of \d+(?<plain>.*)$/m.exec(PUBLISHED.join('\n'))?.groups ?? {};
const attacks = Object.entries(ATTACKS).filter(([name]) => !known.includes(name));

suite('attacks in disguise, through the gateway', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ policy: 'guards: [{ use: injection, on: [prompt], budget: 30s }]\n' });
  });
  after(() => lab.close());
  const ask = (door: Door, text: string) => {
    lab.upstream.script = answerOf(door.surface, lab);
    return send(lab, { path: door.path, body: door.saying(JSON.stringify(text)) });
  };

  for (const door of DOORS.filter(({ surface }) => TALKING.has(surface.name))) {
    test(`${door.name}: none reaches the model, and what is innocent does`, async () => {
      const passed: string[] = [];
      for (const [name, text] of attacks) {
        for (const trick of ['as it stands', ...TRICKS.filter(isCaught)]) {
          const made = WRITINGS[trick]?.(text) ?? text;
          const sent = await ask(door, made);
          if (sent.got.status < 400 || sent.seen.length > 0 || leaked(sent, made).length > 0)
            passed.push(`${name}, ${trick}`);
        }
      }
      assert.deepEqual(passed, []);
      for (const text of Object.values(INNOCENT)) {
        const { got } = await ask(door, text);
        assert.equal(got.status, 200, got.text);
      }
      const written = lab.gateway.log.concat(lab.gateway.entries().map((entry) => JSON.stringify(entry)));
      for (const text of Object.values(ATTACKS))
        assert.ok(!written.some((line) => line.includes(text)), 'no text is written down');
    });
  }
});
