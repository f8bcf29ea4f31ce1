import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { type Disk, nodeDisk } from '../../src/ledger/disk.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type Script, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { brokenGuards } from './broken-guards.ts';
import { predictionsAt } from './predicting.ts';
import { serveKeySet } from './token-issuer.ts';

/** What came back. */
export interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Send {
  readonly method?: string;
  readonly path: string;
  /** Sent as it is if it is text or bytes. */
  readonly body?: unknown;
  /** Beside the app's key and the JSON content type; undefined takes one of them away. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

/** A real gateway before a scripted upstream, and a client that sends whatever it is told to. */
export interface Lab {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  /** The upstream says hello, in the dialect it is asked in. */
  readonly hello: Script;
  send(request: Send): Promise<Got>;
  /** Bytes over a socket of their own; everything that comes back within the connection. */
  raw(bytes: string | Buffer): Promise<string>;
  /** Closing entry of the last request. */
  lastEntry(): Record<string, never>;
  close(): Promise<void>;
}

/** More roles, in the list that the harness begins. */
export const HELPER = `  helper: { allow: [{ actions: ["callers.*"] }] }
  clerk: { allow: [{ actions: [predict, models.list], models: [words] }] }
`;

export const GUARDS = `guards:
  - { use: bounds, budget: 30s }
  - { use: secrets, action: mask, budget: 30s }
  - use: patterns
    name: words
    budget: 30s
    patterns:
      - { id: forbidden, match: "forbidden fruit", ignore_case: true }
      - { id: codename, words: [nightjar] }
      - { id: card, match: "4111111111111111" }
`;

export interface LabOptions {
  readonly policy: string;
  /** More lines for `gatehouse.yaml`, behind those of `upstreams`. */
  readonly settings?: (upstream: string) => string;
  readonly listen?: string;
  /** More lines below `identity:`. */
  readonly identity?: string;
  /** Files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** That entries are durable before anything happens is tested elsewhere; thousands of requests need not wait for a disk. */
const hasty: Disk = {
  ...nodeDisk,
  open: async (path) => {
    const file = await nodeDisk.open(path);
    file.sync = async () => {};
    return file;
  },
};

export async function openLab(options: LabOptions): Promise<Lab> {
  const [upstream, keySet] = await Promise.all([startUpstream(), serveKeySet()]);
  const models = predictionsAt(upstream.url);
  const google = `  goog: { dialect: gemini, url: "${upstream.url}/v1beta", key: upstream-key-google, models: [gemini] }\n`;
  const gateway = await startGateway({
    upstream: upstream.url,
    kinds: brokenGuards,
    ledger: { disk: hasty },
    ...options,
    files: { ...models.files, ...options.files },
    settings:
      google +
      (options.settings?.(upstream.url) ?? '') +
      models.settings +
      keySet.settings +
      (options.identity ?? ''),
  });
  const { hostname, port } = new URL(gateway.url);
  const agent = new http.Agent({ keepAlive: true });
  return {
    gateway,
    upstream,
    hello: upstream.script,
    lastEntry: () => lastOf(join(gateway.folder, 'gatehouse-data', 'ledger')),
    send: ({ method = 'POST', path, body, headers = {} }) =>
      new Promise((resolve, reject) => {
        const bytes =
          body === undefined
            ? undefined
            : typeof body === 'string' || Buffer.isBuffer(body)
              ? body
              : JSON.stringify(body);
        const all = {
          'content-type': 'application/json',
          authorization: `Bearer ${gateway.key}`,
          ...(bytes !== undefined && { 'content-length': String(Buffer.byteLength(bytes)) }),
          ...headers,
        };
        const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
        const req = http.request({ hostname, port, method, path, headers: given, agent }, (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('error', reject);
          res.on('end', () =>
            resolve({
              status: res.statusCode ?? 0,
              headers: res.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        });
        req.on('error', reject);
        req.end(bytes);
      }),
    raw: (bytes) =>
      new Promise((resolve) => {
        let text = '';
        const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
        socket.setTimeout(1500, () => socket.destroy());
        socket.on('data', (chunk) => {
          text += chunk.toString();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
      }),
    async close() {
      agent.destroy();
      await gateway.close();
      await upstream.close();
      keySet.close();
    },
  };
}

/** Labs that cases of their own share: opened when the first needs them, and closed with all others. */
const sides = new Map<string, Promise<Lab>>();
export function sideLab(name: string, options: LabOptions): Promise<Lab> {
  const lab = sides.get(name) ?? openLab(options);
  sides.set(name, lab);
  return lab;
}
export const closeSideLabs = async (): Promise<void> => {
  for (const lab of sides.values()) await (await lab).close();
  sides.clear();
};

/** The newest entry of a request, read from the end of the newest segment. */
function lastOf(ledger: string): Record<string, never> {
  const segment = readdirSync(ledger)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  const file = openSync(join(ledger, segment ?? ''), 'r');
  try {
    const tail = Buffer.alloc(64 * 1024);
    const length = readSync(file, tail, 0, tail.length, Math.max(0, fstatSync(file).size - tail.length));
    const line = tail
      .toString('utf8', 0, length)
      .split('\n')
      .findLast((text) => text.includes('"kind":"request.'));
    return JSON.parse(line ?? '{}') as Record<string, never>;
  } finally {
    closeSync(file);
  }
}
