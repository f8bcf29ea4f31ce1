import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, makeAuthority } from '../identity/authority.ts';
import { startIssuer } from '../identity/issuer.ts';
import type { Door } from './client.ts';
import type { Options } from './options.ts';
import { People } from './people.ts';
import { administer, killAll, type Running, run, STEADY, start, startUpstreamProcess } from './processes.ts';
import { type Configuration, writeConfiguration } from './settings.ts';
import type { Speech } from './upstream-process.ts';
import { HonestWitness, type Party, startLiar } from './witnesses.ts';

const SPEECHES = ['openai', 'anthropic', 'gemini'] as const;
const HEAP_PROBE = join(import.meta.dirname, 'heap-probe.ts');

/** Everything that takes part, each in a process of its own but the issuer and the liar. */
export interface Scene {
  readonly folder: string;
  /** The data folder of the gateway, and what it writes to standard error. */
  readonly data: string;
  readonly log: string;
  readonly journals: readonly string[];
  readonly authority: Authority;
  readonly honest: readonly [HonestWitness, HonestWitness];
  readonly parties: readonly Party[];
  readonly gateway: Running;
  readonly people: People;
  readonly door: Door;
  /** A key whose role reads the ledger and the metrics. */
  readonly auditor: string;
  configuration: Configuration;
  /** As the ledger digests bodies. */
  readonly digest: (body: string) => string;
  /** What may stand in no file that is not meant for it. */
  secrets(): readonly string[];
  newMaster(name: string): void;
  /** @param keep the folder stays */
  close(keep: boolean): Promise<void>;
}

/** Rejects where a part does not start; then none of the others goes on. */
export async function openScene(options: Options): Promise<Scene> {
  await using parts = new AsyncDisposableStack();
  parts.defer(killAll);
  const scene = await setUp(options, parts);
  const all = parts.move();
  return {
    ...scene,
    async close(keep) {
      if (scene.gateway.child.exitCode === null) await scene.gateway.stop();
      await all.disposeAsync();
      if (!keep) rmSync(scene.folder, { recursive: true, force: true });
    },
  };
}

async function setUp({ workers, seed }: Options, parts: AsyncDisposableStack): Promise<Omit<Scene, 'close'>> {
  const ending = <T extends { close(): Promise<void> }>(part: T): T =>
    parts.adopt(part, (one) => one.close());
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-soak-'));
  mkdirSync(join(folder, 'heaps'));
  const journal = (speech: Speech) => journalOf(folder, speech);
  const [issuer, authority, ...upstreams] = await Promise.all([
    startIssuer().then(ending),
    makeAuthority('soak'),
    ...SPEECHES.map((speech, index) =>
      startUpstreamProcess(speech, journal(speech), seed + index).then(ending),
    ),
  ]);
  for (const speech of SPEECHES) writeFileSync(journal(speech), '', { flag: 'a' });
  writeFileSync(join(folder, 'upstream.key'), UPSTREAM_KEY, { mode: 0o600 });
  const masters = new Map<string, string>();
  addMaster(folder, masters, 'm0');
  const [openai, anthropic, gemini] = upstreams.map(({ url }) => url);
  let configuration: Configuration = {
    workers,
    issuer: issuer.url,
    upstreams: { openai: openai ?? '', anthropic: anthropic ?? '', gemini: gemini ?? '' },
    witnesses: [],
    masters: ['m0'],
    version: 0,
  };
  const leaf = await authority.issue([['dns', 'localhost']]);
  writeConfiguration(folder, configuration, leaf);
  // The ledger comes first: witnesses watch it by its key.
  writeFileSync(join(folder, STEADY), STEADY_TEXT);
  const made = await run(folder, ['init', '--config', 'gatehouse.yaml', '--json']);
  if (made.code !== 0) throw new Error(`init ended with ${made.code}: ${made.err}`);
  const honest = [
    ending(await HonestWitness.start(folder, 'w0')),
    ending(await HonestWitness.start(folder, 'w1')),
  ] as const;
  const liar = ending(await startLiar(folder, 'liar'));
  configuration = { ...configuration, witnesses: [...honest, liar] };
  writeConfiguration(folder, configuration, leaf);
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  const log = join(folder, 'gateway.log');
  const gateway = start(folder, ['serve', '--config', 'gatehouse.yaml', '--json'], {
    env: { NODE_OPTIONS: `--import=${HEAP_PROBE}`, SOAK_HEAPS: join(folder, 'heaps') },
    log,
  });
  const { address } = JSON.parse(await gateway.says(/^\{.*\}(?=\n)/)) as { address: string };
  const people = await People.make(folder, issuer);
  const { key: auditor } = await administer<{ key: string }>(folder, [
    'callers',
    'create',
    'auditor',
    '--role',
    'auditor',
  ]);
  const data = join(folder, 'gatehouse-data');
  const parties = [...honest, liar];
  return {
    folder,
    data,
    log,
    journals: SPEECHES.map(journal),
    authority,
    honest,
    parties,
    gateway,
    people,
    door: { port: Number(new URL(address).port), ca: authority.cert },
    auditor,
    configuration,
    digest: digestBy(join(data, 'keys', 'digest')),
    secrets: () => [...people.secrets, auditor, UPSTREAM_KEY, ...masters.values()],
    newMaster: (name) => addMaster(folder, masters, name),
  };
}

function digestBy(file: string): (body: string) => string {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
  return (body) => createHmac('sha256', key).update(body).digest('base64url');
}

const STEADY_TEXT = `data: ./gatehouse-data
upstreams: { practice: { dialect: openai, practice: true, models: [m] } }
`;

const UPSTREAM_KEY = 'upstream-key-of-the-soak-5f1d';

const journalOf = (folder: string, speech: Speech): string => join(folder, `upstream-${speech}.jsonl`);

function addMaster(folder: string, masters: Map<string, string>, name: string): void {
  const key = randomBytes(32).toString('hex');
  masters.set(name, key);
  writeFileSync(join(folder, `${name}.master`), key, { mode: 0o600 });
}
