import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import net from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { Problem, type ProblemKind } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import type { LedgerDesk } from '../../ledger/desk.ts';
import type { Background } from '../../store/background.ts';
import type { QuotaDesk } from '../../store/desk.ts';
import type { Block, Sighting } from '../abuse/desk.ts';
import type { Defence } from '../defence/defence.ts';
import type { Outcome, StanceNews } from '../defence/desk.ts';
import type { CrewFace } from '../gateway.ts';
import { cannotListen } from '../listen.ts';
import { type Log, nameOf } from '../log.ts';
import { newsOf, WorkerDesk } from './desk.ts';
import { pipeToWorker } from './pipe.ts';
import { asJson, type Enlisted, fromJson, type Trouble } from './protocol.ts';
import { askedIn } from './remote-defence.ts';
import { Line } from './rpc.ts';

/** Workers hear of the ledger's state this often, in milliseconds, and at once when it fails. */
const NEWS = 200;

/** A worker that dies is replaced at once; one that dies young again and again, only after a while. Milliseconds. */
const YOUNG = 10_000;
const LONGEST_WAIT = 30_000;

/** Milliseconds that a worker may take to answer: reading a large body may keep it busy for a while, not for so long. */
const PATIENCE = 15_000;

export interface CrewOptions {
  readonly count: number;
  readonly listen: { readonly address: string; readonly port: number };
  readonly ledger: LedgerDesk;
  readonly quotas: QuotaDesk;
  readonly background: Pick<Background, 'release'>;
  readonly clock: Clock;
  readonly log: Log;
  /** A worker is gone. @param pid of its process */
  onExit?(pid: number): void;
  /** Files of the configuration as they were read last: of the one in force, or while it is reloaded of the next. */
  read(): Readonly<Record<string, string>>;
  /** What else a worker is told when it starts. */
  readonly told: Omit<Enlisted, 'ledger' | 'files' | 'count' | 'port'>;
}

interface Hand {
  readonly worker: Worker;
  readonly line: Line;
  readonly desk: WorkerDesk;
  /** The configuration that it was started with, or has taken since. */
  version: number;
  ready: boolean;
}

/**
 * The worker processes behind one primary. They share the listening port; the ledger and the counters stay with the
 * primary. A worker that dies is replaced, and nothing that it had begun is forgotten.
 */
export class Crew implements CrewFace {
  onSighting: (sighting: Sighting) => void = () => {};
  defence: Defence | undefined;
  readonly #options: CrewOptions;
  readonly #hands = new Set<Hand>();
  #version = 0;
  #port = 0;
  /** Of the configuration in force. */
  #files: Readonly<Record<string, string>>;
  /** Of the one that is being prepared. */
  #next: Readonly<Record<string, string>> = {};
  #closing = false;
  #wait = 0;
  #news: NodeJS.Timeout | undefined;
  #told = '';

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#files = options.read();
    cluster.setupPrimary({ serialization: 'json' });
  }

  /** Starts all workers; resolves with the port when they listen. Throws the Problem of the first that cannot. */
  async start(): Promise<number> {
    // The first alone finds out whether the address can be had, and which port it is.
    this.#port = await freePort(this.#options.listen);
    const port = await this.#hire();
    await Promise.all(Array.from({ length: this.#options.count - 1 }, () => this.#hire()));
    this.#news = setInterval(() => this.#tellNews(), NEWS).unref();
    return port;
  }

  /** Workers that answer. */
  get size(): number {
    return this.#ready.length;
  }

  get #ready(): Hand[] {
    return [...this.#hands].filter(({ ready }) => ready);
  }

  /** Forks one worker; resolves with its port when it listens. */
  #hire(): Promise<number> {
    const { ledger, quotas, background, clock, count, told } = this.#options;
    const worker = cluster.fork();
    const desk = new WorkerDesk({ ledger, quotas, background, clock });
    const born = clock.tick();
    return new Promise((resolve, reject) => {
      const line = new Line(pipeToWorker(worker), 'shutting_down');
      line.serve({
        ...desk.handlers,
        observe: (told) => this.#watching.observe(askedIn(told)),
        outcome: (told) => this.#watching.outcome(fromJson<Outcome>(told)),
        stances: () => asJson(this.#watching.stances()),
        sighted: (sighting) => this.onSighting(fromJson<Sighting>(sighting)),
        enlist: () => {
          hand.version = this.#version;
          return asJson({
            ...told,
            files: this.#files,
            count,
            port: this.#port,
            ledger: newsOf(ledger),
          } satisfies Enlisted);
        },
        ready: async (port) => {
          await this.#catchUp(hand);
          hand.ready = true;
          resolve(Number(port));
          return null;
        },
        failed: (told) => {
          const { kind, message, advice } = fromJson<Trouble>(told);
          reject(new Problem(kind as ProblemKind, message, advice));
          return null;
        },
      });
      const hand: Hand = { worker, line, desk, version: this.#version, ready: false };
      this.#hands.add(hand);
      worker.once('exit', (code, signal) => {
        this.#hands.delete(hand);
        if (worker.process.pid !== undefined) this.#options.onExit?.(worker.process.pid);
        reject(new Problem('environment', `a worker ended before it could listen (${signal ?? code})`));
        desk.bury().catch((error) => {
          this.#options.log('error', 'what a worker had begun could not be recorded', {
            error: nameOf(error),
          });
        });
        if (hand.ready && !this.#closing) this.#replace(clock.tick() - born);
      });
    });
  }

  /** The configuration may have been replaced while the worker was starting with the one before. */
  async #catchUp(hand: Hand): Promise<void> {
    while (hand.version !== this.#version) {
      const version = this.#version;
      await hand.line.ask('prepare', asJson(this.#files));
      hand.line.tell('commit', null);
      hand.version = version;
    }
  }

  #replace(lived: number): void {
    const { log } = this.#options;
    this.#wait = lived >= YOUNG ? 0 : Math.min(LONGEST_WAIT, this.#wait * 2 + 100);
    log('error', 'a worker died and is replaced', { ms: Math.round(lived) });
    setTimeout(() => {
      if (this.#closing) return;
      this.#hire().catch((error) => {
        log('error', 'a worker could not be started', { error: nameOf(error) });
        if (!this.#closing) this.#replace(0);
      });
    }, this.#wait);
  }

  /** Every worker builds the new configuration. */
  prepare(): Promise<void> {
    return this.#prepare(this.#options.read());
  }

  prepareAgain(): Promise<void> {
    return this.#prepare(this.#files);
  }

  async #prepare(next: Readonly<Record<string, string>>): Promise<void> {
    this.#next = next;
    const files = asJson(next);
    const asked = this.#ready.map((hand) => this.#ask(hand, 'prepare', files));
    const answers = await Promise.allSettled(asked);
    // One that died meanwhile is replaced with the new configuration.
    const bad = answers.find((answer) => answer.status === 'rejected' && !isGone(answer.reason));
    if (bad === undefined) return;
    const { reason } = bad as PromiseRejectedResult;
    throw new Problem('usage', 'a worker could not build the new configuration', undefined, reason);
  }

  abort(): void {
    for (const { line } of this.#ready) line.tell('abort', null);
  }

  /** All take what they have prepared. */
  commit(): void {
    this.#version += 1;
    this.#files = this.#next;
    for (const hand of this.#ready) {
      hand.line.tell('commit', null);
      hand.line.flush();
      hand.version = this.#version;
    }
  }

  block(block: Block): void {
    for (const { line } of this.#hands) line.tell('block', asJson(block));
  }

  stances(news: StanceNews): void {
    for (const { line } of this.#hands) line.tell('stances', asJson(news));
  }

  get #watching(): Defence {
    if (this.defence === undefined) throw new Refusal('internal');
    return this.defence;
  }

  forget(): void {
    for (const { line } of this.#hands) {
      line.tell('forget', null);
      line.flush();
    }
  }

  /** Metrics of every worker, as prom-client's JSON. */
  async metrics(): Promise<Json[]> {
    const asked = await Promise.allSettled(this.#ready.map((hand) => this.#ask(hand, 'metrics', null)));
    return asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** A worker that does not answer at all is stuck: it is killed, and so replaced. */
  async #ask({ worker, line }: Hand, what: string, argument: Json): Promise<Json> {
    const late = setTimeout(() => {
      this.#options.log('error', 'a worker does not answer and is killed');
      worker.process.kill('SIGKILL');
    }, PATIENCE);
    try {
      return await line.ask(what, argument);
    } finally {
      clearTimeout(late);
    }
  }

  #tellNews(): void {
    const news = asJson(newsOf(this.#options.ledger));
    const text = JSON.stringify(news);
    if (text === this.#told) return;
    this.#told = text;
    for (const { line } of this.#hands) line.tell('news', news);
  }

  /** The ledger has failed, or can be written again: workers must not wait to hear of it. */
  ledgerChanged(): void {
    this.#tellNews();
  }

  /** No new requests; resolves when every worker has ended. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#news);
    await Promise.all(
      [...this.#hands].map(async ({ worker, line }) => {
        const gone = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
        await line.ask('close', null).catch(() => {});
        if (worker.isConnected()) worker.disconnect();
        await gone;
      }),
    );
  }
}

const isGone = (reason: unknown): boolean => reason instanceof Refusal && reason.code === 'shutting_down';

/**
 * The port that is wanted; a free one for 0, which every worker can then be told. Whether it is free is found out here:
 * sockets of workers share it, also with those of another gateway. Throws a Problem where it cannot be had.
 */
async function freePort({ address, port }: CrewOptions['listen']): Promise<number> {
  const probe = net.createServer().listen(port, address);
  await once(probe, 'listening').catch((error) => {
    throw cannotListen(error, address, port);
  });
  const found = (probe.address() as net.AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return found;
}
