import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later, setInterval } from 'node:timers';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Alert } from '../../detect/alert.ts';
import { type Alerted, alertIn } from '../../incidents/alert.ts';
import { LedgerFollower } from '../../ledger/follow.ts';
import { nodeTreeHash } from '../../ledger/hashing.ts';
import { PUBLIC_KEYS } from '../../ledger/init.ts';
import { LEAST_LEVEL, Subtrees } from '../../views/subtrees.ts';
import { Views } from '../../views/views.ts';
import { nameOf } from '../log.ts';
import { answerTo } from './answer.ts';
import { Detection } from './detection.ts';
import { type Live, liveOf } from './live.ts';
import type { Question } from './questions.ts';
import type { WatchedRules } from './rules.ts';

// Runs in a worker thread: the data path does not wait for anything here.

/** What the thread that watches is started with. */
export interface WatchData {
  /** The ledger's own folder, and that of its archive. */
  readonly folder: string;
  readonly archive: string | undefined;
  /** Durable entries. */
  readonly size: number;
  /** File of the views. */
  readonly views: string;
  /** What is looked for over time. */
  readonly rules: WatchedRules;
}

/** To the thread. */
export type Told =
  /** Durable entries. */
  | { readonly size: number }
  | { readonly close: true }
  | { readonly rules: WatchedRules }
  /** Answered when everything before `size` was seen, or a moment later. */
  | { readonly id: number; readonly question: Question; readonly asked: unknown; readonly size: number };

/** From the thread. */
export type Said =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly seen: Live }
  /** Raised by detections, and not in the ledger yet as far as is known here. */
  | { readonly raised: readonly Alert[] }
  | { readonly alerts: readonly Alerted[] }
  /** The ledger cannot be read on; it is tried again. */
  | { readonly trouble: string };

/** Entries of one batch: whoever asks a question waits no longer than for one. */
const BATCH = 2000;
/** Milliseconds between looks at the time, though nothing comes. */
const TICK = 10_000;
/** Milliseconds until a ledger that could not be read is tried again. */
const AGAIN = 5000;
/** Milliseconds for which a question waits for what was written before it was asked. */
const WAIT = 1000;

type Asked = Extract<Told, { question: unknown }>;

const port = parentPort;
if (port === null) throw new Error('this is a thread of the gateway');
const say = (said: Said): void => port.postMessage(said);

const { folder, archive, size: atFirst, views: file, rules: rulesAtFirst } = workerData as WatchData;
// Views of another ledger are not taken for its own.
const ledger = createHash('sha256')
  .update(readFileSync(join(folder, PUBLIC_KEYS)))
  .digest('hex');
const views = Views.open(file, ledger, atFirst);
const subtrees = new Subtrees(views.database, nodeTreeHash);
const provable = { folder, archive, subtrees, least: LEAST_LEVEL };
let rules = rulesAtFirst;
let detection = new Detection(views, rules);
/** What the views have had may be news to the detections: they read again what came since they were saved. */
const from = (): number => Math.min(views.next, detection.next, subtrees.next);
let follower = new LedgerFollower(folder, from(), archive);
let size = atFirst;
let closing = false;
let running = false;
const waiting = new Map<Asked, NodeJS.Timeout>();

/** Takes what is durable. What could not be taken is read again, from where the views are. */
async function run(): Promise<void> {
  if (running) return;
  running = true;
  while (!closing && from() < size) {
    try {
      const entries = await follower.take(size, BATCH);
      if (entries.length === 0) throw new Error('the ledger has fewer entries than it says');
      const fresh = entries.filter(({ seq }) => seq >= views.next);
      subtrees.take(entries);
      const exchanges = views.take(fresh);
      say({ seen: liveOf(exchanges, views.next) });
      detection.take(entries);
      tellRaised();
      const alerts = fresh.flatMap((entry) => alertIn(entry) ?? []);
      if (alerts.length > 0) say({ alerts });
      for (const asked of waiting.keys()) if (asked.size <= views.next) void answer(asked);
      await setImmediate();
    } catch (error) {
      // What was cut off by the end is no trouble.
      if (closing) break;
      say({ trouble: nameOf(error) });
      await follower.close();
      // What it did since it was saved may be half done.
      detection = new Detection(views, rules);
      follower = new LedgerFollower(folder, from(), archive);
      await setTimeout(AGAIN);
    }
  }
  running = false;
}

/** What the ledger had when this thread began is read first: it may say that they were told. */
function tellRaised(): void {
  if (from() < atFirst) return;
  const raised = detection.due(Date.now());
  if (raised.length > 0) say({ raised });
}

function tick(): void {
  try {
    if (!running && from() >= size) detection.advance(Date.now());
    tellRaised();
    detection.save();
  } catch (error) {
    say({ trouble: nameOf(error) });
  }
}

/** Those that stay as they were go on where they were. */
function useRules(next: WatchedRules): void {
  detection.save();
  rules = next;
  detection = new Detection(views, rules);
}

async function answer(asked: Asked): Promise<void> {
  clearTimeout(waiting.get(asked));
  waiting.delete(asked);
  const { id, question } = asked;
  try {
    const answered = await answerTo({ views, ledger: provable }, question, asked.asked as never);
    say({ id, answer: answered });
  } catch (error) {
    say({ id, failed: nameOf(error) });
  }
}

function ask(asked: Asked): void {
  waiting.set(
    asked,
    later(() => void answer(asked), WAIT),
  );
  size = Math.max(size, asked.size);
  if (asked.size <= views.next) void answer(asked);
  else void run();
}

async function close(): Promise<void> {
  closing = true;
  clearInterval(ticking);
  for (const late of waiting.values()) clearTimeout(late);
  await follower.close();
  detection.save();
  views.close();
  port?.close();
}

const ticking = setInterval(tick, TICK);
port.on('message', (told: Told) => {
  if ('question' in told) ask(told);
  else if ('close' in told) void close();
  else if ('rules' in told) useRules(told.rules);
  else {
    size = told.size;
    void run();
  }
});
void run();
