import { chmodSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';
import { type HttpServer, listen } from './server.ts';

/** The longest socket path that every system takes (`sun_path`, unix(7)). */
const LONGEST = 103;

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

/** True where the path can be a socket's. */
export const fitsSocket = (path: string): boolean => Buffer.byteLength(path) <= LONGEST;

export interface ControlOptions {
  /** Of the caller who asks; without it the owner of the data folder does. */
  readonly key?: Secret | undefined;
  /** Milliseconds until an answer must be there. */
  readonly patience?: number;
}

/** An answer of the control socket. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Errors of a socket behind which nobody is, or is any more. */
const ABSENT = new Set(['ENOENT', 'ECONNREFUSED', 'EPIPE']);

/** Asks a running gateway over its socket; undefined where none is running. */
export function askControl(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body: JsonObject = {},
  { key, patience = 30_000 }: ControlOptions = {},
): Promise<ControlAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'localhost',
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key.reveal()}` }),
    };
    const req = http.request({ socketPath, method, path, headers, timeout: patience }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        try {
          resolve({
            status: res.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(chunks).toString()) as JsonObject,
          });
        } catch {
          reject(new Problem('environment', 'the gateway sent an answer that is not JSON'));
        }
      });
    });
    req.on('timeout', () =>
      req.destroy(new Problem('environment', `the gateway did not answer in ${patience / 1000} seconds`)),
    );
    req.on('error', (error: NodeJS.ErrnoException) => {
      // EPIPE: it was ending and took nothing of what was asked.
      if (error.code !== undefined && ABSENT.has(error.code)) resolve(undefined);
      else reject(error);
    });
    req.end(method === 'POST' ? JSON.stringify(body) : undefined);
  });
}
