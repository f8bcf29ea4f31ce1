import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { LENGTH_HEADER } from '../src/oip/message.ts';
import { servePredictions } from './harness/predictions.ts';

// Byte by byte what clients put on the wire, headers included: those that they leave out matter, too.

const INFER = '/v2/models/fraud/infer';
const FLOATS = Buffer.from(Float32Array.of(41, 2.5, 1).buffer);

test('clients of Triton, KServe and MLServer are answered as they ask', async (t) => {
  const lab = await servePredictions(t);
  lab.add();
  assert.equal((await lab.ask()).status, 200);
  const { hostname, port } = new URL(lab.url);
  const send = (path: string, body: Buffer | undefined, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; length: number; body: Buffer }>((resolve, reject) => {
      const req = request(
        {
          ...{ hostname, port, path, agent: false, method: body === undefined ? 'GET' : 'POST' },
          headers: { authorization: `Bearer ${lab.key}`, ...headers },
        },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('end', () =>
            resolve({
              status: res.statusCode ?? 0,
              length: Number(res.headers[LENGTH_HEADER]),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      req.on('error', reject).end(body);
    });
  const json = (value: object) => Buffer.from(JSON.stringify(value));

  // tritonclient.http: is_server_ready, is_model_ready, infer; no content type.
  assert.equal((await send('/v2/health/ready', undefined)).status, 200);
  const head = json({
    inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', parameters: { binary_data_size: 12 } }],
    parameters: { binary_data_output: true },
  });
  const triton = await send(INFER, Buffer.concat([head, FLOATS]), { [LENGTH_HEADER]: String(head.length) });
  assert.equal(triton.status, 200);
  const about = JSON.parse(triton.body.toString('utf8', 0, triton.length)) as {
    outputs: { parameters: { binary_data_size: number } }[];
  };
  assert.equal(about.outputs[0]?.parameters.binary_data_size, 4);
  assert.equal(triton.body.readFloatLE(triton.length), 44.5);

  // kserve.InferenceRESTClient: JSON without a content type, the model in the body, too.
  const kserve = await send(
    INFER,
    json({
      id: '6f2c',
      model_name: 'fraud',
      inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP32', data: [41, 2.5, 1] }],
    }),
  );
  assert.deepEqual(JSON.parse(kserve.body.toString()), {
    model_name: 'fraud',
    model_version: '1',
    id: '6f2c',
    outputs: [{ name: 'score', datatype: 'FP32', shape: [1, 1], data: [44.5] }],
  });

  // mlserver.codecs.PandasCodec: a data frame of two rows, by the features of the contract.
  const mlserver = await send(
    INFER,
    json({
      parameters: { content_type: 'pd' },
      inputs: [
        { name: 'age', shape: [2, 1], datatype: 'INT64', data: [41, 20] },
        { name: 'income', shape: [2, 1], datatype: 'FP64', data: [2.5, 0] },
        {
          name: 'country',
          shape: [2, 1],
          datatype: 'BYTES',
          data: ['FR', 'DE'],
          parameters: { content_type: 'str' },
        },
      ],
    }),
    { 'content-type': 'application/json' },
  );
  const { outputs } = JSON.parse(mlserver.body.toString()) as { outputs: { data: number[] }[] };
  assert.deepEqual(outputs[0]?.data, [44.5, 20]);

  // A page that sends a form says what it sends.
  const form = await send(INFER, head, { 'content-type': 'application/x-www-form-urlencoded' });
  assert.equal(form.status, 415);
  // Rows are Gatehouse's own, and JSON.
  assert.equal((await send('/v2/models/fraud/rows', json({ rows: [] }))).status, 415);
});
