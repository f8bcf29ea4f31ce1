import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseText } from '../../src/audit/checkpoint.ts';
import { parseNote } from '../../src/audit/note.ts';
import { cosign, parseSubmission } from '../../src/audit/witness.ts';
import { COSIGNED } from '../../src/witness/cosigning.ts';
import { openWitnessKeys, publicText } from '../../src/witness/keys.ts';
import { type Running, start } from './processes.ts';

/** A witness as the settings name it. */
export interface Party {
  readonly url: string;
  /** Its verifier keys, beside the settings. */
  readonly file: string;
  close(): Promise<void>;
}

/** An honest witness: the command line's own, which can be gone for a while. */
export class HonestWitness implements Party {
  readonly file: string;
  readonly #folder: string;
  readonly #name: string;
  #process: Running | undefined;
  #port = 0;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.file = `${name}.pub`;
  }

  /** Watches the ledger of a folder. */
  static async start(folder: string, name: string): Promise<HonestWitness> {
    const witness = new HonestWitness(folder, name);
    await witness.up();
    return witness;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    const where = ['--listen', `127.0.0.1:${this.#port}`, '--state', `witness-${this.#name}`];
    const ledger = join('gatehouse-data', 'ledger', 'ledger.pub');
    const args = ['audit', 'witness', '--name', `soak.example/${this.#name}`, '--log', ledger, '--json'];
    this.#process = start(this.#folder, [...args, ...where]);
    const told = JSON.parse(await this.#process.says(/^\{.*\}(?=\n)/)) as { address: string; keys: string };
    this.#port = Number(new URL(told.address).port);
    writeFileSync(join(this.#folder, this.file), told.keys);
  }

  async down(): Promise<void> {
    await this.#process?.stop();
  }

  close(): Promise<void> {
    return this.down();
  }
}

/**
 * A witness that lies, each time in another way: it signs whatever it is shown, signs nonsense, says that it has seen a
 * longer ledger, or another one, answers with an error, or does not answer at all.
 */
export async function startLiar(folder: string, name: string): Promise<Party> {
  const keys = await openWitnessKeys(join(folder, `witness-${name}.json`), `soak.example/${name}`);
  let turn = 0;
  const server = http.createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const { text } = parseNote(parseSubmission(body).note);
    const checkpoint = parseText(text);
    const signed = (size: number) =>
      cosign({ ...checkpoint, size }, keys.signers, Math.floor(Date.now() / 1000));
    const lies = [
      () => res.end(signed(checkpoint.size)),
      () => res.end(signed(checkpoint.size + 1)),
      () => res.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${checkpoint.size + 1000}\n`),
      () => res.writeHead(422).end(),
      () => res.writeHead(500).end('x'.repeat(100_000)),
      () => res.destroy(),
    ];
    lies[turn++ % lies.length]?.();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const file = `${name}.pub`;
  writeFileSync(join(folder, file), publicText(keys));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    file,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Options that ask for two of these three. */
export const quorumOptions = (parties: readonly Party[]): string[] => [
  ...parties.flatMap(({ file }) => ['--witness', file]),
  '--quorum',
  '2',
];

/** How much of the ledger a quorum has cosigned; 0 where none has. */
export function cosignedSize(folder: string): number {
  try {
    const note = readFileSync(join(folder, 'gatehouse-data', 'ledger', COSIGNED), 'utf8');
    return parseText(parseNote(note).text).size;
  } catch {
    return 0;
  }
}
