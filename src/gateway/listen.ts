import cluster from 'node:cluster';
import https from 'node:https';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import type { TlsSettings } from '../settings/settings.ts';
import { askOptions, tlsOptions } from './certificates.ts';
import type { Administration } from './handle.ts';
import type { Gate } from './house.ts';
import { type HttpServer, listen, makeServer } from './server.ts';

/**
 * Each worker process has a socket of its own on the port, and the kernel spreads connections over them (Linux,
 * `SO_REUSEPORT`). Elsewhere Node's primary accepts them and hands them on: then a connection on its way to a worker that
 * is killed is answered by nobody, and closed by nobody (`handoff` in Node's `round_robin_handle.js` waits for a reply).
 */
const reusePort = cluster.isWorker && process.platform === 'linux';

/** The listener that clients reach. Throws a Problem where the address cannot be had. */
export async function listenForClients(
  gate: Gate,
  clock: Clock,
  administration: Administration | undefined,
): Promise<HttpServer> {
  const { address, port, tls } = gate.house.settings.listen;
  const server = makeServer(gate, clock, {
    local: false,
    ...(administration && { administration }),
    ...(tls && { tls: { ...tlsOptions(tls), ...askOptions(tls) } }),
  });
  if (server instanceof https.Server && tls?.client_certificates !== 'off') gate.certificates.watch(server);
  await listen(server, { host: address, port, reusePort }).catch((error) => {
    throw cannotListen(error, address, port);
  });
  return server;
}

/**
 * A renewed certificate is taken at a reload: new connections have it, those that are open go on. Where clients'
 * certificates are judged by something else than before, an open connection ends with what is in work on it.
 */
export function renewTls(gate: Gate, server: https.Server, next: TlsSettings): void {
  const before = gate.house.settings.listen.tls;
  server.setSecureContext(tlsOptions(next));
  if (before?.client_ca === next.client_ca && before?.crl === next.crl) return;
  gate.certificates.renew();
  server.closeIdleConnections();
}

/** What to do about an address that cannot be had. */
export function cannotListen(error: NodeJS.ErrnoException, address: string, port: number): Problem {
  const where = `${address}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new Problem(
        'environment',
        `${where} is in use by another program.`,
        'Stop it, or set another listen.port in gatehouse.yaml (0 takes any free one).',
        error,
      );
    case 'EACCES':
      return new Problem(
        'environment',
        `this user may not listen on ${where}.`,
        'Take a listen.port above 1023.',
        error,
      );
    case 'EADDRNOTAVAIL':
      return new Problem(
        'environment',
        `this machine has no address ${address}.`,
        'Set listen.address to one that it has.',
        error,
      );
    default:
      return new Problem(
        'environment',
        `cannot listen on ${where} (${error.code ?? 'unknown error'}).`,
        'Check listen in gatehouse.yaml.',
        error,
      );
  }
}
