import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRequest, writeResponse } from '../../src/oip/inference.ts';
import { OnnxSession } from '../../src/runtime/onnx/session.ts';
import { answerJobs } from '../harness/child.ts';
import { modelOf, type Subject } from './subject.ts';

// The floor: the same codec and the same call of ONNX Runtime, in the process that answers. Nobody is asked who they are.
answerJobs(async (subject: Subject) => {
  const session = await OnnxSession.open(modelOf(subject));
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const request = readRequest({ body: Buffer.concat(chunks), length: undefined });
    const outputs = await session.run(request.inputs);
    const { body } = writeResponse({ model: 'm', version: '1', id: undefined, outputs }, request);
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path: '/', key: '' };
});
