import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_POLICY } from '../../src/policy/default-policy.ts';
import { closedLoop } from '../gateway/closed-loop.ts';
import { serve } from '../gateway/gatehouse.ts';
import { freePort } from '../gateway/ports.ts';
import { requestBodies, requestBytes } from '../gateway/traffic.ts';
import { type Child, DRIVER_CORE, startNode, TARGET_CORE } from '../harness/children.ts';
import { machine } from '../harness/machine.ts';
import { median, quantile } from '../harness/stats.ts';
import { figure, table } from '../harness/table.ts';
import { type Spent, spentBy } from './threads.ts';

export const HELP = `npm run bench -- watch [options]

What watching costs the data path. Two gateways answer the same requests in turns, batch by batch: one with the thread that watches, all
detections, a feed to a file and one to a server, and somebody who looks on live; the other with none of it. Processor time is that of the
main thread, on which requests are answered, and of the whole process; a round is over when both are quiet again.

  --rounds N     of each setting (default: 15)
  --requests N   in a batch (default: 300)
  --targets      exit 1 where the main thread spends over 5 % more

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run. Linux only.
`;

const CHAT = '/v1/chat/completions';
const CONNECTIONS = 8;
const GOAL = 5;
/** Milliseconds in which what watches has caught up with a batch. */
const SETTLE = 700;

/** The guards of a first start, or none; with quotas that no bench meets. */
const POLICIES = {
  'guards of a first start': withoutBounds(DEFAULT_POLICY),
  'no guards': withoutBounds(DEFAULT_POLICY).replace(/^guards:\n.*/ms, 'guards: []\n'),
} as const;
const SIZES = { '1 KB': 1024, '20 KB': 20_480 } as const;

function withoutBounds(policy: string): string {
  return policy
    .replace('600/minute', '100M/minute')
    .replace('500k/minute', '1000000M/minute')
    .replace('concurrency: 50', 'concurrency: 4000')
    .replace('20M/day', '1000000M/day');
}

interface Side {
  readonly child: Child;
  readonly port: number;
  readonly key: string;
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '15' },
      requests: { type: 'string', default: '300' },
      targets: { type: 'boolean', default: false },
    },
  });
  const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
  if (!(rounds >= 1 && requests >= 1)) throw new Error('--rounds and --requests are 1 or more');
  process.stdout.write(`${JSON.stringify(machine())}\n\n`);
  const upstream = startNode('upstream', [join(import.meta.dirname, '..', 'gateway', 'mock.ts')], {
    core: DRIVER_CORE,
    channel: true,
  });
  const { port } = await upstream.ask<{ port: number }>({});
  const receiver = http.createServer((req, res) => req.resume().on('end', () => res.end('{}')));
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const told = (receiver.address() as AddressInfo).port;
  const rows: string[][] = [];
  let missed = false;
  for (const [policyName, policy] of Object.entries(POLICIES)) {
    const on = await start(
      port,
      policy,
      `feeds:\n  all: { use: http, url: "http://127.0.0.1:${told}", format: json, entries: all }\n  disk: { use: file, path: ./feed.jsonl, format: ocsf, entries: all }\n`,
    );
    const off = await start(port, policy, '', ['--import', join(import.meta.dirname, 'unwatched.ts')]);
    const looking = lookOn(on);
    for (const [sizeName, size] of Object.entries(SIZES)) {
      await batch([on, off], size, 2 * requests);
      const measured: (readonly [Spent, Spent])[] = [];
      for (let round = 0; round < rounds; round++) {
        const sides = round % 2 === 0 ? [on, off] : [off, on];
        const [first, second] = await batch(sides, size, requests);
        if (first === undefined || second === undefined) continue;
        measured.push(round % 2 === 0 ? [first, second] : [second, first]);
      }
      for (const what of ['main', 'whole'] as const) {
        const more = measured.map(([a, b]) => 100 * (a[what] / b[what] - 1));
        const share = median(more);
        missed ||= what === 'main' && share > GOAL;
        rows.push([
          `${policyName}, ${sizeName}`,
          what === 'main' ? 'main thread' : 'whole process',
          figure(median(measured.map(([, b]) => b[what]))),
          figure(median(measured.map(([a]) => a[what]))),
          `${share.toFixed(1)} %`,
          `${quantile(more, 0.25).toFixed(1)} to ${quantile(more, 0.75).toFixed(1)} %`,
        ]);
      }
    }
    looking.destroy();
    await Promise.all([on.child.stop(), off.child.stop()]);
  }
  receiver.close();
  receiver.closeAllConnections();
  await upstream.stop();
  const head = ['requests', 'CPU of the', 'µs without', 'µs with', 'more, median', 'quartiles'];
  process.stdout.write(
    `${table(head, rows)}\n\n${rounds} rounds of ${requests} requests each; goal: main thread at most ${GOAL} % more\n`,
  );
  return values.targets && missed ? 1 : 0;
}

async function start(
  upstream: number,
  policy: string,
  more: string,
  nodeArgs: string[] = [],
): Promise<Side & { readonly adminKey: string }> {
  const port = await freePort();
  const files = {
    'gatehouse.yaml': `listen: { port: ${port} }
data: ./data
policy: ./policy.yaml
log: { level: error }
abuse: { repeats: off, invalid_requests: off }
upstreams:
  bench: { dialect: openai, url: "http://127.0.0.1:${upstream}/v1", auth: none, connections: 400, models: ["bench-*"] }
${more}`,
    'policy.yaml': policy,
  };
  return { port, ...(await serve(files, port, { nodeArgs, core: TARGET_CORE })) };
}

/** A console that is open: its live stream is read. */
function lookOn({
  port,
  adminKey,
}: {
  readonly port: number;
  readonly adminKey: string;
}): http.ClientRequest {
  const headers = { authorization: `Bearer ${adminKey}` };
  const req = http.get({ port, path: '/admin/v1/live', headers, agent: false }, (res) => {
    if (res.statusCode !== 200) throw new Error(`the live stream answers ${res.statusCode}`);
    res.resume();
  });
  req.on('error', () => {});
  return req;
}

/** Microseconds a request, of each side: from before the first batch until all is quiet after the last. */
async function batch(sides: readonly Side[], promptChars: number, requests: number): Promise<Spent[]> {
  const before = sides.map(({ child }) => spentBy(child.pid));
  for (const { child, port, key } of sides) {
    const caller = { authorization: `Bearer ${key}` };
    const to = { port, pid: child.pid, path: CHAT, callers: [caller] };
    const bytes = requestBodies('instant', false, promptChars).map((body) =>
      requestBytes(CHAT, caller, body),
    );
    const job = { kind: 'loop', to, stream: false, promptChars, connections: CONNECTIONS, requests } as const;
    const { errors, firstError } = await closedLoop(job, bytes);
    if (errors > 0) throw new Error(`${errors} requests failed: ${firstError}`);
  }
  await setTimeout(SETTLE);
  return sides.map(({ child }, index) => {
    const { main, whole } = spentBy(child.pid);
    const was = before[index] ?? { main: 0, whole: 0 };
    return { main: (main - was.main) / requests, whole: (whole - was.whole) / requests };
  });
}
