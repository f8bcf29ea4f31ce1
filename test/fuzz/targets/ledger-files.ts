import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePublicKeys } from '../../../src/audit/keys.ts';
import { Malformed } from '../../../src/audit/malformed.ts';
import { formatNote, parseNote } from '../../../src/audit/note.ts';
import type { Report } from '../../../src/audit/report.ts';
import { verifyLedger } from '../../../src/audit/verify.ts';
import { nodeTreeHash, sha256 } from '../../../src/ledger/hashing.ts';
import { verifySignature } from '../../../src/ledger/keys.ts';
import { segmentFirsts, segmentName } from '../../../src/ledger/segments.ts';
import { refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';
import { KEYS, LEDGER } from './ledger.ts';

/**
 * A whole ledger with one file changed. What is not `ok` may be anything; `ok` may only be said where the change lies
 * outside of what is signed, by design:
 * - entries behind the newest checkpoint, which the report counts as unsigned;
 * - `.tree` files, which save a start the older segments and are compared with the signed root;
 * - older lines of `checkpoints`, which may be missing: the newest signs all that they did, and the report counts them;
 * - in a checkpoint, lines of signatures that are not the ledger's own (witnesses', which have their own check).
 */
const UNSIGNED = segmentName(6);

const WHOLE = new Map(
  readdirSync(LEDGER)
    .filter((name) => /\.jsonl$|\.tree$|^checkpoints?$|^ledger\.pub$/.test(name))
    .map((name) => [name, readFileSync(join(LEDGER, name))] as const),
);

async function verify(files: ReadonlyMap<string, Buffer>): Promise<Report | Malformed> {
  const keys = refusedBy(() => parsePublicKeys(files.get('ledger.pub')?.toString() ?? '', sha256), Malformed);
  if (keys instanceof Malformed) return keys;
  async function* chunks(name: string): AsyncGenerator<Uint8Array> {
    yield files.get(name) ?? Buffer.alloc(0);
  }
  return verifyLedger(
    {
      newest: files.get('checkpoint'),
      history: () => chunks('checkpoints'),
      segments: segmentFirsts([...files.keys()]).map((first) => ({
        file: segmentName(first),
        first,
        chunks: () => chunks(segmentName(first)),
      })),
    },
    { keys, hash: nodeTreeHash, verify: verifySignature },
  );
}

/** The name of a file, and what stands in it. */
const files = pure({
  name: 'ledger.files',
  words: ['\n', '\n\n', '"seq":', '"prev":', '— ', '{', '}', ' '],
  seeds: () => [...WHOLE].map(([name, bytes]) => Buffer.concat([Buffer.from(`${name}\n`), bytes])),
  quick: 200,
  longest: 20_000,
  async check(input) {
    const line = input.indexOf('\n');
    const name = input.toString('utf8', 0, Math.max(0, line));
    if (!WHOLE.has(name)) return;
    await checkChange(name, input.subarray(line + 1));
  },
});

/** One bit of one byte of one file: which, the input says as a number. */
const flips = pure({
  name: 'ledger.flip',
  seeds: () => ['0 0', '12345 7'],
  quick: 250,
  longest: 32,
  async check(_, random) {
    const name = random.pick([...WHOLE.keys()]);
    const bytes = Buffer.from(WHOLE.get(name) ?? '');
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    await checkChange(name, bytes);
  },
});

async function checkChange(name: string, bytes: Buffer): Promise<void> {
  const before = WHOLE.get(name);
  const report = await verify(new Map([...WHOLE, [name, bytes]]));
  if (report instanceof Malformed || report.outcome !== 'ok' || before?.equals(bytes) === true) return;
  if (name.endsWith('.tree')) return;
  if (name === UNSIGNED) {
    assert.equal(report.signed, 6, 'what is signed is still there');
    return;
  }
  if (name === 'checkpoint') {
    assert.equal(own(bytes), own(before ?? bytes), 'a checkpoint that nobody signed');
    return;
  }
  if (name === 'checkpoints') {
    const [now, then] = [notesIn(bytes), notesIn(before ?? bytes)];
    assert.equal(now.at(-1), then.at(-1), 'the newest is there');
    const left = then.filter((note) => now.includes(note));
    assert.deepEqual(now, left, 'a history that nobody signed');
    return;
  }
  assert.fail(`a change of ${name} is not seen`);
}

const notesIn = (history: Buffer): string[] =>
  history
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => own(Buffer.from(JSON.parse(line) as string)));

/** The note with the lines of the ledger's own keys. */
function own(bytes: Buffer): string {
  const { text, signatures } = parseNote(bytes.toString());
  const ids = KEYS.map(({ keyId }) => keyId);
  return formatNote({ text, signatures: signatures.filter(({ keyId }) => ids.includes(keyId)).sort(byKey) });
}
const byKey = (a: { keyId: string }, b: { keyId: string }): number => (a.keyId < b.keyId ? -1 : 1);

export const ledgerFileTargets: readonly Target[] = [files, flips];
