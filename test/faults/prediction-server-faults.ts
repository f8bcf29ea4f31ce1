import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { fails, type PredictionFault } from './prediction-fault.ts';

/** What a server of the Open Inference Protocol does instead of answering as it should. */
const server = (
  what: string,
  answer: (res: ServerResponse) => void,
  status: number,
  code: string,
): PredictionFault => ({
  what: `the server of the protocol ${what}`,
  meet: (scene) => scene.askServer(answer),
  expect: fails(`${status} ${code}`, code),
});
const says = (outputs: unknown) => (res: ServerResponse) => void res.end(JSON.stringify({ outputs }));
const score = (change: object) => [
  { name: 'score', datatype: 'FP32', shape: [1, 1], data: [0.5], ...change },
];

/** Forty million bytes in forty thousand. */
const BOMB = gzipSync(Buffer.alloc(40_000_000, 0x20), { level: 9 });
const HEAD = JSON.stringify({
  outputs: score({ data: undefined, parameters: { binary_data_size: 4 } }),
});
const NAN = Buffer.from(Float32Array.of(Number.NaN).buffer);

export const PREDICTION_SERVER_FAULTS: readonly PredictionFault[] = [
  {
    what: 'the server of the protocol refuses the connection',
    meet: (scene) => scene.ask(undefined, 'nobody'),
    expect: fails('502 upstream_unreachable', 'upstream_unreachable'),
  },
  server('never answers', () => {}, 504, 'upstream_timeout'),
  server(
    'answers drop by drop, without an end',
    (res) => {
      const drip = setInterval(() => res.write(' '), 20);
      res.on('close', () => clearInterval(drip));
    },
    504,
    'upstream_timeout',
  ),
  server(
    'breaks off its answer',
    (res) => void res.writeHead(200, { 'content-length': '100' }).write('{', () => res.destroy()),
    502,
    'upstream_cut',
  ),
  server(
    'leads elsewhere',
    (res) => void res.writeHead(307, { location: '/elsewhere' }).end(),
    502,
    'upstream_invalid',
  ),
  server(
    'answers a bomb',
    (res) => void res.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
    502,
    'upstream_invalid',
  ),
  server('answers more than it may', (res) => void res.end(' '.repeat(20_000_000)), 502, 'upstream_invalid'),
  server('answers with something else', says(7), 502, 'upstream_invalid'),
  server('answers for other rows', says(score({ shape: [2, 1], data: [0.5, 0.5] })), 502, 'upstream_invalid'),
  server('answers of another shape than it says', says(score({ shape: [2, 1] })), 502, 'upstream_invalid'),
  server('answers texts for numbers', says(score({ data: ['injected'] })), 502, 'upstream_invalid'),
  server(
    'answers what is no number',
    (res) =>
      void res.writeHead(200, { [LENGTH_HEADER]: HEAD.length }).end(Buffer.concat([Buffer.from(HEAD), NAN])),
    502,
    'upstream_invalid',
  ),
  server('is overloaded', (res) => void res.writeHead(503).end(), 503, 'upstream_overloaded'),
  {
    ...server('limits requests', (res) => void res.writeHead(429).end(), 429, 'upstream_rate_limited'),
    expect: {
      caller: '429 upstream_rate_limited',
      ledger: ['begin', 'end: refused, upstream_rate_limited'],
    },
  },
  server('fails', (res) => void res.writeHead(500).end('injected'), 502, 'upstream_failed'),
  server('refuses our key', (res) => void res.writeHead(401).end(), 502, 'upstream_auth'),
];
