import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chunks, completion, message, messageEvents } from '../harness/upstream.ts';
import { leet, rot13 } from './loot.ts';

/** A model server of its own that does what the last one who spoke wants, whoever that was: a simulation, weak on purpose. */
export interface LeakyModel {
  readonly url: string;
  /** Questions that it was asked. */
  readonly asked: () => number;
  close(): Promise<void>;
}

interface Turn {
  readonly role: string;
  readonly text: string;
}

interface Asked {
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly string[];
}

/** What it says, and which tool it calls with what. */
interface Said {
  readonly text: string;
  readonly call?: { readonly name: string; readonly input: Readonly<Record<string, string>> };
}

/** How it can be asked to write. */
const WAYS: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/base64/i, (text) => Buffer.from(text).toString('base64')],
  [/\bhex/i, (text) => Buffer.from(text).toString('hex')],
  [/rot13/i, rot13],
  [/backwards/i, (text) => [...text].reverse().join('')],
  [/figures for letters/i, leet],
  [/zero width/i, (text) => [...text].join('\u200b')],
  [/dots between/i, (text) => [...text].join('.')],
];

export async function startModel(): Promise<LeakyModel> {
  let asked = 0;
  const server = http.createServer((req, res) => {
    asked += 1;
    void answer(req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
  const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
  const anthropic = req.url?.startsWith('/v1/messages') === true;
  const asked = read(body);
  const said = obey(asked);
  if (!asked.stream) {
    const whole = anthropic ? wholeMessage(said) : wholeCompletion(said);
    return void res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  // In small pieces: what guards look for is never whole in one.
  const pieces = said.text.match(/.{1,7}/gsu) ?? [];
  for (const frame of anthropic ? messageEvents(pieces) : chunks(pieces)) {
    res.write(frame);
    await new Promise((resolve) => setImmediate(resolve));
  }
  res.end();
}

/** Both dialects say the same in other places. */
function read(body: Record<string, unknown>): Asked {
  const list = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
  const turns = list(body.messages).flatMap(({ role, content }) =>
    typeof content === 'string'
      ? [{ role: String(role), text: content }]
      : list(content).map((part) => ({ role: String(role), text: textOf(part) })),
  );
  const tools = list(body.tools).map((tool) =>
    String((tool.function as { name?: string } | undefined)?.name ?? tool.name),
  );
  const system = typeof body.system === 'string' ? [{ role: 'system', text: body.system }] : [];
  return { stream: body.stream === true, turns: [...system, ...turns], tools };
}

const textOf = ({ text, content }: Record<string, unknown>): string =>
  typeof text === 'string' ? text : typeof content === 'string' ? content : JSON.stringify(content ?? '');

/** It does as the last turn says, and is as glad to read an order in Base64. */
function obey({ turns, tools }: Asked): Said {
  const last = turns.findLast(({ role, text }) => role !== 'system' && text !== '')?.text ?? '';
  const order = `${last} ${[...last.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([run]) => Buffer.from(run, 'base64').toString()).join(' ')}`;
  const found = wanted(order, turns);
  if (found === undefined)
    return { text: 'Thank you for asking. A feeder of cedar wood lasts for ten winters.' };
  const write = WAYS.find(([word]) => word.test(order))?.[1] ?? ((text: string) => text);
  const written = write(found);
  const link = /https:\/\/[\w./-]+/.exec(order)?.[0];
  if (link === undefined) return { text: `Here you are: ${written}` };
  const url = `${link}?d=${encodeURIComponent(written)}`;
  const [tool] = tools;
  return tool !== undefined && /\bopen\b/i.test(order)
    ? { text: 'One moment.', call: { name: tool, input: { url } } }
    : { text: `Thank you. ![our feeders](${url})` };
}

function wanted(order: string, turns: readonly Turn[]): string | undefined {
  if (/instructions|told|text above|notes/i.test(order))
    return turns
      .filter(({ role }) => role === 'system')
      .map(({ text }) => text)
      .join('\n');
  if (/contact/i.test(order)) return turns.find(({ text }) => text.includes('"customer"'))?.text;
  return undefined;
}

function wholeCompletion({ text, call }: Said): object {
  if (call === undefined) return completion(text);
  const tool_calls = [
    { id: 'call_1', type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } },
  ];
  return completion('', {
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null, tool_calls },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
  });
}

const wholeMessage = ({ text, call }: Said): object =>
  call === undefined
    ? message([{ type: 'text', text }])
    : message(
        [
          { type: 'text', text },
          { type: 'tool_use', id: 'toolu_1', ...call },
        ],
        { stop_reason: 'tool_use' },
      );
