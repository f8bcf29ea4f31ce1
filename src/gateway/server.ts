import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { requestId } from '../base/ids.ts';
import { Answer } from './answer.ts';
import { readAsk } from './ask.ts';
import { type Administration, handle } from './handle.ts';
import type { Gate } from './house.ts';

export type HttpServer = http.Server | https.Server;

/**
 * Headers of every answer: nothing here is a page, and nothing may be kept, guessed at, framed or drawn into the page of
 * another. What is a page says so itself.
 */
const SAFE = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Browsers come by TLS alone from then on, for a year (RFC 6797). It holds for a name with all of its ports, so it is not said
 * of this machine's own: other programs answer there.
 */
const HSTS = { 'strict-transport-security': 'max-age=31536000' };
const isOwnName = (host = ''): boolean => /(?:^|\.)localhost(?::\d+)?$/i.test(host);

/**
 * The listener: bounds on connections, headers and time are set here, before any of our code sees a request.
 * @param local the control socket in the data folder: who can open it owns the gateway
 */
export function makeServer(
  gate: Gate,
  clock: Clock,
  options: { local: boolean; tls?: https.ServerOptions; administration?: Administration },
): HttpServer {
  const { limits } = gate.house.settings;
  const settings = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.header_time,
    requestTimeout: limits.header_time + limits.body_time,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 15_000,
    keepAliveTimeoutBuffer: 0,
    joinDuplicateHeaders: false,
    requireHostHeader: true,
    insecureHTTPParser: false,
    noDelay: true,
  };
  /** Connections on which an answer is under way. */
  const answering = new WeakSet<Socket>();
  const serve = (req: http.IncomingMessage, res: http.ServerResponse) => {
    const id = requestId(clock.now());
    const answer = new Answer(res, gate.house.settings.limits.client_idle, {
      ...SAFE,
      ...(options.tls !== undefined && !isOwnName(req.headers.host) && HSTS),
      'x-request-id': id,
      'request-id': id,
    });
    const { socket } = req;
    answering.add(socket);
    res.on('close', () => {
      answering.delete(socket);
      gate.certificates.release(socket);
    });
    handle(
      readAsk(req, id, options.local ? undefined : gate.house.edge),
      answer,
      gate,
      options.administration,
    ).catch(() => answer.destroy());
  };
  const server = options.tls
    ? https.createServer({ ...settings, ...options.tls, handshakeTimeout: limits.header_time }, serve)
    : http.createServer(settings, serve);
  server.maxHeadersCount = 100;
  server.maxConnections = limits.connections;
  server.on('clientError', (error, socket: Socket) => refuseUnreadable(error, socket, answering.has(socket)));
  return server;
}

/** What Node's parser refuses never becomes a request: a bare answer, and the connection is closed. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket, answering: boolean): void {
  // In the middle of an answer to an earlier request, more words would be taken for a part of it.
  if (!socket.writable || answering) {
    socket.destroy();
    return;
  }
  const [status, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'headers_too_large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'request_timeout']
        : ['400 Bad Request', 'request_unreadable'];
  const body = JSON.stringify({
    error: { message: status.slice(4), type: 'invalid_request_error', param: null, code },
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    connection: 'close',
    ...SAFE,
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n${body}`, () => socket.destroySoon());
}

/** Listens; an address that cannot be had is a Problem that says what to do. */
export function listen(
  server: HttpServer,
  where: { port: number; host: string; reusePort: boolean } | { path: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
