import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with one request; whatever returns nothing has answered 200. */
export type Act = (got: Got, res: ServerResponse, req: IncomingMessage) => void;

/** A receiver by HTTP: a real server that keeps what it took, and does what the test says first. */
export async function receiver(t: TestContext, ...acts: readonly Act[]) {
  const seen: Got[] = [];
  const got: Got[] = [];
  const left = [...acts];
  const server = createServer(async (req, res) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const one = { path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      const act = left.shift();
      if (act !== undefined) return act(one, res, req);
      got.push(one);
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    } catch {
      res.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, got };
}

/** Milliseconds until something that never came has failed the test. */
const PATIENCE = 15_000;

/** Waits until it holds. */
export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  for (const late = Date.now() + PATIENCE; !holds(); await setTimeout(10))
    if (Date.now() > late) throw new Error(`${what} never came`);
}
