import assert from 'node:assert/strict';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { json, type Script } from '../harness/upstream.ts';
import { type Case, FORBIDDEN } from './case.ts';
import { leaked, send } from './judge.ts';
import type { Lab } from './lab.ts';
import { OIP, ROWS } from './tensor-requests.ts';

/** What a server answers that lies, or breaks. */
const ANSWERED = 'CWE-345: what a model server says is believed';
const output = (change: object) => ({
  name: 'score',
  datatype: 'FP32',
  shape: [1, 1],
  data: [0.5],
  ...change,
});
const says = (change: object): Script => json({ model_name: 'm', outputs: [output(change)] });
const sends = (body: string | Buffer, headers: Record<string, string> = {}, status = 200): Script => {
  return (res) => void res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
};
const behindAnswer = (about: object, tail: Uint8Array): Script => {
  const head = Buffer.from(JSON.stringify({ outputs: [output({ data: undefined, ...about })] }));
  return sends(Buffer.concat([head, tail]), { [LENGTH_HEADER]: String(head.length) });
};
const NAN = new Uint8Array(Float32Array.of(Number.NaN).buffer);
const LIES: readonly (readonly [string, Script])[] = [
  ['no outputs', json({ model_name: 'm' })],
  ['outputs of nothing', json({ outputs: [] })],
  ['outputs that are an object', json({ outputs: { score: [0.5] } })],
  ['no JSON', sends('score: 0.5')],
  ['JSON cut short', sends('{"outputs":[')],
  ['NaN', sends(JSON.stringify({ outputs: [output({})] }).replace('0.5', 'NaN'))],
  ['a number beyond its type', says({ data: [1e39] })],
  ['a text for a number', says({ data: [FORBIDDEN] })],
  ['null for a number', says({ data: [null] })],
  ['less than its shape', says({ shape: [2, 1] })],
  ['more than its shape', says({ data: [0.5, 0.5] })],
  ['a shape that overflows', says({ shape: [2 ** 40, 2 ** 40] })],
  ['a shape below none', says({ shape: [-1, -1] })],
  ['a type that there is not', says({ datatype: 'FP31' })],
  ['an output twice', json({ outputs: [output({}), output({})] })],
  ['NaN in bytes', behindAnswer({ parameters: { binary_data_size: 4 } }, NAN)],
  ['less bytes than it says', behindAnswer({ parameters: { binary_data_size: 4 } }, NAN.subarray(1))],
  ['more bytes than it says', behindAnswer({ parameters: { binary_data_size: 4 } }, new Uint8Array(8))],
  ['a length beyond the body', sends(JSON.stringify({ outputs: [output({})] }), { [LENGTH_HEADER]: '9999' })],
  [
    'texts that are not UTF-8',
    behindAnswer({ datatype: 'BYTES', parameters: { binary_data_size: 5 } }, Uint8Array.of(1, 0, 0, 0, 255)),
  ],
  ['lists without an end', sends(`{"outputs":${'['.repeat(100_000)}`)],
  ['more than an answer may be', sends(`{"outputs":[]${' '.repeat(30_000_000)}}`)],
  ['words in an error', sends(JSON.stringify({ error: FORBIDDEN }), {}, 400)],
  ['words in a failure', sends(FORBIDDEN, {}, 500)],
  ...[201, 202, 204, 206, 304].map((status): readonly [string, Script] => [
    `status ${status}`,
    sends(status === 204 || status === 304 ? '' : JSON.stringify({ outputs: [output({})] }), {}, status),
  ]),
  ['nothing, and the end', (res) => void res.destroy()],
  [
    'half of it, and the end',
    (res) => void res.writeHead(200, { 'content-length': '100' }).write('{"outputs":', () => res.destroy()),
  ],
];
const lies: readonly Case[] = [OIP, ROWS].flatMap((door) => {
  const ask = (lab: Lab, script: Script) => {
    lab.upstream.script = script;
    return send(lab, { path: door.path, body: door.body });
  };
  const benign = async (lab: Lab) => {
    assert.equal((await ask(lab, says({}))).got.status, 200);
  };
  const one = (id: string, script: Script): Case => ({
    id: `answers that lie / ${door.name} / ${id}`,
    theme: 'answers that lie',
    door: door.name,
    origin: ANSWERED,
    async attack(lab) {
      const { got, seen } = await ask(lab, script);
      const found = leaked({ got, seen: [] }, FORBIDDEN);
      if (got.status < 400) found.push(`it was answered with ${got.status}`);
      const { kind, outcome } = lab.lastEntry() as { kind?: string; outcome?: string };
      if (kind !== 'request.end' || outcome === 'completed')
        found.push(`the ledger says ${kind}, ${outcome}`);
      if (seen.length !== 1) found.push('it was asked again');
      return found;
    },
    benign,
  });
  const unasked: Case = {
    id: `answers that lie / ${door.name} / headers`,
    theme: 'answers that lie',
    door: door.name,
    origin: 'CWE-113: what a server says beside its answer',
    async attack(lab) {
      const headers = { 'x-note': FORBIDDEN, 'set-cookie': `a=${FORBIDDEN}` };
      const script = json({ model_name: FORBIDDEN, id: FORBIDDEN, outputs: [output({})] }, 200, headers);
      return leaked({ ...(await ask(lab, script)), seen: [] }, FORBIDDEN);
    },
    benign,
  };
  return [...LIES.map(([id, script]) => one(id, script)), unasked];
});

/** Outputs are those that were asked for, where some were. */
const hidden: Case = {
  id: 'answers that lie / oip / outputs that nobody asked for',
  theme: 'answers that lie',
  door: OIP.name,
  origin: 'inner layers of a model, told to whoever did not ask',
  async attack(lab) {
    lab.upstream.script = json({ outputs: [output({}), output({ name: 'hidden' })] });
    const { got } = await send(lab, { path: OIP.path, body: { ...OIP.body, outputs: [{ name: 'score' }] } });
    return got.status < 400 ? [`it was answered with ${got.status}`] : [];
  },
  async benign(lab) {
    lab.upstream.script = says({});
    const { got } = await send(lab, { path: OIP.path, body: { ...OIP.body, outputs: [{ name: 'score' }] } });
    assert.equal(got.status, 200, got.text);
  },
};

export const lieCases: readonly Case[] = [...lies, hidden];
