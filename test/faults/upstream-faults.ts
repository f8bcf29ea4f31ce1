import zlib from 'node:zlib';
import type { Script } from '../harness/upstream.ts';
import { type Ask, either, type Fault, forwarded, upstreamFails } from './fault.ts';
import { INSIDE, KEY } from './secrets.ts';
import { answers, begins, encoded, eventsOf, isStream, wholeOf } from './upstream-scripts.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const error = (message: string) => JSON.stringify({ type: 'error', error: { type: 'api_error', message } });

/** The model server has the prompt, and then does this. */
const after = (what: string, script: Script, expect: Fault['expect'], more: Partial<Fault> = {}): Fault => ({
  step: 'forward',
  moment: 'after',
  what: `the model server ${what}`,
  arrange: (scene) => {
    scene.upstream.script = script;
  },
  expect,
  ...more,
});

const invalid = either(forwarded('502 upstream_invalid', 'failed, upstream_invalid', 'the estimate'));
const good = {
  plain: forwarded('200 “Hello”', 'completed', 'the report'),
  stream: forwarded('200 “Hello”, then the end', 'completed', 'the report'),
};

/** It refuses with a status, and words that are not for the caller. */
const status = (code: number, says: string, expect: Fault['expect'], headers: Record<string, string> = {}) =>
  after(`answers ${says}`, answers(code, { ...JSON_TYPE, ...headers }, error(`${INSIDE}, ${KEY}`)), expect);

const connection: readonly Fault[] = [
  {
    step: 'forward',
    moment: 'before',
    what: 'the model server refuses the connection',
    ask: (ask: Ask) => ({ ...ask, body: { ...ask.body, model: `${ask.dialect}-nobody` } }),
    expect: either({
      ...forwarded('502 upstream_unreachable', 'failed, upstream_unreachable', 'nothing'),
      left: 0,
    }),
  },
  after(
    'hangs up without an answer',
    (res) => void res.destroy(),
    either(forwarded('502 upstream_unreachable', 'failed, upstream_unreachable', 'nothing')),
  ),
  after(
    'never answers',
    () => {},
    either(forwarded('504 upstream_timeout', 'failed, upstream_timeout', 'the estimate')),
    { dialects: ['openai'] },
  ),
  after(
    'answers with something that is not HTTP',
    (res) => void res.socket?.end('220 ready\r\n\r\n'),
    invalid,
  ),
  after(
    'sends headers without end',
    answers(200, { ...JSON_TYPE, 'x-long': 'x'.repeat(40_000) }, '{}'),
    invalid,
  ),
  after(
    'stops in the middle, and holds the connection',
    begins(() => {}),
    upstreamFails(504, 'upstream_timeout'),
  ),
  after(
    'breaks the connection in the middle',
    begins((res) => void res.destroy()),
    upstreamFails(502, 'upstream_cut'),
  ),
  after(
    'ends its answer in the middle, politely',
    begins((res) => void res.end()),
    {
      plain: invalid.plain,
      stream: upstreamFails(502, 'upstream_cut').stream,
    } as Fault['expect'],
  ),
];

const content: readonly Fault[] = [
  after(
    'goes on with bad JSON',
    begins((res) => void res.end('data: {"oops\n\n')),
    upstreamFails(502, 'upstream_invalid'),
  ),
  after(
    'goes on with bytes that are not UTF-8',
    begins((res) => void res.end(Buffer.from('data: {"a":"\xff"}\n\n', 'latin1'))),
    upstreamFails(502, 'upstream_invalid'),
  ),
  after(
    'goes on with an event that is too long',
    begins((res) => void res.end(`data: ${'x'.repeat(20_000)}`)),
    { stream: upstreamFails(502, 'upstream_invalid').stream },
  ),
  after(
    'goes on with an error',
    begins((res) => void res.end(`event: error\ndata: ${error(`${INSIDE}, ${KEY}`)}\n\n`)),
    { stream: upstreamFails(502, 'upstream_failed').stream },
  ),
  after('sends JSON that is no answer', answers(200, JSON_TYPE, '{"choices":"none","content":1}'), {
    plain: invalid.plain,
  } as Fault['expect']),
  after('sends JSON without bottom', answers(200, JSON_TYPE, `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`), {
    plain: invalid.plain,
  } as Fault['expect']),
  after('sends more than is read', answers(200, JSON_TYPE, Buffer.alloc(17 * 1024 * 1024, ' ')), {
    plain: invalid.plain,
  } as Fault['expect']),
  after('sends a page', answers(200, { 'content-type': 'text/html' }, `<h1>${INSIDE}</h1>`), invalid),
  after(
    'answers in the other way: a stream to a plain request, and the reverse',
    (res, seen) => {
      const body = isStream(seen) ? wholeOf(seen, INSIDE) : eventsOf(seen, [INSIDE]).join('');
      res
        .writeHead(200, { 'content-type': isStream(seen) ? 'application/json' : 'text/event-stream' })
        .end(body);
    },
    invalid,
  ),
];

const encodings: readonly Fault[] = [
  after('compresses, though it was asked not to', encoded('gzip'), good),
  after('compresses in a way that is not known', encoded('rot13'), invalid),
  after(
    'compresses, and the bytes are broken',
    encoded('gzip', () => Buffer.from('not gzip')),
    invalid,
  ),
  after(
    'sends a bomb: 64 MB in 64 KB',
    encoded('gzip', () => zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))),
    invalid,
  ),
];

const statuses: readonly Fault[] = [
  status(204, '204, no content', invalid),
  status(301, '301, with an address that answers', invalid, { location: '/elsewhere' }),
  after(
    'answers 400, with a secret in its words',
    answers(400, JSON_TYPE, error(`What is ${KEY}?`)),
    either(forwarded('400 upstream_rejected', 'refused, upstream_rejected', 'the request')),
  ),
  ...[401, 403].map((code) =>
    status(code, `${code}`, either(forwarded('502 upstream_auth', 'failed, upstream_auth', 'nothing'))),
  ),
  status(
    429,
    '429, with the seconds to wait',
    either(
      forwarded('429 upstream_rate_limited, retry-after: 7', 'refused, upstream_rate_limited', 'nothing'),
    ),
    { 'retry-after': '7' },
  ),
  status(500, '500', either(forwarded('502 upstream_failed', 'failed, upstream_failed', 'the request'))),
  ...[503, 529].map((code) =>
    status(
      code,
      `${code}`,
      either(forwarded(`${code} upstream_overloaded`, 'failed, upstream_overloaded', 'nothing')),
    ),
  ),
];

export const UPSTREAM_FAULTS: readonly Fault[] = [...connection, ...content, ...encodings, ...statuses];
