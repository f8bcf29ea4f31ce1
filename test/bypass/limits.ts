import assert from 'node:assert/strict';
import type { Case } from './case.ts';
import { GUARDS, type Lab, sideLab } from './lab.ts';
import { answerOf, type Door, MAIN_DOORS } from './surfaces.ts';

/** Five requests may be made, or five cents spent: twenty at once, by every door, and with two keys. */
const RACES =
  'BerriAI/litellm#26672, BerriAI/litellm#27381, BerriAI/litellm#11083: budgets that are gone round; langwatch/tasks#772: limits that are accepted and not enforced';
const KEYS =
  'agentgateway, virtual keys: a limit of the whole gateway instead of each key; BerriAI/litellm#34732: more keys, more budget';
const ALLOWED = 5;

const PRICES = `version: 1
as_of: "2026-11-01"
prices: [{ models: [m, claude, gemini, words], input: 0, output: 0, request: 0.01 }]
`;
const LIMITS: Readonly<Record<string, () => Promise<Lab>>> = {
  requests: () => sideLab('requests', { policy: `${GUARDS}quotas: [{ per: caller, requests: 5/day }]\n` }),
  dollars: () =>
    sideLab('dollars', {
      policy: `${GUARDS}prices: prices.yaml\nbudgets: [{ per: caller, dollars: 0.05/day }]\n`,
      files: { 'prices.yaml': PRICES },
    }),
};

/** The keys of a caller that nobody else has. */
async function caller(lab: Lab, count: number): Promise<string[]> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${lab.gateway.adminKey}` };
    return JSON.parse((await lab.send({ path, body, headers })).text) as {
      caller: { id: string };
      key: string;
    };
  };
  const made = await post('/admin/v1/callers', { name: `c-${Math.random().toString(36).slice(2)}` });
  const keys = [made.key];
  while (keys.length < count)
    keys.push((await post(`/admin/v1/callers/${made.caller.id}/rotate`, { overlap: '1h' })).key);
  return keys;
}

function raced(door: Door, limit: string, open: () => Promise<Lab>, count: number): Case {
  const ask = (lab: Lab, key = '') => {
    lab.upstream.script = answerOf(door.surface, lab);
    return lab.send({ path: door.path, body: door.body, headers: { authorization: `Bearer ${key}` } });
  };
  return {
    id: `limits / ${door.name} / ${limit}, ${count === 1 ? 'at once' : 'with two keys'}`,
    theme: 'limits',
    door: door.name,
    origin: count === 1 ? RACES : KEYS,
    async attack() {
      const lab = await open();
      const keys = await caller(lab, count);
      const before = lab.upstream.seen.length;
      const sent = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(lab, keys[i % count])));
      const through = sent.filter(({ status }) => status === 200).length;
      const forwarded = lab.upstream.seen.length - before;
      return Math.max(through, forwarded) > ALLOWED
        ? [`${through} were answered, ${forwarded} forwarded`]
        : [];
    },
    async benign() {
      const lab = await open();
      const [key] = await caller(lab, 1);
      for (let i = 0; i < ALLOWED; i++) assert.equal((await ask(lab, key)).status, 200);
    },
  };
}

export const limitCases: readonly Case[] = MAIN_DOORS.flatMap((door) =>
  Object.entries(LIMITS).flatMap(([limit, open]) => [1, 2].map((count) => raced(door, limit, open, count))),
);
