import { messageEvents, sse } from '../harness/upstream.ts';
import { MESSAGES } from './refused.ts';
import { escapeAll, halves } from './text.ts';
import { data, ERRORS, hello, MIXED, type Trick, typed } from './trick.ts';

const SSE = 'WHATWG HTML, section 9.2: how an event stream is read';
const LATE = 'agentgateway#3603, NeMo Guardrails “stream_first”: text after the end';

const frame = (delta: object, more: object = {}) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
const DONE = data('[DONE]');
const stop = data(frame({}, { finish_reason: 'stop' }));
const frames = (...list: string[]) => sse([...list, stop, DONE]);

/** Event streams that two readers could read in two ways. */
export const streamTricks: readonly Trick[] = [
  {
    id: 'name of the event',
    origin: SSE,
    stream: true,
    script: (t) => frames(`event: delta\n${data(frame({ content: t }))}`),
  },
  {
    id: 'text as the name of an event',
    origin: SSE,
    stream: true,
    quiet: true,
    script: (t) => frames(`event: ${t}\n${data(frame({ content: 'a' }))}`),
  },
  {
    id: 'event without its end',
    origin: SSE,
    stream: true,
    script: (t) => sse([data(frame({ content: 'a' })), `data: ${frame({ content: t })}`]),
    benign: hello,
  },
  {
    id: 'invalid UTF-8',
    origin: 'RFC 3629, section 10',
    stream: true,
    script: (t) =>
      typed(
        'text/event-stream',
        Buffer.concat([
          Buffer.from(data(frame({ content: `#${t}` })).split('#')[0] ?? ''),
          Buffer.from([0xc1, 0xa6]),
          Buffer.from(data(t)),
        ]),
      ),
    benign: hello,
  },
  {
    id: 'after [DONE]',
    origin: LATE,
    stream: true,
    quiet: true,
    script: (t) => sse([data(frame({ content: 'a' })), stop, DONE, data(frame({ content: t }))]),
  },
  {
    id: 'after the finish reason',
    origin: LATE,
    stream: true,
    script: (t) => sse([stop, data(frame({ content: t })), DONE]),
    benign: hello,
  },
  {
    id: 'with the finish reason',
    origin: LATE,
    stream: true,
    script: (t) => sse([data(frame({ content: t }, { finish_reason: 'stop' })), DONE]),
  },
  {
    id: 'half before, half with the finish reason',
    origin: LATE,
    stream: true,
    script: (t) =>
      sse([
        data(frame({ content: halves(t)[0] })),
        data(frame({ content: halves(t)[1] }, { finish_reason: 'stop' })),
        DONE,
      ]),
  },
  {
    id: 'index out of range',
    origin: SSE,
    stream: true,
    script: (t) => frames(data(frame({ content: t }, { index: 1e6 }))),
    benign: hello,
  },
  {
    id: 'index that is text',
    origin: SSE,
    stream: true,
    script: (t) => frames(data(frame({ content: 'a' }, { index: t }))),
    benign: hello,
  },
  {
    id: 'role that changes',
    origin: SSE,
    stream: true,
    script: (t) => frames(...halves(t).map((half) => data(frame({ role: half })))),
    benign: hello,
  },
  {
    id: 'call name in pieces',
    origin: SSE,
    stream: true,
    script: (t) =>
      frames(
        ...halves(t).map((half) => data(frame({ tool_calls: [{ index: 0, function: { name: half } }] }))),
      ),
    benign: hello,
  },
  {
    id: 'call id in pieces',
    origin: SSE,
    stream: true,
    script: (t) => frames(...halves(t).map((half) => data(frame({ tool_calls: [{ index: 0, id: half }] })))),
    benign: hello,
  },
  {
    id: 'split in the middle of an escape',
    origin: 'RFC 8259, section 7',
    stream: true,
    script: (t) =>
      frames(
        ...(`{"a":"${escapeAll(t)}"}`.match(/.{1,5}/gs) ?? []).map((arguments_) =>
          data(frame({ tool_calls: [{ index: 0, function: { arguments: arguments_ } }] })),
        ),
      ),
  },
  {
    id: 'content that is a list',
    origin: MIXED,
    stream: true,
    script: (t) => frames(data(frame({ content: [{ type: 'text', text: t }] }))),
    benign: hello,
  },
  {
    id: 'error beside a choice',
    origin: ERRORS,
    stream: true,
    script: (t) =>
      frames(data(JSON.stringify({ ...JSON.parse(frame({ content: 'a' })), error: { message: t } }))),
    benign: hello,
  },
  {
    id: 'error event',
    origin: ERRORS,
    path: MESSAGES,
    stream: true,
    script: (t) =>
      sse([
        `event: error\n${data(JSON.stringify({ type: 'error', error: { type: 'api_error', message: t } }))}`,
      ]),
    benign: () => sse(messageEvents(['hello'])),
  },
  {
    id: 'event by another name',
    origin: SSE,
    path: MESSAGES,
    stream: true,
    script: (t) =>
      sse(messageEvents([t]).map((one) => one.replace('event: content_block_delta', 'event: ping'))),
    benign: () => sse(messageEvents(['hello'])),
  },
  {
    id: 'event of an unknown kind',
    origin: SSE,
    path: MESSAGES,
    stream: true,
    script: (t) =>
      sse(
        messageEvents(['a']).flatMap((one) => [
          one,
          `event: note\n${data(JSON.stringify({ type: 'note', text: t }))}`,
        ]),
      ),
    benign: () => sse(messageEvents(['hello'])),
  },
];
