import { closeUpstreams, type Gate } from './house.ts';
import { nameOf } from './log.ts';
import type { HttpServer } from './server.ts';

/**
 * No new requests; those at work may finish for as long as `limits.drain`. Then everything is closed.
 * @param quiet the stop is not this process's to record
 */
export async function drain(gate: Gate, servers: readonly HttpServer[], quiet: boolean): Promise<void> {
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
  await gate.alarms?.close();
  try {
    if (!quiet) await gate.ledger.append({ kind: 'system.stop' });
  } catch (error) {
    gate.log('error', 'the ledger could not record the stop', { error: nameOf(error) });
  }
  await gate.watcher?.close();
  await gate.feeds?.close();
  await gate.telemetry?.close();
  closeUpstreams(gate.house);
  gate.store.close();
  await gate.vault?.close();
  await gate.ledger.close();
}

/** Those who had no entry of their own are counted into one. */
export function recordStrangers(gate: Gate): void {
  const count = gate.strangers.takeMissed();
  if (count > 0) gate.ledger.append({ kind: 'request.uncounted', count }).catch(() => {});
}
