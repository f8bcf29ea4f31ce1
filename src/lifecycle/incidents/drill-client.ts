import http from 'node:http';
import https from 'node:https';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';

/** Where the gateway of a drill answers. */
export interface DrillPlace {
  /** `https://gate.example.com` */
  readonly address: string;
  /** Certificates that are trusted beside those of the system, PEM. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
}

/** One request of a drill. Rejects with a Problem where nobody answers. */
export function send(
  { address, ca, signal }: DrillPlace,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: JsonObject,
): Promise<Sent> {
  const url = new URL(path, address);
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        timeout: 60_000,
        signal,
        ...(ca !== undefined && { ca }),
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    req.on('timeout', () => req.destroy(new Error('no answer')));
    req.on('error', (cause) =>
      reject(
        signal.aborted
          ? cause
          : new Problem(
              'environment',
              `the gateway does not answer at ${address}`,
              'Name it with --url.',
              cause,
            ),
      ),
    );
    req.end(body && JSON.stringify(body));
  });
}
