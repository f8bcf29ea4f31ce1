import assert from 'node:assert/strict';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { DefenceDesk } from '../../src/gateway/defence/desk.ts';
import { FRAUD, ROW, servePredictions } from '../harness/predictions.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { until } from './scene.ts';

export type Scene = Awaited<ReturnType<typeof openPredictionScene>>;

/** A gateway that predicts, in which everything around can be broken. */
export async function openPredictionScene(t: TestContext) {
  const disk = new FaultyDisk();
  const defence: DefenceDesk = {
    stanceOf: () => undefined,
    observe: async () => undefined,
    outcome: async () => false,
  };
  const server = { answer: (res: ServerResponse): void => void res.end() };
  const far = http.createServer((req, res) => req.resume().on('end', () => server.answer(res)));
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    far.close();
    far.closeAllConnections();
  });
  const { port } = far.address() as AddressInfo;
  const at = (url: string) => `{ contract: far.yaml, timeout: 1s, url: "${url}" }`;
  const gate = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'far.yaml': FRAUD },
    settings: `  far: ${at(`http://127.0.0.1:${port}`)}\n  nobody: ${at('http://127.0.0.1:9')}`,
    ledger: { disk, recoverAfter: 20, checkpointAfter: 20 },
    replace: (whole) => ({ ...whole, defence }),
  });
  const { store, ledger } = gate.gateway.gate;
  let reference = gate.add();
  const ask = async (
    body: unknown = { rows: [ROW] },
    model = 'fraud',
    signal?: AbortSignal,
  ): Promise<string> => {
    const answer = await fetch(`${gate.url}/v2/models/${model}/rows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gate.key}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
    const { code } = (await answer.json()) as { code?: string };
    return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
  };
  return {
    ...gate,
    store,
    disk,
    defence,
    ask,
    add(model?: Uint8Array) {
      reference = gate.add(model);
    },
    revoke: () => void store.models.take(reference, { act: 'revoke' }),
    /** Every question that came is over, to its last entry. */
    idle: () => until('no question is at work', () => gate.gateway.gate.open === 0),
    /** The first entry of a question is there. */
    async begun() {
      const count = () => gate.entries().filter(({ kind }) => kind === 'request.begin').length;
      const before = count();
      await until('the question is recorded', () => count() > before);
    },
    async breaking<Part extends object, Name extends keyof Part>(part: Part, name: Name, broken: Part[Name]) {
      const whole = part[name];
      part[name] = broken;
      try {
        return await ask();
      } finally {
        part[name] = whole;
      }
    },
    askServer(answer: (res: ServerResponse) => void): Promise<string> {
      server.answer = answer;
      return ask(undefined, 'far');
    },
    /** The disk works again, and the ledger holds what is durable. */
    async recover() {
      disk.fault = undefined;
      await until('the ledger is open again', () => ledger.state === 'open');
    },
    /** The model is there again, and a question is answered by the version that was activated last. */
    async mend() {
      if (store.models.find('fraud').state !== 'active') reference = gate.add();
      let version = '';
      for (let tries = 0; `fraud@${version}` !== reference && tries < 1000; tries++)
        ({ model_version: version = '' } = (await (await gate.ask()).json()) as { model_version?: string });
      assert.equal(`fraud@${version}`, reference);
    },
  };
}
