import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { readRequest, writeResponse } from '../../src/oip/inference.ts';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { OnnxSession } from '../../src/runtime/onnx/session.ts';
import { rowsOf } from '../../src/tensors/batch.ts';

/** What was asked of a server of models. */
export interface Asked {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  /** Rows that were asked about. */
  rows: number;
  requests: number;
  readonly headers: IncomingMessage['headers'][];
}

type Answers = (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>;

/** A server on a free port, until the test ends. */
export async function server(t: TestContext, answers: Answers): Promise<string> {
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await answers(request, Buffer.concat(chunks), response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/**
 * A server of the Open Inference Protocol with one model, `m`, of one input of FP32.
 * @param refuse a status to answer instead, for the request of this number
 */
export async function oipServer(
  t: TestContext,
  model: Uint8Array,
  features: number,
  refuse: (request: number) => number | undefined = () => undefined,
  output = 'y',
): Promise<Asked> {
  const session = await OnnxSession.open(model);
  const asked = { address: '', rows: 0, requests: 0, headers: [] as IncomingMessage['headers'][] };
  asked.address = await server(t, async (request, body, response) => {
    asked.headers.push(request.headers);
    if (request.method === 'GET') {
      const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, features] }];
      const outputs = [{ name: output, datatype: 'FP32', shape: [-1, 2] }];
      const meta = { name: 'm', versions: ['1'], platform: 'onnx', inputs, outputs };
      response.end(JSON.stringify(meta));
      return;
    }
    const given = request.headers[LENGTH_HEADER];
    const wanted = readRequest({ body, length: typeof given === 'string' ? given : undefined });
    asked.requests += 1;
    asked.rows += rowsOf(wanted.inputs) ?? 0;
    const status = refuse(asked.requests);
    if (status !== undefined) {
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '0' }).end();
      return;
    }
    const outputs = await session.run(wanted.inputs, [output]);
    const answer = writeResponse({ model: 'm', version: '1', id: undefined, outputs }, wanted);
    if (answer.length !== undefined) response.setHeader(LENGTH_HEADER, answer.length);
    response.end(answer.body);
  });
  return asked;
}
