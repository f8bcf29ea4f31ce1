import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../audit/checkpoint.ts';
import type { LedgerPublicKeys } from '../audit/keys.ts';
import { HASH } from '../audit/merkle.ts';
import type { WatchedLog } from '../audit/witness.ts';
import { isObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { nodeDisk, replaceFile } from '../ledger/disk.ts';
import { nodeTreeHash, sha256 } from '../ledger/hashing.ts';

type Latest = Pick<Checkpoint, 'size' | 'root'>;

const NOTHING: Latest = { size: 0, root: nodeTreeHash.empty };

/** What a witness remembers: of each log the largest tree that it has cosigned, durable before the cosignature leaves. */
export class WitnessState {
  readonly #folder: string;
  readonly #logs = new Map<string, { readonly keys: LedgerPublicKeys; latest: Latest }>();

  /** Throws Problem('environment') where the memory of a log cannot be read: a witness that forgot would sign anything. */
  constructor(folder: string, logs: readonly LedgerPublicKeys[]) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const keys of logs) {
      const origin = keys[0].name;
      if (this.#logs.has(origin)) throw new Problem('usage', `the log ${origin} is named twice`);
      this.#logs.set(origin, { keys, latest: this.#read(origin) });
    }
  }

  find(origin: string): WatchedLog | undefined {
    return this.#logs.get(origin);
  }

  get logs(): readonly { readonly origin: string; readonly size: number }[] {
    return [...this.#logs].map(([origin, { latest }]) => ({ origin, size: latest.size }));
  }

  /** Durable when it resolves. */
  async remember({ origin, size, root }: Checkpoint): Promise<void> {
    const log = this.#logs.get(origin);
    if (log === undefined) throw new TypeError('not a log of this witness');
    const text = `${JSON.stringify({ v: 1, origin, size, root })}\n`;
    await replaceFile(nodeDisk, this.#file(origin), Buffer.from(text));
    log.latest = { size, root };
  }

  /** Origins may hold slashes and more: the file is named by their hash. */
  #file(origin: string): string {
    const name = Buffer.from(sha256(Buffer.from(origin)))
      .toString('hex')
      .slice(0, 32);
    return join(this.#folder, `${name}.json`);
  }

  #read(origin: string): Latest {
    const path = this.#file(origin);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
      throw new Problem('environment', `cannot read ${path}`, 'Check its owner and mode.', error);
    }
    try {
      const file: unknown = JSON.parse(text);
      if (isObject(file) && file.v === 1 && file.origin === origin) {
        const { size, root } = file;
        if (Number.isSafeInteger(size) && typeof root === 'string' && HASH.test(root))
          return { size: size as number, root };
      }
    } catch {}
    throw new Problem(
      'environment',
      `${path} does not say what was cosigned last`,
      'Restore it from a backup. Without it a log could be rolled back unseen.',
    );
  }
}
