import { chmodSync, rmSync } from 'node:fs';
import { Problem } from '../base/problem.ts';
import { type HttpServer, listen } from './server.ts';

/**
 * The control socket: the admin API for whoever owns the data folder, so that the command line reaches a running
 * gateway without a key. A file left by a process that was killed is replaced; the ledger's lock has made sure that
 * no other gateway is using it.
 */
export async function listenOnSocket(server: HttpServer, path: string): Promise<void> {
  rmSync(path, { force: true });
  try {
    await listen(server, { path });
    chmodSync(path, 0o600);
  } catch (error) {
    throw new Problem(
      'environment',
      `cannot open the control socket ${path}`,
      'Use a data folder with a shorter path on a local disk.',
      error,
    );
  }
}
