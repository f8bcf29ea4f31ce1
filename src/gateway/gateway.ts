import { createSecretKey } from 'node:crypto';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import type { LedgerDesk } from '../ledger/desk.ts';
import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import { buildHouse, type Parts } from './build-house.ts';
import { listenOnSocket } from './control.ts';
import { closeUpstreams, type Gate, replaceHouse } from './house.ts';
import { type Log, nameOf } from './log.ts';
import { Metrics } from './metrics.ts';
import { addressOf, type HttpServer, listen, makeServer } from './server.ts';
import { Strangers } from './strangers.ts';

/** Entries a minute for requests of nobody known; beyond, they are counted. */
const STRANGERS = 60;

export interface GatewayOptions {
  readonly settings: Settings;
  readonly policy: Policy;
  /** Reads settings and policy anew. Throws a Problem where they are bad. */
  readonly load: () => Promise<{ readonly settings: Settings; readonly policy: Policy }>;
  readonly parts: Omit<Parts, 'clock'>;
  readonly ledger: LedgerDesk;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** 32 bytes: the key of the digests in the ledger. */
  readonly digestKey: Uint8Array;
  /** Path of the control socket; none where undefined. */
  readonly socket?: string | undefined;
  /** Answer on the control socket alone: for one administrative act while no gateway is running. */
  readonly controlOnly?: boolean;
}

/** A gateway at work. */
export interface Gateway {
  /** Where it answers, `http://127.0.0.1:8642`. */
  readonly address: string;
  readonly gate: Gate;
  reload(): Promise<void>;
  /** No new requests; those at work may finish, for as long as `limits.drain`; then the ledger is closed. */
  close(): Promise<void>;
}

/** Starts to listen. Throws a Problem where the address cannot be had. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { ledger, store, clock, log, load } = options;
  const parts: Parts = { ...options.parts, clock };
  const gate: Gate = {
    house: buildHouse(options.settings, options.policy, parts),
    ledger,
    store,
    clock,
    log,
    metrics: new Metrics({
      open: () => gate.open,
      ledgerSize: () => ledger.size,
      ledgerOpen: () => ledger.state === 'open',
    }),
    strangers: new Strangers(STRANGERS, clock.now),
    digestKey: createSecretKey(options.digestKey),
    open: 0,
    closing: false,
    reload: serially(async () => {
      const next = await load();
      checkReload(gate.house.settings, next.settings);
      const house = buildHouse(next.settings, next.policy, parts);
      await ledger.append({ kind: 'system.reload', policy: house.policy.hash });
      // From here on nothing can fail: the certificate was tried when the house was built.
      const { tls } = next.settings.listen;
      if (tls !== undefined) secure?.(tls);
      replaceHouse(gate, house);
      log('info', 'configuration reloaded');
    }),
  };
  const control = makeServer(gate, clock, { local: true });
  const servers: HttpServer[] = [control];
  let secure: ((tls: TlsSettings) => void) | undefined;
  let address = '';
  if (options.controlOnly !== true) {
    const server = await listenForClients(gate, clock);
    address = addressOf(options.settings, (server.address() as AddressInfo).port);
    servers.push(server);
    if (server instanceof https.Server) secure = (tls) => server.setSecureContext(tlsOptions(tls));
    await ledger.append({ kind: 'system.start', policy: gate.house.policy.hash });
  }
  if (options.socket !== undefined) await listenOnSocket(control, options.socket);
  const counting = setInterval(() => recordStrangers(gate), 60_000).unref();
  let closing: Promise<void> | undefined;
  return {
    address,
    gate,
    reload: gate.reload,
    close() {
      closing ??= drain(gate, servers, options.controlOnly === true).finally(() => clearInterval(counting));
      return closing;
    },
  };
}

/** One reload at a time, each with what is in the files when its turn comes. */
function serially(act: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = last.catch(() => {}).then(act);
    last = mine;
    return mine;
  };
}

/** What cannot change while the gateway runs is an error, not silently the old value. */
function checkReload(before: Settings, next: Settings): void {
  // The listener and its parser are made once (`makeServer`).
  const fixed = ({ listen: { address, port, tls }, data, ledger, limits }: Settings) => {
    const { connections, headers, header_time, body_time } = limits;
    return JSON.stringify({
      address,
      port,
      secure: tls !== undefined,
      data,
      ledger,
      connections,
      headers,
      header_time,
      body_time,
    });
  };
  if (fixed(before) !== fixed(next)) {
    throw new Problem(
      'usage',
      'listen, data, ledger, and the limits connections, headers, header_time and body_time can only change with a restart',
      'Undo that change, or restart.',
    );
  }
}

function recordStrangers(gate: Gate): void {
  const count = gate.strangers.takeMissed();
  if (count > 0) gate.ledger.append({ kind: 'request.uncounted', count }).catch(() => {});
}

type TlsSettings = NonNullable<Settings['listen']['tls']>;

/** A renewed certificate is taken at a reload: new connections have it, those that are open go on. */
const tlsOptions = ({ cert, key }: TlsSettings) =>
  ({ cert, key: key.reveal(), minVersion: 'TLSv1.2' }) as const;

async function listenForClients(gate: Gate, clock: Clock): Promise<HttpServer> {
  const { address, port, tls } = gate.house.settings.listen;
  const server = makeServer(gate, clock, {
    local: false,
    ...(tls && { tls: tlsOptions(tls) }),
  });
  await listen(server, { host: address, port }).catch((error) => {
    throw cannotListen(error, address, port);
  });
  return server;
}

async function drain(gate: Gate, servers: readonly HttpServer[], quiet: boolean): Promise<void> {
  gate.closing = true;
  const { drain: patience } = gate.house.settings.limits;
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  // A connection is idle again when its last answer is out, and would be kept for the next request.
  const closeIdle = () => {
    for (const server of servers) server.closeIdleConnections();
  };
  closeIdle();
  const sweeping = setInterval(closeIdle, 50);
  const deadline = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, patience);
  await Promise.all(closed);
  clearTimeout(deadline);
  clearInterval(sweeping);
  // An answer may be over while its last entry or settlement is not; what hangs all the same is left behind.
  for (let turns = 0; gate.open > 0 && turns < 1000; turns++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  recordStrangers(gate);
  try {
    if (!quiet) await gate.ledger.append({ kind: 'system.stop' });
  } catch (error) {
    gate.log('error', 'the ledger could not record the stop', { error: nameOf(error) });
  }
  closeUpstreams(gate.house);
  gate.store.close();
  await gate.ledger.close();
}

function cannotListen(error: NodeJS.ErrnoException, address: string, port: number): Problem {
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
