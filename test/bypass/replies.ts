import assert from 'node:assert/strict';
import { answersAt } from './answers.ts';
import { type Case, FORBIDDEN, PERMITTED, SECRET } from './case.ts';
import { leaked, send } from './judge.ts';
import type { Send } from './lab.ts';
import { ask, askMessages, CHAT, MESSAGES } from './refused.ts';
import { holds } from './search.ts';
import { streamTricks } from './stream-tricks.ts';
import { type Door, requestTo } from './surfaces.ts';
import type { Trick } from './trick.ts';

const THEME = 'tricks of a model server';

const tricked = (name: string, request: Send, trick: Trick, door?: Door): Case[] =>
  [FORBIDDEN, SECRET].map(
    (bad): Case => ({
      id: `${THEME} / ${name} / ${bad === SECRET ? 'secret' : 'words'}`,
      theme: THEME,
      ...(door !== undefined && { door: door.name }),
      origin: trick.origin,
      control: trick.quiet !== true && trick.benign === undefined,
      async attack(lab) {
        lab.upstream.script = trick.script(bad);
        return leaked(await send(lab, request), bad);
      },
      async benign(lab) {
        lab.upstream.script = (trick.benign ?? trick.script)(PERMITTED);
        const { got } = await send(lab, request);
        assert.equal(got.status, 200, got.text);
        assert.doesNotMatch(got.text, /^(?:data: )?\{"error":/m);
        const quiet = trick.quiet === true || (door === undefined && trick.benign !== undefined);
        assert.equal(holds(got.text, PERMITTED), !quiet, got.text);
        assert.equal(lab.lastEntry().outcome, 'completed');
      },
    }),
  );

/** Those that only one API knows. */
const own = streamTricks.flatMap((trick) => {
  const { path = CHAT, stream = false } = trick;
  const body = { ...(path === CHAT ? ask() : askMessages()), ...(stream && { stream }) };
  return tricked(`${path === MESSAGES ? 'anthropic ' : ''}${trick.id}`, { path, body }, trick);
});

export const replyTricks: readonly Case[] = [
  ...own,
  ...answersAt.flatMap(([door, tricks]) =>
    tricks.flatMap((trick) =>
      tricked(`${door.name} / ${trick.id}`, requestTo(door.surface, door.stream), trick, door),
    ),
  ),
];
