import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { parseSize } from '../base/units.ts';
import { shown } from '../findings/finding.ts';
import type { ScanResult } from '../findings/result.ts';
import { DigestCache } from '../lifecycle/sign/digest-cache.ts';
import { type SignedModel, signModel } from '../lifecycle/sign/sign-model.ts';
import { certificatesIn, isPostQuantum, kindOf, publicKeyOf, readPrivateKeys } from '../signing/keys.ts';
import { checkSigning, type Signing } from '../signing/sign.ts';
import { Unverified } from '../signing/unverified.ts';
import { aPath } from './a-path.ts';
import { bytesOf, passphraseIn } from './bytes.ts';
import { cacheFile } from './cache-file.ts';
import type { CliIo } from './io.ts';
import { type KeyPlaceOptions, withKeyPlace } from './key-options.ts';
import { counted, positive } from './numbers.ts';
import { stoppable } from './stoppable.ts';

interface SignOptions extends KeyPlaceOptions {
  readonly key?: string;
  readonly keyFile?: string[];
  readonly certificate?: string[];
  readonly signature?: string;
  readonly ignore?: string[];
  readonly allowSymlinks?: boolean;
  readonly shards?: true | number;
  /** False where `--no-scan` was given. */
  readonly scan: boolean;
  readonly scanPolicy?: string;
  readonly cache: boolean;
  readonly jobs: number;
  readonly json?: boolean;
}

/** What the Python library takes where nobody says otherwise, so that parts are the same. */
const SHARD_SIZE = 1_000_000_000;

/** `sign`: a signature on a model in the format of OpenSSF Model Signing, after a scan that found nothing. */
export function signCommand(io: CliIo, version: string): Command {
  return withKeyPlace(
    new Command('sign')
      .description('scan a model and sign it: a file, or a folder with all that is in it')
      .argument('<PATH>', 'file or folder; before options that take several values, or behind --', aPath)
      .addOption(new Option('--key <NAME>', 'a key that "gatehouse keys" made').conflicts('keyFile'))
      .option('--key-file <FILE...>', 'private keys in PEM: of P-256, P-384 or P-521, and of ML-DSA-65'),
  )
    .option('--certificate <FILE...>', 'certificate of the key and those above it, in PEM, the root left out')
    .option('--signature <FILE>', 'where the signature goes (default: PATH/model.sig, or FILE.sig)')
    .option('--ignore <PATH...>', 'leave these out; the statement names them')
    .option('--allow-symlinks', 'sign what links lead to; verifiers have to allow links too')
    .option(
      '--shards [SIZE]',
      'hash large files in parts, by several threads (1,000,000,000 bytes)',
      readShardSize,
    )
    .option('--no-scan', 'sign without a scan; the statement says so')
    .option('--scan-policy <FILE>', 'policy of the scan, as for "gatehouse scan --policy"')
    .option('--no-cache', 'read every file, also those that did not change since they were last hashed')
    .option('--jobs <N>', 'threads that hash', positive, availableParallelism())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Two bundles are written: the signature, which any tool for OpenSSF Model Signing 1.0 verifies, and beside it what the scan
came to. A model in which the scan finds something, or cannot read something, is not signed.

Exit codes: 0 signed, 1 the scan found something or a file changed meanwhile, 2 something could not be read, or it
was stopped, 3 wrong usage (also another passphrase), 4 a file cannot be read or written.

Examples:
  gatehouse sign ./model --key release
  gatehouse sign ./model --key-file signing-key.pem --passphrase-file ~/signing.pass
  gatehouse sign ./model --key-file key.pem --certificate leaf.pem --certificate intermediate.pem
  gatehouse sign weights.gguf --key release --json`,
    )
    .action((path: string, options: SignOptions) => sign(io, version, path, options));
}

async function sign(io: CliIo, version: string, path: string, options: SignOptions): Promise<void> {
  const signing = await asUsage(async () => {
    const found = await signingOf(io, options);
    checkSigning(found);
    return found;
  });
  const signed = await stoppable(io, 'stopped before the end; nothing is signed', (signal) =>
    signPath(io, version, path, signing, options, signal),
  );
  tell(io, path, signing, signed, options);
}

async function signPath(
  io: CliIo,
  version: string,
  path: string,
  signing: Signing,
  options: SignOptions,
  signal: AbortSignal,
): Promise<SignedModel> {
  const progress = io.progress('hashing, bytes');
  try {
    return await signModel({
      model: resolve(io.cwd, path),
      signature: options.signature && resolve(io.cwd, options.signature),
      signing,
      scan: options.scan
        ? (model) => scanned(io, version, model, options, signal)
        : { skipped: 'whoever signed asked for none (--no-scan)' },
      ignore: options.ignore ?? [],
      allowSymlinks: options.allowSymlinks === true,
      shardSize: options.shards === true ? SHARD_SIZE : options.shards,
      cache: options.cache ? DigestCache.open(cacheFile(io)) : undefined,
      jobs: options.jobs,
      clock: systemClock,
      onProgress: (done, total) => progress.update(done, total),
      signal,
    });
  } finally {
    progress.end();
  }
}

function tell(io: CliIo, path: string, signing: Signing, signed: SignedModel, { json }: SignOptions): void {
  const { signature, scan, verdict, manifest, bytes, empty } = signed;
  const { key, postQuantum } = signing;
  const files = new Set(manifest.resources.map(({ name }) => name)).size;
  if (json === true) {
    const digest = manifest.root;
    const post_quantum = postQuantum !== undefined;
    io.json({ signature, scan: { statement: scan, verdict }, files, bytes, digest, post_quantum, empty });
    return;
  }
  const kinds = [key, postQuantum].flatMap((one) => (one === undefined ? [] : kindOf(publicKeyOf(one))));
  const what = `${counted(files, 'file')}, ${counted(bytes, 'byte')}`;
  io.out(`${shown(path, 400)}: ${what}, signed with ${kinds.join(' and ')}.`);
  if (empty.length > 0)
    io.out(`  ${counted(empty.length, 'file')} without bytes: in parts they have none, and are not signed`);
  io.out(`  ${shown(signature, 400)}`);
  const word = verdict === 'skipped' ? 'signed WITHOUT a scan, and it says so' : `the scan is ${verdict}`;
  io.out(`  ${shown(scan, 400)}: ${word}`);
}

async function signingOf(io: CliIo, options: SignOptions): Promise<Signing> {
  const read = bytesOf(io);
  const certificates = options.certificate?.flatMap((file) => certificatesIn(read(file)));
  if (options.key !== undefined) {
    // Loaded where it is used: it has all of the gateway behind it.
    const { openKeyPlace } = await import('./key-place.ts');
    await using place = await openKeyPlace(io, options);
    return { ...(await place.folder.open(options.key, place.openers)), certificates };
  }
  if (options.keyFile === undefined)
    throw new Problem('usage', 'with which key is it to be signed?', 'Name one with --key or --key-file.');
  const passphrase = passphraseIn(io, options.passphraseFile);
  const keys = options.keyFile.flatMap((file) => readPrivateKeys(read(file), file, passphrase));
  const [key, ...more] = keys.filter((one) => !isPostQuantum(publicKeyOf(one)));
  const [postQuantum, ...others] = keys.filter((one) => isPostQuantum(publicKeyOf(one)));
  if (key === undefined || more.length > 0 || others.length > 0)
    throw new Problem(
      'usage',
      'a model is signed with one key of P-256, P-384 or P-521, and at most one of ML-DSA-65',
    );
  return { key, postQuantum, certificates };
}

async function asUsage<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Unverified) throw new Problem('usage', error.message);
    throw error;
  }
}

async function scanned(
  io: CliIo,
  version: string,
  model: string,
  { scanPolicy: policy, jobs }: SignOptions,
  signal: AbortSignal,
): Promise<ScanResult> {
  // Loaded where it is used: it has every reader behind it.
  const { scanModel } = await import('./scan-model.ts');
  return scanModel(io, version, model, { policy, jobs, signal });
}

function readShardSize(text: string): number {
  const size = parseSize(text);
  if (size === undefined || size < 1 << 20)
    throw new InvalidArgumentError('Write a size from 1MB on, such as 1GB.');
  return size;
}
