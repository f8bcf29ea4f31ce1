// The floor: what any gateway on Node costs that lets bytes through and looks at none of them.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { answerJobs } from '../harness/child.ts';

/** Headers of the upstream's connection, which are not the client's business (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

class Relay implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;
  #gone = false;

  constructor(res: ServerResponse) {
    this.#res = res;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#res.once('close', () => {
      if (this.#res.writableFinished) return;
      this.#gone = true;
      controller.abort(new Error('the client has gone'));
    });
    this.#res.on('drain', () => controller.resume());
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name));
    this.#res.writeHead(status, Object.fromEntries(kept));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#gone && !this.#res.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#res.end();
  }

  onResponseError(): void {
    if (this.#res.headersSent) this.#res.destroy();
    else this.#res.writeHead(502).end();
  }
}

async function serve({ upstream }: { upstream: number }): Promise<{ port: number }> {
  const pool = new Pool(`http://127.0.0.1:${upstream}`, { connections: null, pipelining: 1 });
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    const { 'content-length': length, 'content-type': type = 'application/json' } = req.headers;
    const headers = { 'content-type': type, ...(length === undefined ? {} : { 'content-length': length }) };
    pool.dispatch({ method: 'POST', path: req.url ?? '/', headers, body: req }, new Relay(res));
  });
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
}

answerJobs(serve);
