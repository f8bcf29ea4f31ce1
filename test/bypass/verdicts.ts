import assert from 'node:assert/strict';
import { readChatStream } from '../harness/gateway.ts';
import { chunks, completion, json, sse } from '../harness/upstream.ts';
import { voiceOf } from './answers.ts';
import { brokenGuards } from './broken-guards.ts';
import { type Case, FORBIDDEN } from './case.ts';
import { leaked, passed, send } from './judge.ts';
import { GUARDS, type Lab, openLab, sideLab } from './lab.ts';
import { ask, CHAT } from './refused.ts';
import { answerOf, DOORS, type Door } from './surfaces.ts';
import { typed } from './trick.ts';

/** What the ledger says of guards that could not decide, and of content that none can read. */
const THROWS = 'Portkey gateway 1.15.2: a guard that throws lets everything through';
const ENDLESS = 'guardrails-ai/guardrails#1233: no end to the time of a guard';
const LOGGED = 'BerriAI/litellm#35257: a guard that was skipped was logged as a success';

async function within(policy: string, act: (lab: Lab) => Promise<string[]>): Promise<string[]> {
  const lab = await openLab({ policy });
  try {
    return await act(lab);
  } finally {
    await lab.close();
  }
}

interface Told {
  readonly outcome: string;
  readonly inspected?: {
    readonly outcome: string;
    readonly not_inspected?: Record<string, number>;
    readonly guards: Record<string, { readonly ran: number; readonly failed?: readonly string[] }>;
  };
}
/** One gateway for each guard that fails, for all doors. */
const broken = (use: string, direction: 'prompt' | 'reply', more = ''): Promise<Lab> => {
  const policy = `guards: [{ use: ${use}, on: [${direction}], budget: 40ms${more} }]\n`;
  return sideLab(policy, { policy });
};

const failing = (use: string, direction: 'prompt' | 'reply', door: Door): Case => {
  const ask = (lab: Lab) => {
    const voice = voiceOf(door);
    lab.upstream.script =
      voice === undefined
        ? answerOf(door.surface, lab)
        : door.stream
          ? sse(voice.frames(FORBIDDEN))
          : typed('application/json', voice.says(FORBIDDEN));
    return send(lab, { path: door.path, body: door.body });
  };
  return {
    id: `guards that fail / ${door.name} / ${use} / ${direction}`,
    theme: 'guards that fail',
    door: door.name,
    origin: `${THROWS}; ${LOGGED}; ${ENDLESS}`,
    async attack() {
      const lab = await broken(use, direction);
      const sent = await ask(lab);
      const found = direction === 'prompt' ? passed(sent) : leaked(sent, FORBIDDEN);
      const { outcome, inspected } = lab.lastEntry() as unknown as Told;
      const { failed = [] } = inspected?.guards[use] ?? {};
      if (outcome === 'completed') found.push('the ledger calls it completed');
      if (inspected?.outcome !== 'failed') found.push('the ledger does not say that a guard failed');
      // Other texts may have been under way when it failed.
      if (failed.length !== 1) found.push('the ledger does not name the text on which the guard failed');
      return found;
    },
    async benign() {
      // The policy may say that a guard is not needed: then all goes through, and is still not called inspected.
      const lab = await broken(use, direction, ', on_error: allow');
      const { got } = await ask(lab);
      assert.equal(got.status, 200, got.text);
      const kind = direction === 'prompt' ? 'request.begin' : 'request.end';
      const entry = lab.gateway.entries().findLast((one) => one.kind === kind) as unknown as Told;
      const { ran, failed = [] } = entry.inspected?.guards[use] ?? { ran: -1 };
      assert.equal(ran, 0);
      assert.ok(failed.length > 0);
    },
  };
};

const opaque: Case = {
  id: 'not inspected / a picture that the policy allows',
  theme: 'not inspected',
  origin: `${LOGGED}; content that no guard can read`,
  attack: (lab) => picture(lab, 'image/jpeg').then(passed),
  async benign(lab) {
    const { got } = await picture(lab, 'image/png');
    assert.equal(got.status, 200, got.text);
    const begin = lab.gateway.entries().findLast(({ kind }) => kind === 'request.begin') as unknown as Told;
    assert.deepEqual(begin.inspected?.not_inspected, { 'image/png': 1 });
  },
};
function picture(lab: Lab, type: string) {
  lab.upstream.script = lab.hello;
  const part = { type: 'image_url', image_url: { url: `data:${type};base64,iVBORw0KGgo=` } };
  return send(lab, { path: CHAT, body: ask({ messages: [{ role: 'user', content: [part] }] }) });
}

/** What callers write into names and headers must not get past the guards, nor into the ledger. */
const names: readonly Case[] = [
  [
    'model that a pattern serves',
    { body: ask({ model: `gpt-${FORBIDDEN}` }) },
    { body: ask({ model: 'gpt-4o' }) },
  ],
  ['model that is not served', { body: ask({ model: FORBIDDEN }) }, { body: ask() }],
  [
    'beta header',
    {
      path: '/v1/messages',
      body: { ...ask({ model: 'claude' }), max_tokens: 9 },
      headers: { 'anthropic-beta': 'nightjar' },
    },
    {
      path: '/v1/messages',
      body: { ...ask({ model: 'claude' }), max_tokens: 9 },
      headers: { 'anthropic-beta': 'tools-2024-04-04' },
    },
  ],
].map(
  ([id, attack, benign]): Case => ({
    id: `names and headers / ${id}`,
    theme: 'names and headers',
    origin: 'OWASP LLM Top 10 2026, LLM02: what callers write ends up in logs and at the provider',
    async attack(lab) {
      lab.upstream.script = lab.hello;
      const sent = await send(lab, { path: CHAT, ...(attack as object) });
      const found = passed(sent);
      if (/forbidden fruit|nightjar/.test(JSON.stringify(lab.lastEntry())))
        found.push('the text is in the ledger');
      return found;
    },
    async benign(lab) {
      lab.upstream.script = lab.hello;
      assert.equal((await send(lab, { path: CHAT, ...(benign as object) })).got.status, 200);
    },
  }),
);

/** Guards must not put together what no reader does. */
const apart: Case = {
  id: 'choices / halves in two choices are two texts',
  theme: 'choices',
  origin: 'BerriAI/litellm PR 38721: several choices',
  async attack(lab) {
    lab.upstream.script = choices(['forbidden ', 'fruit'], 1);
    return leaked(await send(lab, { path: CHAT, body: ask({ stream: true, n: 2 }) }), FORBIDDEN);
  },
  async benign(lab) {
    lab.upstream.script = choices(['forbidden ', 'fruit'], 2);
    const { got } = await send(lab, { path: CHAT, body: ask({ stream: true, n: 2 }) });
    assert.deepEqual(readChatStream(got.text).content, ['forbidden ', 'fruit']);
    assert.equal(lab.lastEntry().outcome, 'completed');
  },
};
const choices = (pieces: string[], n: number) => {
  const [head = '', ...tail] = chunks([]);
  const one = (content: string, index: number) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index, delta: { content }, finish_reason: null }] })}\n\n`;
  return sse([head, ...pieces.map((piece, i) => one(piece, i % n)), ...tail]);
};

/** Two hundred at once spend a quota of ten: ten get through, whatever they say of themselves. */
const quota = (id: string, limit: string, body: object, output = 1): Case => ({
  id: `quotas / ${id}`,
  theme: 'quotas',
  origin:
    'BerriAI/litellm#26672, #27381, #34732: budgets that are gone round; langwatch: limits accepted, not enforced',
  attack: () =>
    within(`${GUARDS}quotas: [{ per: caller, ${limit} }]\n`, async (lab) => {
      lab.upstream.script = json(
        completion('hi', { usage: { prompt_tokens: 6, completion_tokens: output } }),
      );
      const sent = await Promise.all(
        Array.from({ length: 200 }, () => lab.send({ path: CHAT, body: ask(body) })),
      );
      const through = sent.filter(({ status }) => status === 200).length;
      const before = lab.upstream.seen.length;
      return through > 10 || before > 10 ? [`${through} were answered, ${before} forwarded`] : [];
    }),
  async benign() {
    await within(`${GUARDS}quotas: [{ per: caller, ${limit} }]\n`, async (lab) => {
      assert.equal((await lab.send({ path: CHAT, body: ask(body) })).status, 200);
      return [];
    });
  },
});

export const verdictCases: readonly Case[] = [
  ...brokenGuards.flatMap(({ kind }) => [
    ...DOORS.filter(({ surface }) => !surface.predicts).map((door) => failing(kind, 'prompt', door)),
    ...DOORS.filter((door) => voiceOf(door) !== undefined).map((door) => failing(kind, 'reply', door)),
  ]),
  opaque,
  ...names,
  apart,
  quota('requests', 'requests: 10/hour', {}),
  quota('tokens, no maximum asked for', 'tokens: 10400/hour', {}, 1024),
  quota('tokens, many choices', 'tokens: 1345/hour', { n: 128, max_tokens: 1 }, 128),
];
