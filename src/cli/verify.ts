import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { EXIT, Problem } from '../base/problem.ts';
import { shown } from '../findings/finding.ts';
import { DigestCache } from '../lifecycle/sign/digest-cache.ts';
import { type FileState, type VerifyReport, verifyModel } from '../lifecycle/sign/verify-model.ts';
import { publicKeysOf } from '../lifecycle/signing-keys/key-folder.ts';
import {
  authoritiesIn,
  keysIn,
  parseTrust,
  type ReadBytes,
  rootOf,
  type Trust,
  trustKeys,
} from '../signing/trust-policy.ts';
import type { TrustedSigner } from '../signing/verify.ts';
import { bytesOf } from './bytes.ts';
import { cacheFile } from './cache-file.ts';
import type { CliIo } from './io.ts';
import type { KeyPlaceOptions } from './key-options.ts';
import { counted, positive } from './numbers.ts';
import { table } from './table.ts';

interface VerifyOptions extends KeyPlaceOptions {
  readonly signature?: string;
  readonly policy?: string;
  readonly key?: string[];
  readonly keyFile?: string[];
  readonly authority?: string[];
  readonly allowExpired?: boolean;
  readonly identity?: string[];
  readonly issuer?: string;
  readonly trustedRoot?: string;
  readonly requirePostQuantum?: boolean;
  readonly requireScan?: boolean;
  readonly ignoreUnsignedFiles?: boolean;
  readonly allowSymlinks?: boolean;
  readonly cache?: boolean;
  readonly jobs: number;
  readonly json?: boolean;
}

/** `verify`: whether a model is what somebody who is trusted has signed. Works offline. */
export function verifyCommand(io: CliIo): Command {
  return new Command('verify')
    .description('check a model against its signature: who signed, and every file')
    .argument('<PATH>', 'file or folder')
    .option('--signature <FILE>', 'where the signature is (default: PATH/model.sig, or FILE.sig)')
    .option('--policy <FILE>', 'whose signatures are taken, and what else a model must have')
    .option('--key-file <FILE...>', 'public keys that are trusted, PEM or DER')
    .option('--key <NAME...>', 'keys that "gatehouse keys" made')
    .option(
      '-c, --config <FILE>',
      'settings, whose data folder has the keys of --key (default: gatehouse.yaml)',
    )
    .option('--keys <DIR>', 'the folder with the keys of --key')
    .option('--authority <FILE...>', 'certificates of authorities that are trusted, PEM or DER')
    .option(
      '--allow-expired',
      'take certificates of these authorities that have expired, as of the day they began',
    )
    .option('--identity <NAME...>', 'who must have signed: a name in the certificate, exactly')
    .option('--issuer <URL>', 'keyless: who vouched for the identity')
    .option('--trusted-root <FILE>', 'keyless: trusted_root.json of your Sigstore (default: the public one)')
    .option('--require-post-quantum', 'a signature with ML-DSA-65 as well')
    .option('--require-scan', 'the signed result of a scan that found nothing')
    .option('--ignore-unsigned-files', 'take a folder with files in it that nobody signed')
    .option('--allow-symlinks', 'take links where the signer did not allow them')
    .option('--cache', 'do not read files again that did not change since they were last hashed')
    .option('--jobs <N>', 'threads that hash', positive, availableParallelism())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Takes signatures in the format of OpenSSF Model Signing 1.0, whatever tool made them: with a key, with a certificate, or
keyless by Sigstore, and asks nobody. Every file of the folder is accounted for: also those that nobody signed.

Exit codes: 0 verified, 1 refused, 2 the signature cannot be read, 3 wrong usage, 4 a file is not there.

Examples:
  gatehouse verify ./model --key-file release.pub
  gatehouse verify ./model --key release --require-scan
  gatehouse verify ./model --policy trust.yaml --json
  gatehouse verify ./model --authority corporate-root.pem --identity build@example.com
  gatehouse verify ./model --identity me@example.com --issuer https://accounts.google.com`,
    )
    .action((path: string, options: VerifyOptions) => verify(io, path, options));
}

async function verify(io: CliIo, path: string, options: VerifyOptions): Promise<void> {
  const trust = await trustOf(io, options);
  const progress = io.progress('hashing, bytes');
  let report: VerifyReport;
  try {
    report = await verifyModel({
      model: resolve(io.cwd, path),
      signature: options.signature && resolve(io.cwd, options.signature),
      trust,
      cache: options.cache === true ? DigestCache.open(cacheFile(io)) : undefined,
      jobs: options.jobs,
      clock: systemClock,
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
  }
  if (options.json === true) io.json(jsonOf(report));
  else for (const line of describe(path, report)) io.out(line);
  if (report.outcome !== 'verified')
    process.exitCode = EXIT[report.outcome === 'refused' ? 'findings' : 'undecided'];
}

/** What the options say, added to what the policy says: either may be left out, not both. */
async function trustOf(io: CliIo, options: VerifyOptions): Promise<Trust> {
  const policy = options.policy === undefined ? undefined : trustIn(io, options.policy);
  const signers = [...(policy?.signers ?? []), ...(await signersOf(io, options))];
  if (signers.length === 0)
    throw new Problem(
      'usage',
      'whose signature is taken?',
      'Name --key-file, --key, --authority, --identity with --issuer, or a --policy.',
    );
  return {
    signers,
    require: {
      postQuantum: options.requirePostQuantum === true || policy?.require.postQuantum === true,
      scan: options.requireScan === true || policy?.require.scan === true,
    },
    allow: {
      unsignedFiles: options.ignoreUnsignedFiles === true || policy?.allow.unsignedFiles === true,
      symlinks: options.allowSymlinks === true || policy?.allow.symlinks === true,
    },
  };
}

/** Files that it names stand where it stands. */
export function trustIn(io: CliIo, file: string): Trust {
  const text = bytesOf(io)(file).toString('utf8');
  return parseTrust(text, file, bytesOf(io, dirname(resolve(io.cwd, file))));
}

async function signersOf(io: CliIo, options: VerifyOptions): Promise<TrustedSigner[]> {
  const read: ReadBytes = bytesOf(io);
  const { key, keyFile = [], authority, identity = [], issuer, trustedRoot } = options;
  const signers: TrustedSigner[] = keyFile.map((file) => trustKeys(file, keysIn(file, read)));
  if (key !== undefined) {
    // Loaded where it is used: it has all of the gateway behind it.
    const { openKeyPlace } = await import('./key-place.ts');
    await using place = await openKeyPlace(io, options);
    for (const name of key) {
      const versions = publicKeysOf(await place.folder.find(name));
      if (versions.length === 0)
        throw new Problem(
          'findings',
          `the signing key “${name}” was revoked: nothing that it signed is taken`,
        );
      signers.push(...versions.map((keys) => trustKeys(name, keys)));
    }
  }
  if (authority !== undefined)
    signers.push({
      name: authority.join(', '),
      by: 'certificate',
      authorities: authority.flatMap((file) => authoritiesIn(file, read)),
      identities: identity,
      expired: options.allowExpired === true,
      postQuantum: [],
    });
  if (issuer !== undefined && identity.length === 0)
    throw new Problem('usage', 'an issuer vouches for many', 'Name who must have signed with --identity.');
  if (issuer !== undefined)
    for (const one of identity)
      signers.push({
        name: one,
        by: 'sigstore',
        root: rootOf(trustedRoot, read),
        identity: one,
        issuer,
        postQuantum: [],
      });
  if (identity.length > 0 && authority === undefined && issuer === undefined)
    throw new Problem(
      'usage',
      'who vouches for the identity?',
      'Name --issuer for keyless signatures, or an --authority.',
    );
  return signers;
}

const jsonOf = ({ outcome, objections, signed, manifest, scan, noScan, files }: VerifyReport) => ({
  outcome,
  objections,
  signed: signed && {
    signer: signed.signer,
    by: signed.by,
    who: signed.who,
    post_quantum: signed.postQuantum,
    time: signed.time === undefined ? null : new Date(signed.time).toISOString(),
  },
  model: manifest && { name: manifest.name, hash: manifest.hash, digest: manifest.root },
  scan:
    scan === undefined
      ? { holds: false, why: noScan ?? null }
      : {
          holds: noScan === undefined,
          ...(noScan !== undefined && { why: noScan }),
          verdict: scan.verdict,
          scanner: scan.scanner,
          time: new Date(scan.time).toISOString(),
          bytes: scan.bytes,
        },
  files,
});

const STATES: Readonly<Record<FileState, string>> = {
  signed: 'signed',
  changed: 'CHANGED',
  missing: 'MISSING',
  unsigned: 'NOT SIGNED',
  left_out: 'left out',
  signature: 'signature',
};
/** Files shown of each state; all of them are in the JSON. */
const MOST_SHOWN = 50;
const WAYS = { key: 'key', certificate: 'certificate', sigstore: 'Sigstore identity' } as const;

function describe(
  path: string,
  { outcome, objections, signed, scan, noScan, files }: VerifyReport,
): string[] {
  const word = { verified: 'verified', refused: 'REFUSED', undecided: 'NOT DECIDED' }[outcome];
  const lines = [`${shown(path, 400)}: ${word}`, ...objections.map(({ message }) => `  ${message}`)];
  if (signed === undefined) return lines;
  const { signer, by, who, postQuantum, time } = signed;
  lines.push(`Signed by ${shown(signer, 400)}, with ${WAYS[by]} ${shown(who, 400)}`);
  lines.push(`  ${postQuantum ? 'and with ML-DSA-65' : 'without ML-DSA-65'}`);
  if (time !== undefined) lines.push(`  at ${new Date(time).toISOString()}`);
  if (scan === undefined || noScan !== undefined) lines.push(`No scan: ${noScan ?? 'none was signed'}`);
  else lines.push(`Scan: ${scan.verdict}, by ${shown(scan.scanner)} at ${new Date(scan.time).toISOString()}`);
  const count = files.filter(({ state }) => state === 'signed').length;
  lines.push(`${counted(count, 'file')} as signed.`);
  const rows = (Object.keys(STATES) as FileState[])
    .filter((state) => state !== 'signed')
    .flatMap((state) => {
      const those = files.filter((file) => file.state === state);
      const rest = those.length - MOST_SHOWN;
      return [
        ...those.slice(0, MOST_SHOWN).map(({ name, why = '' }) => [STATES[state], shown(name, 200), why]),
        ...(rest > 0 ? [[STATES[state], `… and ${rest} more`, '']] : []),
      ];
    });
  if (rows.length > 0) lines.push(table([['STATE', 'FILE', 'WHY'], ...rows]));
  return lines;
}
