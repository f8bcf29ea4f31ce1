import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Refusal } from '../../src/base/refusal.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import type { StreamEvent } from '../../src/exchange/exchange.ts';
import { type Bridge, bridgeTo } from '../../src/gateway/bridge.ts';
import type { ReplyReader } from '../../src/gateway/reply-reader.ts';
import { parseJson } from '../../src/wire/json.ts';
import { SseReader } from '../../src/wire/sse.ts';

/**
 * Golden cases of translation, one a file: the client's operation and the upstream's dialect, then what comes in
 * (`== request` of the client, `== reply` or `== stream` of the upstream, `== close`, `== cut`, `== fail`). Below the dashes stands
 * what the upstream is sent and what the client gets. `UPDATE_GOLDEN=1` writes that anew; read the difference.
 */
const FOLDER = join(import.meta.dirname, 'wire');
const DASHES = '\n----------\n';
const LIMITS = { maxDepth: 64 };
const GIVEN = { assumeOutput: 1024, now: 1_700_000_000_000 };
const CUT = new Refusal('reply_blocked');

for (const file of readdirSync(FOLDER)) {
  test(file, () => {
    const path = join(FOLDER, file);
    const [input = '', expected = ''] = readFileSync(path, 'utf8').split(DASHES);
    const out: string[] = [];
    try {
      run(input, out);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      out.push(`refused ${refusal.code} ${refusal.field ?? '-'} | ${refusal.message}`);
    }
    const actual = `${out.join('\n')}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, `${input}${DASHES}${actual}`);
    else assert.equal(actual, expected);
  });
}

function run(input: string, out: string[]): void {
  const [head = '', ...sections] = input.split(/^== /m);
  const [id, to] = (head.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '').split(
    ' to ',
  );
  const from = DIALECTS.find(({ operations }) => operations.some((one) => one.id === id));
  const operation = from?.operations.find((one) => one.id === id);
  const upstream = DIALECTS.find(({ name }) => name === to);
  if (from === undefined || operation === undefined || upstream === undefined) throw new Error(head);
  const parse = (text: string) => parseJson(Buffer.from(text), LIMITS);
  let bridge: Bridge | undefined;
  let reader: ReplyReader | undefined;
  for (const section of sections) {
    const end = section.indexOf('\n');
    const kind = end < 0 ? section : section.slice(0, end);
    const content = end < 0 ? '' : section.slice(end + 1);
    if (kind === 'request') {
      const prompt = operation.readPrompt(parse(content), 'asked-for');
      bridge = bridgeTo({ dialect: from, operation, prompt }, upstream, GIVEN);
      out.push(`asks ${bridge.operation.id}`, JSON.stringify(bridge.body(prompt, 'inner'), null, 1));
    } else if (kind === 'reply') {
      const reply = bridge?.readReply(parse(content));
      out.push('reply', JSON.stringify(reply?.body, null, 1), `usage ${JSON.stringify(reply?.usage)}`);
    } else if (kind === 'stream') {
      reader = bridge?.readStream();
      const sse = new SseReader({ maxEvent: 1 << 16 });
      out.push('stream');
      for (const event of sse.push(Buffer.from(`${content}\n\n`))) show(reader?.read(event), out);
    } else if (kind === 'close') {
      // The connection closes: the end, where an API has no other.
      out.push('close');
      const last = reader?.end();
      if (last === undefined) out.push('not complete');
      else show(last, out);
    } else if (kind === 'cut' || kind === 'fail') {
      out.push(kind, ...(reader?.[kind](CUT, 'req_1') ?? '').trimEnd().split('\n'));
    } else {
      assert.fail(`no section ${kind}`);
    }
  }
}

function show(events: readonly StreamEvent[] | undefined, out: string[]): void {
  for (const { write, usage } of events ?? []) {
    if (usage !== undefined) out.push(`# usage ${JSON.stringify(usage)}`);
    out.push(...write().trimEnd().split('\n'));
  }
}
