import { Client } from './client.ts';
import type { Destination } from './jobs.ts';

/** Opened at a time, so that the target's listen queue never overflows. */
const BATCH = 50;
const FIRST_BYTE_MS = 20_000;

export interface OpenJob {
  readonly kind: 'open';
  readonly to: Destination;
  readonly streams: number;
}

const held = new Set<Client>();

/** Opens slow streams and leaves them open; resolves when each has given its first bytes. */
export async function openStreams(job: OpenJob, request: Buffer): Promise<{ open: number }> {
  for (let opened = 0; opened < job.streams; opened += BATCH) {
    await Promise.all(Array.from({ length: Math.min(BATCH, job.streams - opened) }, () => one(job, request)));
  }
  return { open: held.size };
}

async function one(job: OpenJob, request: Buffer): Promise<void> {
  const first = Promise.withResolvers<void>();
  const fail = (flaw: string) => first.reject(new Error(flaw));
  const late = setTimeout(fail, FIRST_BYTE_MS, 'a stream without a first byte');
  const done = (flaw = 'a slow stream ended') => fail(flaw);
  const client = await Client.open(job.to.port, { body: () => first.resolve(), done });
  held.add(client);
  client.send(request, true);
  await first.promise.finally(() => clearTimeout(late));
}

export function closeStreams(): void {
  for (const client of held) client.close();
  held.clear();
}
