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
  const at = (url: string) => `{ contract: far.yaml, timeout: 300ms, url: "${url}" }`;
  const gate = await servePredictions(t, {
    files: { 'fraud.yaml': FRAUD, 'far.yaml': FRAUD },
    settings: `  far: ${at(`http://127.0.0.1:${port}`)}\n  nobody: ${at('http://127.0.0.1:9')}`,
    ledger: { disk, recoverAfter: 20, checkpointAfter: 20 },
    replace: (whole) => ({ ...whole, defence }),
  });
  const { store, ledger } = gate.gateway.gate;
  let reference = gate.add();
  const ask = async (body: unknown = { rows: [ROW] }, model = 'fraud'): Promise<string> => {
    const answer = await gate.post(`/v2/models/${model}/rows`, body);
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
    /** All works again: the model is there, and a question is answered. */
    async mend() {
      disk.fault = undefined;
      await until('the ledger is open again', () => ledger.state === 'open');
      if (store.models.find('fraud').state !== 'active') reference = gate.add();
      let answer = '';
      for (let tries = 0; answer !== '200' && tries < 200; tries++) answer = await ask();
      return answer;
    },
  };
}
