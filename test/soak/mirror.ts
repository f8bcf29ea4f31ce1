import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE, type Running, start } from './processes.ts';
import type { Scene } from './scene.ts';
import { cosignedSize, quorumOptions } from './witnesses.ts';

/** `audit mirror --follow` beside the gateway. One that cannot reach it for a moment is started again. */
export class FollowingMirror {
  readonly #scene: Scene;
  readonly #found: (what: string, about: string) => void;
  #process: Running | undefined;
  #stopped = false;
  starts = 0;

  constructor(scene: Scene, found: (what: string, about: string) => void) {
    this.#scene = scene;
    this.#found = found;
    void this.#follow();
  }

  get folder(): string {
    return join(this.#scene.folder, 'mirror');
  }

  async #follow(): Promise<void> {
    const { folder, door, auditor, parties } = this.#scene;
    // Without a quorum there is nothing to believe yet.
    while (cosignedSize(folder) === 0 && !this.#stopped) await pause(100);
    while (!this.#stopped) {
      this.starts += 1;
      const key = join('gatehouse-data', 'ledger', 'ledger.pub');
      const args = ['audit', 'mirror', `https://localhost:${door.port}`, '--key', key, '--to', 'mirror'];
      this.#process = start(folder, [...args, '--follow', '1s', '--json', ...quorumOptions(parties)], {
        env: { GATEHOUSE_KEY: auditor, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
      });
      const { code, err } = await this.#process.ended;
      if (this.#stopped) return;
      if (code !== 4) this.#found('the mirror ended', `${code}: ${err}`);
      await pause(200);
    }
  }

  /** Entries of the copy, as it says. */
  get entries(): number {
    const last = this.#process?.out().trimEnd().split('\n').at(-1) ?? '';
    return last === '' ? 0 : (JSON.parse(last) as { entries: number }).entries;
  }

  /** Waits until so many entries are in the copy, and ends it. */
  async stopAt(entries: number): Promise<void> {
    for (const late = Date.now() + PATIENCE; this.entries < entries && Date.now() < late; ) await pause(200);
    if (this.entries < entries)
      this.#found('the mirror lags behind', `${this.entries} of ${entries} entries`);
    this.#stopped = true;
    await this.#process?.stop();
  }
}
