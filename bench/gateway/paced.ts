import { setTimeout } from 'node:timers/promises';
import { Client } from './client.ts';
import type { Destination } from './jobs.ts';
import { StampReader } from './stamp.ts';

/** Between the starts of two streams, so that their events do not queue behind each other. */
const APART_MS = 3;

export interface PacedJob {
  readonly kind: 'paced';
  readonly to: Destination;
  readonly streams: number;
}

export interface PacedResult {
  /** Age of each event of text when its last character arrived, ms. */
  readonly agesMs: readonly number[];
}

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string | null } }[];
}

/** Opens streams whose text says when it was written, and reads how old it is on arrival. */
export async function readPaced(job: PacedJob, request: Buffer): Promise<PacedResult> {
  const ages = await Promise.all(
    Array.from({ length: job.streams }, async (_, index) => {
      await setTimeout(index * APART_MS);
      return one(job, request);
    }),
  );
  return { agesMs: ages.flat() };
}

async function one(job: PacedJob, request: Buffer): Promise<number[]> {
  const ages: number[] = [];
  const stamps = new StampReader();
  let kept = '';
  const body = (bytes: Buffer) => {
    const events = (kept + bytes.toString('latin1')).split('\n\n');
    kept = events.pop() ?? '';
    for (const event of events) ages.push(...stamps.push(textOf(event)));
  };
  const ended = Promise.withResolvers<string | undefined>();
  const client = await Client.open(job.to.port, { body, done: ended.resolve });
  client.send(request, true);
  const flaw = await ended.promise;
  client.close();
  if (flaw !== undefined) throw new Error(flaw);
  if (ages.length === 0) throw new Error('a paced stream without stamps');
  return ages;
}

function textOf(event: string): string {
  const data = /^data: (\{.*\})$/m.exec(event)?.[1];
  if (data === undefined) return '';
  return (JSON.parse(data) as Chunk).choices[0]?.delta.content ?? '';
}
