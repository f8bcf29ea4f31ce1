import assert from 'node:assert/strict';
import { answerTricks } from './answer-tricks.ts';
import { type Case, FORBIDDEN, PERMITTED, SECRET } from './case.ts';
import { leaked, send } from './judge.ts';
import { ask, askMessages, CHAT, MESSAGES } from './refused.ts';
import { holds } from './search.ts';
import { streamTricks } from './stream-tricks.ts';

export const replyTricks: readonly Case[] = [...streamTricks, ...answerTricks].flatMap((trick) =>
  [FORBIDDEN, SECRET].map((bad): Case => {
    const { path = CHAT, stream = false } = trick;
    const request = { path, body: { ...(path === CHAT ? ask() : askMessages()), ...(stream && { stream }) } };
    return {
      id: `tricks of a model server / ${trick.path === MESSAGES ? 'anthropic ' : ''}${trick.id} / ${bad === SECRET ? 'secret' : 'words'}`,
      theme: 'tricks of a model server',
      origin: trick.origin,
      async attack(lab) {
        lab.upstream.script = trick.script(bad);
        return leaked(await send(lab, request), bad);
      },
      async benign(lab) {
        lab.upstream.script = (trick.benign ?? trick.script)(PERMITTED);
        const { got } = await send(lab, request);
        assert.equal(got.status, 200, got.text);
        assert.doesNotMatch(got.text, /^(?:data: )?\{"error":/m);
        assert.equal(
          holds(got.text, PERMITTED),
          trick.quiet !== true && trick.benign === undefined,
          got.text,
        );
        assert.equal(lab.lastEntry().outcome, 'completed');
      },
    };
  }),
);
