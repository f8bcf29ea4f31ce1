import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseEntry } from '../../src/audit/entry.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { FORMATS } from '../../src/feeds/index.ts';
import { noticeOf } from '../../src/feeds/notice.ts';
import { startGateway } from '../../test/harness/gateway.ts';
import { machine } from '../harness/machine.ts';
import { figure, table } from '../harness/table.ts';

export const HELP = `npm run bench -- feeds

What a feed costs of an entry: microseconds of CPU to read it, to make a notice of it and to write that down in each format;
and how many entries a second a feed of the whole ledger delivers to a server on this machine. The entries are those of requests.
`;

const ROUNDS = 20_000;
const DELIVERED = 20_000;
const BATCH = 500;
const ABOUT = { version: '1', host: 'host', ledger: 'example.com/ledger', now: Date.now() };

const REQUEST = {
  kind: 'request.begin',
  id: 'req_0000000000000000000000000',
  caller: { id: 'clr_0000000000000000', name: 'caller', team: 'team', credential: 'key' },
  peer: '203.0.113.9',
  model: 'm',
  upstream: 'open',
  operation: 'openai.chat',
  inspected: {
    outcome: 'passed',
    texts: 3,
    chars: 900,
    guards: { pii: { ran: 1, findings: [{ reason: 'pii.email', path: '', start: 0 }] }, secrets: { ran: 3 } },
  },
} satisfies JsonObject & { readonly kind: string };

/** Microseconds of CPU. */
function costOf(act: () => void): number {
  for (let i = 0; i < ROUNDS / 10; i += 1) act();
  const before = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i += 1) act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}

async function deliveredASecond(format: string): Promise<number> {
  let lines = 0;
  const server = createServer(async (req, res) => {
    for await (const chunk of req as AsyncIterable<Buffer>)
      for (const byte of chunk) if (byte === 10) lines += 1;
    res.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    settings: `feeds: { all: { use: http, url: "http://127.0.0.1:${port}", format: ${format}, entries: all } }`,
  });
  const began = performance.now();
  for (let i = 0; i < DELIVERED; i += BATCH)
    await Promise.all(Array.from({ length: BATCH }, () => gateway.gateway.gate.ledger.append(REQUEST)));
  while (lines < DELIVERED) await setTimeout(5);
  const seconds = (performance.now() - began) / 1000;
  await gateway.close();
  server.close();
  return DELIVERED / seconds;
}

export async function run(): Promise<number> {
  process.stdout.write(`${JSON.stringify(machine())}\n\n`);
  const fields = {
    v: 1,
    seq: 4711,
    time: '2026-01-31T12:00:00.000Z',
    prev: `${'A'.repeat(43)}=`,
    ...REQUEST,
  };
  const line = new TextEncoder().encode(JSON.stringify(fields));
  const entry = parseEntry(line);
  const notice = noticeOf(entry);
  const rows: [string, number][] = [
    ['reading the entry', costOf(() => parseEntry(line))],
    ['making the notice', costOf(() => noticeOf(entry))],
    ...FORMATS.map((format): [string, number] => [format.name, costOf(() => format.write([notice], ABOUT))]),
  ];
  const cells = rows.map(([name, cost]) => [name, figure(cost)]);
  process.stdout.write(`${table(['', 'µs of CPU'], cells)}\n\n`);
  const rates: string[][] = [];
  for (const format of ['json', 'ocsf']) rates.push([format, figure(await deliveredASecond(format))]);
  process.stdout.write(`${table(['delivered', 'entries a second'], rates)}\n`);
  return 0;
}
