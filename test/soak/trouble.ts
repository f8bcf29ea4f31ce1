import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { tree } from '../../bench/harness/proc.ts';
import type { Options } from './options.ts';
import { administer } from './processes.ts';
import type { Scene } from './scene.ts';
import { type Configuration, MISTAKES, writeConfiguration } from './settings.ts';
import { randomFrom } from './texts.ts';

/** A person whose content was erased. */
export interface Erasure {
  readonly subject: string;
  readonly from: number;
  readonly to: number;
}

interface VaultStatus {
  readonly current: string;
  readonly masters: readonly { readonly name: string; readonly keys: number }[];
}

/** What is done, and every how many seconds. */
const PACE = { reload: 4, rotate: 20, guest: 30, kill: 25, witness: 30, master: 60, erase: 20, metrics: 10 };
type Deed = keyof typeof PACE;
const QUICK: Readonly<Record<Deed, number>> = {
  reload: 2,
  rotate: 4,
  guest: 5,
  kill: 4,
  witness: 4,
  master: 5,
  erase: 4,
  metrics: 3,
};

/** Disturbs the gateway in every way that it must bear, until it is stopped. */
export class Trouble {
  readonly done: Record<Deed, number> = {
    reload: 0,
    rotate: 0,
    guest: 0,
    kill: 0,
    witness: 0,
    master: 0,
    erase: 0,
    metrics: 0,
  };
  /** When a worker was killed. */
  readonly kills: number[] = [];
  readonly erasures: Erasure[] = [];
  readonly #scene: Scene;
  readonly #options: Options;
  readonly #found: (what: string, about: string) => void;
  readonly #random: () => number;
  readonly #stop = new AbortController();
  readonly #deeds: Promise<void>[];
  /** One change of the configuration at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(scene: Scene, options: Options, found: (what: string, about: string) => void) {
    this.#scene = scene;
    this.#options = options;
    this.#found = found;
    this.#random = randomFrom(options.seed + 77);
    const pace = options.quick ? QUICK : PACE;
    this.#deeds = (Object.keys(PACE) as Deed[]).map((deed) => this.#again(deed, pace[deed] * 1000));
    if (options.minutes > 2) this.#deeds.push(this.#turnIssuer(options.minutes * 27_000));
  }

  /** Resolves when nothing is under way, and everything is up again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#deeds);
    await this.#configure({});
  }

  async #again(deed: Deed, every: number): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await pause(every, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.#do(deed);
        this.done[deed] += 1;
      } catch (error) {
        this.#found(`${deed} failed`, (error as Error).message);
      }
    }
  }

  #do(deed: Deed): Promise<void> {
    const { people } = this.#scene;
    switch (deed) {
      case 'reload':
        return this.done.reload % 2 === 0 ? this.#mistake() : this.#configure({});
      case 'rotate':
        return people.rotate();
      case 'guest':
        return people.comeAndGo(`guest-${this.done.guest}`);
      case 'kill':
        return this.#kill();
      case 'witness':
        return this.#loseWitness();
      case 'master':
        return this.#serially(() => this.#turnMaster());
      case 'erase':
        return this.#erase();
      case 'metrics':
        return this.#metrics();
    }
  }

  #serially<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.catch(() => {}).then(act);
    this.#last = mine;
    return mine;
  }

  /** A good configuration with something changed, and a certificate that is new. */
  #configure(change: Partial<Configuration>): Promise<void> {
    return this.#serially(() => this.#reload(change));
  }

  async #reload(change: Partial<Configuration>): Promise<void> {
    const scene = this.#scene;
    const next = { ...scene.configuration, ...change, version: scene.configuration.version + 1 };
    const leaf = await scene.authority.issue([['dns', 'localhost']]);
    writeConfiguration(scene.folder, next, leaf);
    const line = await this.#hang();
    if (!line.includes('configuration reloaded'))
      throw new Error(`a good configuration was refused: ${line}`);
    scene.configuration = next;
    // Workers hear of it a moment after the primary.
    for (let turns = 0; (await this.#serial()) !== leaf.serial; turns++) {
      if (turns === 100) return this.#found('a renewed certificate is not shown', leaf.serial);
      await pause(50);
    }
  }

  #mistake(): Promise<void> {
    return this.#serially(async () => {
      const { folder, configuration } = this.#scene;
      MISTAKES[(this.done.reload >> 1) % MISTAKES.length]?.(folder, configuration);
      const line = await this.#hang();
      if (!line.includes('reload refused')) throw new Error(`a bad configuration was taken: ${line}`);
    });
  }

  #hang(): Promise<string> {
    const { gateway } = this.#scene;
    const said = gateway.nextError(/"message":"(configuration reloaded|reload refused)/);
    gateway.child.kill('SIGHUP');
    return said;
  }

  /** Serial number of the certificate that a new connection is shown. */
  #serial(): Promise<string> {
    const { port, ca } = this.#scene.door;
    return new Promise((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        const { serialNumber } = socket.getPeerCertificate();
        socket.destroy();
        resolve(serialNumber.toLowerCase());
      });
      socket.on('error', () => resolve(''));
      // A worker that is killed answers nothing.
      socket.setTimeout(5_000, () => {
        socket.destroy();
        resolve('');
      });
    });
  }

  /** The youngest worker, so that the eldest can show how its memory goes. */
  async #kill(): Promise<void> {
    const workers = tree(this.#scene.gateway.pid).slice(1);
    const youngest = Math.max(...workers);
    if (this.#options.workers < 2 || workers.length < 2) return;
    this.kills.push(Date.now());
    process.kill(youngest, 'SIGKILL');
  }

  async #loseWitness(): Promise<void> {
    const [, second] = this.#scene.honest;
    await second.down();
    await pause(this.#options.quick ? 2_000 : 10_000);
    await second.up();
  }

  /** A new master key comes, everything is wrapped by it, and the old one goes. */
  async #turnMaster(): Promise<void> {
    const scene = this.#scene;
    const [old = 'm0'] = scene.configuration.masters;
    const name = `m${this.done.master + 1}`;
    scene.newMaster(name);
    await this.#reload({ masters: [name, old] });
    await administer(scene.folder, ['vault', 'rotate']);
    const status = await administer<VaultStatus>(scene.folder, ['vault', 'status']);
    const left = status.masters.find((master) => master.name === old)?.keys;
    if (left !== 0)
      this.#found('a master key still wraps something after all was wrapped anew', `${old}: ${left}`);
    await this.#reload({ masters: [name] });
  }

  async #erase(): Promise<void> {
    const subject = `customer-${Math.floor(this.#random() * 4)}`;
    const from = Date.now();
    await administer(this.#scene.folder, ['vault', 'erase', '--subject', subject]);
    this.erasures.push({ subject, from, to: Date.now() });
  }

  async #metrics(): Promise<void> {
    const { status, text } = await readMetrics(this.#scene);
    // Whoever is asked may be killed meanwhile.
    if (status !== 0 && (status !== 200 || !text.includes('gatehouse_ledger_open 1')))
      this.#found('the metrics do not say that the ledger is open', String(status));
  }

  async #turnIssuer(after: number): Promise<void> {
    await pause(after, undefined, { signal: this.#stop.signal }).catch(() => {});
    if (!this.#stop.signal.aborted) await this.#scene.people.rotateIssuer();
  }
}

/** `GET /metrics`; status 0 where the connection broke. */
export function readMetrics({ door, auditor }: Scene): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${auditor}` };
    const options = {
      host: '127.0.0.1',
      ...door,
      servername: 'localhost',
      path: '/metrics',
      agent: false,
      headers,
    };
    const req = https.request(options, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('error', () => {});
      res.on('close', () => resolve({ status: res.complete ? (res.statusCode ?? 0) : 0, text }));
    });
    req.on('error', () => resolve({ status: 0, text: '' }));
    req.setTimeout(10_000, () => req.destroy());
    req.end();
  });
}
