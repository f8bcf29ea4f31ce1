import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PUBLIC_KEYS } from '../../ledger/init.ts';
import { nameOf } from '../log.ts';
import { FeedBook } from './book.ts';
import { Feed } from './feed.ts';
import { openSender } from './open-sender.ts';
import type { Dead, FeedOrder, FeedStatus } from './order.ts';

// Runs in a worker thread: neither the data path nor the thread that watches waits for a receiver.

/** What the thread of the feeds is started with. */
export interface FeedsData {
  /** The ledger's own folder, and that of its archive. */
  readonly folder: string;
  readonly archive: string | undefined;
  /** File of what the feeds have done. */
  readonly book: string;
  /** Of Gatehouse. */
  readonly version: string;
  /** Durable entries. */
  readonly size: number;
  readonly orders: readonly FeedOrder[];
  /** False: nothing is handed on but what is tried. */
  readonly deliver: boolean;
}

/** To the thread. */
export type Told =
  | { readonly size: number }
  | { readonly orders: readonly FeedOrder[] }
  | { readonly close: true }
  | { readonly revealed: number; readonly text: string | undefined }
  | ({ readonly id: number; readonly feed: string; readonly size: number } & Asked);
export type Asked =
  | { readonly ask: 'try'; readonly seq: number }
  | { readonly ask: 'dead' }
  | { readonly ask: 'replay' };

/** From the thread. */
export type Said =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly status: readonly FeedStatus[] }
  | { readonly reveal: number; readonly feed: string; readonly review: string }
  | { readonly trouble: string };

/** What was refused and is tried again at once. */
const REPLAYED = 1000;
/** Milliseconds until a notice goes out without the text that it might have had. */
const PATIENCE = 10_000;
/** Milliseconds in which changes are gathered. */
const GATHER = 100;

const port = parentPort;
if (port === null) throw new Error('this is a thread of the gateway');
const say = (said: Said): void => port.postMessage(said);

const { folder, archive, book: file, version, size: atFirst, orders, deliver } = workerData as FeedsData;
const keys = readFileSync(join(folder, PUBLIC_KEYS), 'utf8');
const book = new FeedBook(file, createHash('sha256').update(keys).digest('hex'));
// A verifier key begins with the name of its ledger (C2SP signed-note).
const who = { version, host: hostname(), ledger: keys.split('+', 1)[0] ?? '' };
const feeds = new Map<string, Feed>();
let size = atFirst;
let gathering: NodeJS.Timeout | undefined;

function tell(): void {
  gathering ??= setTimeout(() => {
    gathering = undefined;
    say({ status: [...feeds.values()].map(({ status }) => status) });
  }, GATHER);
}

/** Feeds that are new or have changed are begun; those that are gone or have changed end first. */
async function follow(wanted: readonly FeedOrder[]): Promise<void> {
  const before = new Map([...feeds].map(([name, { order }]) => [name, JSON.stringify(order)]));
  for (const [name, feed] of feeds) {
    const order = wanted.find((one) => one.name === name);
    if (order !== undefined && JSON.stringify(order) === before.get(name)) continue;
    feeds.delete(name);
    await feed.close();
  }
  for (const order of wanted) if (!feeds.has(order.name)) begin(order);
  tell();
}

function begin(order: FeedOrder): void {
  try {
    feeds.set(
      order.name,
      new Feed({
        order,
        ...openSender(order, who),
        book,
        folder,
        archive,
        size: () => size,
        deliver,
        now: Date.now,
        chance: Math.random,
        onChange: tell,
        reveal: (review) => reveal(order.name, review),
      }),
    );
  } catch (error) {
    say({ trouble: nameOf(error) });
  }
}

/** The policy, and the keys of what is held, are not of this thread: where no answer comes, nothing goes out. */
const revealing = new Map<number, (text: string | undefined) => void>();
let asked = 0;
function reveal(feed: string, review: string): Promise<string | undefined> {
  const id = ++asked;
  return new Promise<string | undefined>((resolve) => {
    const late = setTimeout(() => resolve(undefined), PATIENCE).unref();
    revealing.set(id, (text) => {
      clearTimeout(late);
      resolve(text);
    });
    say({ reveal: id, feed, review });
  }).finally(() => revealing.delete(id));
}

async function answer(told: Extract<Told, { ask: unknown }>): Promise<void> {
  const { id } = told;
  const feed = feeds.get(told.feed);
  try {
    if (feed === undefined) throw new Error('there is no such feed');
    size = Math.max(size, told.size);
    if (told.ask === 'try') say({ id, answer: await feed.try(told.seq) });
    else {
      const dead: readonly Dead[] = book.dead(told.feed, REPLAYED);
      say({ id, answer: told.ask === 'dead' ? dead : await feed.replay(dead) });
    }
  } catch (error) {
    say({ id, failed: nameOf(error) });
  }
}

async function close(): Promise<void> {
  await Promise.all([...feeds.values()].map((feed) => feed.close()));
  clearTimeout(gathering);
  book.close();
  port?.close();
}

// One after the other: a feed that changed twice is not begun twice.
let changing: Promise<void> = follow(orders);
port.on('message', (told: Told) => {
  if ('ask' in told) changing.then(() => answer(told)).catch((error) => say({ trouble: nameOf(error) }));
  else if ('orders' in told)
    changing = changing.then(() => follow(told.orders)).catch((error) => say({ trouble: nameOf(error) }));
  else if ('revealed' in told) revealing.get(told.revealed)?.(told.text);
  else if ('close' in told) void changing.then(close);
  else {
    size = told.size;
    for (const feed of feeds.values()) feed.wake();
  }
});
