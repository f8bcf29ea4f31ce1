import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { gatehouse, keysIn, type Ran, type Served, serve } from '../harness/cli.ts';

/** A gateway in a folder of its own, as `gatehouse init` makes it, and the commands that are given to it. */
export class House {
  readonly folder: string;
  /** Commands are run in this process: quicker, and the same code. */
  readonly #here: boolean;
  readonly #ends: (() => unknown)[] = [];
  #served: Served | undefined;
  #admin = '';

  constructor(here: boolean) {
    this.#here = here;
    this.folder = mkdtempSync(join(tmpdir(), 'gatehouse-story-'));
  }

  get #env(): Record<string, string> {
    return { GATEHOUSE_KEY: this.#admin };
  }

  get ledger(): string {
    return this.path('gatehouse-data', 'ledger');
  }

  get url(): string {
    if (this.#served === undefined) throw new Error('the gateway is not running');
    return this.#served.address;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** What `init` makes, and the few lines that a shop adds to it. Returns those of the policy. */
  async found(model: string): Promise<readonly string[]> {
    this.#admin = keysIn((await this.must('init')).out).admin;
    const change = (file: string, by: (text: string) => string) =>
      writeFileSync(this.path(file), by(readFileSync(this.path(file), 'utf8')));
    change('gatehouse.yaml', (text) => `${text.replace(/^upstreams:\n/m, upstreams(model))}${SETTINGS}`);
    change('policy.yaml', (text) => `${text.replace('action: flag', WATCH)}${POLICY}`);
    await this.must('policy', 'check');
    return [`${WATCH}   # was: flag`, ...POLICY.trim().split('\n')].map((line) => line.trim());
  }

  async open(): Promise<void> {
    // Whatever ends this process ends the gateway.
    this.#served = await serve({ after: (end) => void this.#ends.push(end) }, this.folder);
  }

  async shut(): Promise<void> {
    await this.#served?.stop();
    this.#served = undefined;
  }

  /** Runs `gatehouse ARGS` to its end, whatever it comes to. */
  run(...args: string[]): Promise<Ran> {
    return this.#here ? this.look(...args) : gatehouse(this.folder, args, this.#env);
  }

  /** The same in this process, for what is looked at again and again. */
  async look(...args: string[]): Promise<Ran> {
    const env = this.#env;
    const out: string[] = [];
    const err: string[] = [];
    const io = {
      ...processIo(),
      cwd: this.folder,
      env,
      colour: false,
      out: (text: string) => void out.push(`${text}\n`),
      err: (text: string) => void err.push(`${text}\n`),
      json: (value: unknown) => void out.push(JSON.stringify(value)),
    };
    const code = await run(args, io, '1');
    return { code, out: out.join(''), err: err.join('') };
  }

  /** The same; fails where it did not end well. */
  async must(...args: string[]): Promise<Ran> {
    const ran = await this.run(...args);
    if (ran.code !== 0) throw new Error(`gatehouse ${args.join(' ')} ended with ${ran.code}: ${ran.err}`);
    return ran;
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse((await this.must(...args, '--json')).out) as T;
  }

  async seen<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.look(...args, '--json');
    if (code !== 0) throw new Error(`gatehouse ${args.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }

  /** Everything is gone; where it is kept, the folder stays. */
  remove(keep: boolean): void {
    for (const end of this.#ends.splice(0)) end();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

const upstreams = (url: string): string => `upstreams:
  shop: { dialect: openai, url: "${url}/v1", key: of-the-shop, models: [wren] }
  shop-claude: { dialect: anthropic, url: "${url}", key: of-the-shop, models: [wren-claude] }
`;

/** Review seals what it holds. This key is for the story alone. */
const SETTINGS = `
vault: { masters: { main: { key: "${'5107'.repeat(16)}" } } }
`;

/** What is only likely waits for a person, where the policy of a first start records it. */
const WATCH = 'action: review';

/** Appended to the guards of a first start. */
const POLICY = `
  - { use: prompt-leak, on: [reply] }
  - { use: canary, on: [reply] }
  - { use: links, on: [reply], images: [heron-daughters.example] }
  - { use: pii, on: [reply], action: mask, stream: whole }
review: { hold: 30s }
`;
