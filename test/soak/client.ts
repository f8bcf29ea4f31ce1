import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Asked } from './answers.ts';

/** How a client behaves beside asking. */
export interface Manners {
  /** Goes away when the first bytes are there, or after so many milliseconds. */
  readonly leaves?: number;
  /** Rests so many milliseconds after each piece. */
  readonly rests?: number;
}

export interface Answer {
  /** 0 where none came. */
  readonly status: number;
  readonly requestId: string;
  readonly raw: string;
  /** The connection ended as HTTP says; else it broke, or the client left. */
  readonly complete: boolean;
  readonly left: boolean;
}

/** Longest that an answer may take, in milliseconds: beyond, something hangs. */
const LONGEST = 60_000;

export interface Door {
  readonly port: number;
  readonly ca: string;
}

/** A connection of its own, kept for the next request. */
export const agentFor = ({ ca }: Door): https.Agent =>
  new https.Agent({ keepAlive: true, maxSockets: 1, ca, servername: 'localhost' });

/** Asks once, and hears whatever comes. Never rejects; `status` −1 says that it took too long. */
export function ask(
  door: Door,
  asked: Asked,
  headers: Readonly<Record<string, string>>,
  agent: https.Agent | false,
  { leaves, rests }: Manners = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    let [status, requestId, raw, left] = [0, '', '', false];
    let timer: NodeJS.Timeout | undefined;
    const done = (complete: boolean) => {
      clearTimeout(timer);
      resolve({ status, requestId, raw, complete, left });
    };
    const options = {
      host: '127.0.0.1',
      port: door.port,
      path: asked.path,
      method: 'POST',
      agent,
      ca: door.ca,
      servername: 'localhost',
      headers: { ...asked.headers, ...headers, 'content-length': Buffer.byteLength(asked.body) },
    };
    const req = https.request(options, async (res) => {
      status = res.statusCode ?? 0;
      requestId = String(res.headers['x-request-id'] ?? '');
      res.setEncoding('utf8');
      try {
        for await (const chunk of res) {
          raw += String(chunk);
          if (leaves !== undefined) leave();
          if (rests !== undefined) await pause(rests);
        }
      } catch {
        return done(false);
      }
      done(res.complete);
    });
    const leave = () => {
      left = true;
      req.destroy();
    };
    timer = setTimeout(() => {
      if (leaves === undefined) status = -1;
      leave();
    }, leaves ?? LONGEST);
    req.on('error', () => done(false));
    req.on('close', () => {
      if (status === 0) done(false);
    });
    req.end(asked.body);
  });
}
