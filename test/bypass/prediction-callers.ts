import assert from 'node:assert/strict';
import { ROW } from '../harness/predictions.ts';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import { GUARDS, type Lab, sideLab } from './lab.ts';
import { answerOf } from './surfaces.ts';
import { INFER, OIP, ROWS, ROWS_AT, TENSOR } from './tensor-requests.ts';

const OWN = 'OWASP API1:2023: what is another’s, asked for by its name';

/** A caller who may ask for `words` alone. */
async function clerk(lab: Lab): Promise<{ readonly authorization: string }> {
  const { text } = await lab.send({
    path: '/admin/v1/callers',
    headers: { authorization: `Bearer ${lab.gateway.adminKey}` },
    body: { name: `c-${Math.random().toString(36).slice(2)}`, roles: ['clerk'] },
  });
  return { authorization: `Bearer ${(JSON.parse(text) as { key: string }).key}` };
}
const others: readonly Case[] = [OIP, ROWS].flatMap((door) => {
  const ask = async (lab: Lab, path: string, method = 'POST', body: unknown = door.body) => {
    lab.upstream.script = answerOf(door.surface, lab);
    return send(lab, { method, path, body, headers: await clerk(lab) });
  };
  const own = async (lab: Lab) => {
    assert.equal((await ask(lab, door.path)).got.status, 200);
  };
  const there = door.path.replace('words', 'fraud');
  const body = door === OIP ? { inputs: [TENSOR] } : { rows: [ROW] };
  const tries: readonly (readonly [string, (lab: Lab) => Promise<readonly string[]>])[] = [
    ['asked', async (lab) => passed(await ask(lab, there, 'POST', body))],
    ['described', async (lab) => passed(await ask(lab, '/v2/models/fraud', 'GET', undefined))],
    ['ready', async (lab) => passed(await ask(lab, '/v2/models/fraud/ready', 'GET', undefined))],
    [
      'told from one that there is not',
      async (lab) => {
        const said = async (path: string) => {
          const { got } = await ask(lab, path, 'POST', body);
          return [got.status, (JSON.parse(got.text) as { code: string }).code].join();
        };
        return (await said(there)) === (await said(there.replace('fraud', 'nothing'))) ? [] : ['it is told'];
      },
    ],
  ];
  return tries.map(
    ([id, attack]): Case => ({
      id: `another’s model / ${door.name} / ${id}`,
      theme: 'another’s model',
      door: door.name,
      origin: OWN,
      attack,
      benign: own,
    }),
  );
});

/** Many rows in one question are as many as in many questions. */
const ROOM = 8;
const counted: readonly Case[] = [OIP, ROWS].flatMap((door) => {
  const open = () =>
    sideLab('tokens of rows', { policy: `${GUARDS}quotas: [{ per: caller, tokens: ${ROOM}/day }]\n` });
  const ask = async (lab: Lab, sizes: readonly number[]) => {
    lab.upstream.script = answerOf(door.surface, lab);
    const made = await lab.send({
      path: '/admin/v1/callers',
      headers: { authorization: `Bearer ${lab.gateway.adminKey}` },
      body: { name: `c-${Math.random().toString(36).slice(2)}` },
    });
    const headers = { authorization: `Bearer ${(JSON.parse(made.text) as { key: string }).key}` };
    const body = (count: number) =>
      door === OIP
        ? { inputs: [{ ...TENSOR, shape: [count, 3], data: Array(count).fill(TENSOR.data).flat() }] }
        : { rows: Array(count).fill(ROW) };
    const path = door === OIP ? INFER : ROWS_AT;
    const got = await Promise.all(sizes.map((count) => lab.send({ path, headers, body: body(count) })));
    return got.flatMap(({ status }, at) => (status === 200 ? [sizes[at] ?? 0] : []));
  };
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const one = (id: string, sizes: readonly number[]): Case => ({
    id: `rows are counted / ${door.name} / ${id}`,
    theme: 'rows are counted',
    door: door.name,
    origin: 'BerriAI/litellm#26672: budgets that are gone round; OWASP API4:2023',
    async attack() {
      const rowsThrough = sum(await ask(await open(), sizes));
      return rowsThrough > ROOM ? [`${rowsThrough} rows were answered`] : [];
    },
    async benign() {
      assert.equal(sum(await ask(await open(), [ROOM])), ROOM);
    },
  });
  return [
    one('all in one question', [ROOM + 1]),
    one('at once', Array(20).fill(3)),
    one('each alone', Array(20).fill(1)),
  ];
});

export const predictionCallerCases: readonly Case[] = [...others, ...counted];
