import { appendFileSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  chunks,
  completion,
  generated,
  generatedChunks,
  message,
  messageEvents,
} from '../harness/upstream.ts';
import { type Kind, pick, questionIn, randomFrom, replyOf, usageOf } from './texts.ts';

/**
 * A model server in a process of its own, of one dialect, that fails at random. It writes down every request that reached
 * it and what it did, before it does it, as {@link Served}.
 *
 *     node upstream-process.ts DIALECT JOURNAL SEED
 */
export type Speech = 'openai' | 'anthropic' | 'gemini';

/** How often it does what, in percent. */
const FAULTS = {
  none: 80,
  slow: 4,
  /** 500. */
  error: 3,
  /** 429 with `retry-after`. */
  limited: 2,
  /** 503. */
  overloaded: 2,
  /** The connection breaks in the middle of the answer. */
  cut: 3,
  /** Not JSON. */
  malformed: 2,
  /** Not the content type that belongs to the answer. */
  type: 2,
  /** More than the gateway takes. */
  huge: 1,
  /** No first byte. */
  stall: 1,
} as const;
export type Fault = keyof typeof FAULTS;

/** One line of the journal. */
export interface Served {
  readonly by: Speech;
  readonly id: string;
  readonly fault: Fault;
  /** The key that a guard had to take out of the prompt was in it. */
  readonly leaked: boolean;
}

/** Longer than `first_byte` of the settings. */
const STALL = 6_000;
/** More than `limits.reply` and `limits.event` of the settings, in characters. */
const HUGE = 400_000;

interface Spoken {
  readonly stream: boolean;
  readonly type: string;
  /** One for a whole answer, else its events. */
  readonly frames: readonly string[];
}

const piecesOf = (text: string): string[] => text.match(/[\s\S]{1,37}/g) ?? [];

/** An answer in the server's own words. */
function speak(speech: Speech, stream: boolean, id: string, text: string): Spoken {
  const used = usageOf(id);
  const [pieces, type] = [piecesOf(text), stream ? 'text/event-stream' : 'application/json'];
  const numbered = (frames: readonly string[]) => ({
    stream,
    type,
    frames: frames.map((frame) => withUsage(frame, used)),
  });
  if (speech === 'openai') return numbered(stream ? chunks(pieces) : [JSON.stringify(completion(text))]);
  if (speech === 'anthropic')
    return numbered(stream ? messageEvents(pieces) : [JSON.stringify(message([{ type: 'text', text }]))]);
  return numbered(stream ? generatedChunks(pieces) : [JSON.stringify(generated([{ text }]))]);
}

/** The harness' answers used 5 and 7 tokens; these use what goes with the id. */
const withUsage = (frame: string, { input, output }: ReturnType<typeof usageOf>): string =>
  frame
    .replace(/"(prompt_tokens|input_tokens|promptTokenCount)":5/, `"$1":${input}`)
    .replace(/"(completion_tokens|output_tokens|candidatesTokenCount)":7/, `"$1":${output}`)
    .replace(/"(total_tokens|totalTokenCount)":12/, `"$1":${input + output}`);

const BUSY: Readonly<Partial<Record<Fault, number>>> = { error: 500, limited: 429, overloaded: 503 };

async function answer(res: ServerResponse, { stream, type, frames }: Spoken, fault: Fault): Promise<void> {
  const status = BUSY[fault];
  if (status !== undefined) {
    const headers = {
      'content-type': 'application/json',
      ...(fault === 'limited' && { 'retry-after': '1' }),
    };
    res.writeHead(status, headers).end('{"error":{"message":"not now","type":"busy"}}');
    return;
  }
  if (fault === 'stall') await pause(STALL);
  if (fault === 'slow') await pause(300);
  if (fault === 'malformed') frames = [...frames.slice(0, 1), stream ? 'data: {"oh\n\n' : '}'];
  if (fault === 'huge') frames = [...frames.slice(0, 1), `${stream ? 'data: ' : ''}${'x'.repeat(HUGE)}\n\n`];
  res.writeHead(200, { 'content-type': fault === 'type' ? 'text/html' : type });
  const half = fault === 'cut' ? frames.length >> 1 : frames.length;
  for (const frame of frames.slice(0, half)) {
    if (res.destroyed) return;
    if (!res.write(frame)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
    if (fault === 'slow') await pause(10);
  }
  if (fault !== 'cut') return void res.end();
  if (!stream) res.write(frames[0]?.slice(0, 20) ?? '');
  // So that what was written is on its way.
  await pause(5);
  res.destroy();
}

/** It goes away for a moment now and then, and its port refuses connections meanwhile. */
async function comeAndGo(server: http.Server, random: () => number): Promise<void> {
  const { port } = server.address() as AddressInfo;
  for (;;) {
    await pause(8_000 + random() * 12_000);
    server.close();
    server.closeIdleConnections();
    await pause(700);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }
}

function serve(speech: Speech, journal: string, random: () => number): void {
  const server = http.createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    res.on('error', () => {});
    req.on('end', () => {
      const question = questionIn(body);
      if (question === undefined) return void res.writeHead(404).end();
      const { id, kind } = question;
      const fault = pick(FAULTS, random);
      const leaked = body.includes('T3BlbkFJ');
      appendFileSync(journal, `${JSON.stringify({ by: speech, id, fault, leaked } satisfies Served)}\n`);
      const stream = /"stream":true/.test(body) || (req.url ?? '').includes(':streamGenerateContent');
      void answer(res, speak(speech, stream, id, replyOf(id, kind as Kind)), fault);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
    void comeAndGo(server, random);
  });
}

if (import.meta.main) {
  const [speech = 'openai', journal = '', seed = '1'] = process.argv.slice(2);
  process.once('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {});
  serve(speech as Speech, journal, randomFrom(Number(seed)));
}
