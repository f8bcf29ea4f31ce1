import http from 'node:http';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';

/** The longest socket path that every system takes (`sun_path`, unix(7)). */
const LONGEST = 103;

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
