import assert from 'node:assert/strict';
import { json } from '../harness/upstream.ts';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import { GUARDS, type Lab, type Send, sideLab } from './lab.ts';
import { answerOf, DOORS, type Door, geminiSurface } from './surfaces.ts';

/** What one caller was told, or is kept for them, is nothing for another. */
const CROSSED =
  'wso2/api-platform#733, diegosouzapw/OmniRoute#3740, maximhq/bifrost PR 5769: no tenant in the key of the cache; Portkey gateway 1.15.2: cached by body and address';
const ALIKE = 'vllm-project/semantic-router#1448, #2134: an answer to a question that is only like it';
const KEPT = 'OpenAI API reference: all answers of an organisation lie under one key of the model server’s';

const open = (): Promise<Lab> =>
  sideLab('tenants', {
    policy: `${GUARDS}media: { allow: [server-history] }\n`,
    settings: (url) => `  away: { dialect: openai, url: "${url}/v1", key: k, models: [away] }
  far: { dialect: anthropic, url: "${url}", key: k, models: [far] }
  wide: { dialect: gemini, url: "${url}/v1beta", key: k, models: [wide] }
routes:
  kept: { targets: [{ upstream: away }], cache: { ttl: 10m } }
  shared: { targets: [{ upstream: away }], cache: { ttl: 10m, per: team } }
  far-kept: { targets: [{ upstream: far }], cache: { ttl: 10m } }
  far-shared: { targets: [{ upstream: far }], cache: { ttl: 10m, per: team } }
  wide-kept: { targets: [{ upstream: wide }], cache: { ttl: 10m } }
  wide-shared: { targets: [{ upstream: wide }], cache: { ttl: 10m, per: team } }
`,
  });

/** A caller of this team, by way of the admin API. */
async function member(lab: Lab, team: string): Promise<string> {
  const got = await lab.send({
    path: '/admin/v1/callers',
    headers: { authorization: `Bearer ${lab.gateway.adminKey}` },
    body: { name: `c-${Math.random().toString(36).slice(2)}`, team },
  });
  return (JSON.parse(got.text) as { key: string }).key;
}
const as = (key: string) => ({ authorization: `Bearer ${key}` });

let asked = 0;
/** A request whose answer may be kept, unlike any before. */
function question({ surface, path, body }: Door, route: 'kept' | 'shared'): Send {
  const text = `question ${++asked}`;
  if (surface === geminiSurface)
    return {
      path: path.replace('/models/gemini:', `/models/wide-${route}:`),
      body: { ...surface.say(text), generationConfig: { temperature: 0 } },
    };
  const model = 'model' in body && body.model === 'claude' ? `far-${route}` : route;
  const sampling = { temperature: 0 };
  return { path, body: { ...body, ...surface.say(text), model, ...sampling } };
}

interface Asking {
  readonly id: string;
  readonly origin: string;
  readonly route: 'kept' | 'shared';
  /** The second time it is asked by another, or otherwise. */
  again(lab: Lab, first: Send): Promise<Send>;
}
const crossings: readonly Asking[] = [
  {
    id: 'another caller',
    origin: CROSSED,
    route: 'kept',
    again: async (lab, first) => ({ ...first, headers: as(await member(lab, 'default')) }),
  },
  {
    id: 'another team',
    origin: CROSSED,
    route: 'shared',
    again: async (lab, first) => ({ ...first, headers: as(await member(lab, 'others')) }),
  },
  {
    id: 'a purpose',
    origin: CROSSED,
    route: 'kept',
    again: async (_lab, first) => ({ ...first, headers: { 'x-gatehouse-purpose': 'audit' } }),
  },
  {
    id: 'one letter more',
    origin: ALIKE,
    route: 'kept',
    again: async (_lab, first) => ({
      ...first,
      body: JSON.parse(JSON.stringify(first.body).replace(/question (\d+)/, 'question $1?')) as object,
    }),
  },
  {
    id: 'another case',
    origin: ALIKE,
    route: 'kept',
    again: async (_lab, first) => ({
      ...first,
      body: JSON.parse(JSON.stringify(first.body).replace('question', 'Question')) as object,
    }),
  },
];

/** Answers of endpoints that nobody streams and that chance has no part in, or that are asked for without it. */
const keepable = DOORS.filter(
  ({ stream, surface }) =>
    !stream && !surface.predicts && !['count_tokens', 'gemini count', 'gemini embed'].includes(surface.name),
);
const kept: readonly Case[] = keepable.flatMap((door) => {
  const benign = async () => {
    const lab = await open();
    lab.upstream.script = answerOf(door.surface, lab);
    const first = question(door, 'kept');
    const told = await send(lab, first);
    assert.deepEqual([told.got.status, told.seen.length], [200, 1], told.got.text);
    const again = await send(lab, first);
    assert.deepEqual([again.got.text, again.seen.length], [told.got.text, 0]);
  };
  return crossings.map(
    ({ id, origin, route, again }): Case => ({
      id: `kept answers / ${door.name} / for ${id}`,
      theme: 'kept answers',
      door: door.name,
      origin,
      async attack() {
        const lab = await open();
        lab.upstream.script = answerOf(door.surface, lab);
        const first = question(door, route);
        await send(lab, first);
        const { got, seen } = await send(lab, await again(lab, first));
        return got.status === 200 && seen.length === 0
          ? ['it was given what was kept for somebody else']
          : [];
      },
      benign,
    }),
  );
});

let answers = 0;
const memories: readonly [string, (id: string) => object][] = [
  ['an answer', (id) => ({ previous_response_id: id })],
  ['a conversation', (id) => ({ conversation: id })],
  [
    'an item',
    (id) => ({
      input: [
        { type: 'item_reference', id },
        { role: 'user', content: 'a' },
      ],
    }),
  ],
];

/** Somebody's answer, and who names its id. */
const recalled: readonly Case[] = memories.flatMap(([what, recall]) =>
  [false, true].map((stream): Case => {
    const path = '/v1/responses';
    const first = async (lab: Lab) => {
      const id = `resp_${++answers}`;
      const item = { id, type: 'message', role: 'assistant', status: 'completed', content: [] };
      lab.upstream.script = json({
        ...{
          id,
          object: 'response',
          created_at: 1,
          model: 'away',
          status: 'completed',
          conversation: { id },
        },
        ...{ output: [item], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } },
      });
      const { got } = await send(lab, { path, body: { model: 'away', input: 'a', store: true } });
      assert.equal(got.status, 200, got.text);
      return id;
    };
    return {
      id: `history of another / responses / ${what} / ${stream ? 'stream' : 'plain'}`,
      theme: 'history of another',
      door: stream ? 'responses stream' : 'responses',
      origin: KEPT,
      async attack() {
        const lab = await open();
        const id = await first(lab);
        const headers = as(await member(lab, 'default'));
        return passed(
          await send(lab, { path, headers, body: { model: 'away', input: 'a', stream, ...recall(id) } }),
        );
      },
      async benign() {
        const lab = await open();
        const id = await first(lab);
        const { got } = await send(lab, { path, body: { model: 'away', input: 'a', ...recall(id) } });
        assert.equal(got.status, 200, got.text);
      },
    };
  }),
);

export const tenantCases: readonly Case[] = [...kept, ...recalled];
