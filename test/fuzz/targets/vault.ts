import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../../src/base/problem.ts';
import { MANIFEST, readManifest } from '../../../src/lifecycle/backup/manifest.ts';
import { dayOf } from '../../../src/vault/content-log.ts';
import { readRecords } from '../../../src/vault/content-reader.ts';
import { decodePiece, encodePiece } from '../../../src/vault/frame.ts';
import { openRecord, type Piece, RecordSealer } from '../../../src/vault/record.ts';
import { Unsealable } from '../../../src/vault/unsealable.ts';
import { refusedBy, refusedLater } from '../expect.ts';
import { pure, type Target } from '../target.ts';

const KEY = Buffer.alloc(32, 9);
const TIME = 1_800_000_000_000;
const REQUEST = 'req_1';
const TEXTS = ['what the prompt was, ', 'in two pieces'];

const sealer = new RecordSealer(
  {
    v: 1,
    id: `cnt_${'ab'.repeat(16)}`,
    request: REQUEST,
    kind: 'prompt',
    tenant: 'web',
    month: '2027-01',
    subject: null,
    key: 'mk_1',
    time: TIME,
  },
  KEY,
);
const FRAMES = TEXTS.map((text, n) => encodePiece(sealer.seal(Buffer.from(text), n === TEXTS.length - 1)));
const SEGMENT = Buffer.concat(FRAMES);
const WORDS = ['"v":1', '"kind":"reply"', '"id":', 'null', '\0\0\0\x01', '\xff\xff\xff\xff'];

/** A frame as it lies in a segment, without its length. */
const frames = pure({
  name: 'vault.frame',
  words: WORDS,
  seeds: () => FRAMES.map((frame) => frame.subarray(4)),
  quick: 1000,
  check(input) {
    const piece = decodePiece(input);
    if (piece?.head === undefined) return;
    const rest = decodePiece((FRAMES[1] ?? input).subarray(4)) as Piece;
    for (const pieces of [[piece], [piece, rest]]) opens(piece.head, pieces);
  },
});

/** What opens is what was sealed. */
function opens(head: NonNullable<Piece['head']>, pieces: readonly Piece[]): boolean {
  const text = refusedBy(() => openRecord(head, pieces, KEY), Unsealable);
  if (text instanceof Unsealable) return false;
  assert.equal(text.toString(), TEXTS.join(''), 'a text that nobody sealed');
  return true;
}

/** A file of a folder, changed. */
const inFolder = (
  target: Pick<Target, 'name' | 'quick' | 'seeds' | 'words'>,
  file: string,
  check: (folder: string, input: Buffer) => Promise<void>,
): Target => ({
  ...target,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-fuzz-'));
    mkdirSync(folder, { recursive: true });
    return {
      async check(input) {
        writeFileSync(join(folder, file), input);
        await check(folder, input);
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
});

const segments = inFolder(
  {
    name: 'vault.segment',
    quick: 150,
    words: WORDS,
    seeds: () => [SEGMENT, Buffer.concat([...FRAMES, ...FRAMES])],
  },
  `${dayOf(TIME)}T08-00-00-000Z-0123456789ab.sealed`,
  async (folder, input) => {
    const records = await readRecords(folder, new Map([[REQUEST, TIME]]));
    const opened = records.filter(({ head, pieces }) => opens(head, pieces));
    if (input.equals(SEGMENT)) assert.equal(opened.length, 1, 'what is whole is read');
  },
);

const manifests = inFolder(
  {
    name: 'backup.manifest',
    quick: 150,
    words: [
      '../',
      '..',
      '/',
      'C:\\',
      'data/',
      'config/',
      'elsewhere/',
      '"files":',
      '"path":',
      'keys.sealed',
      '\\u0000',
    ],
    seeds: () => [
      JSON.stringify({
        kind: 'gatehouse-backup',
        v: 1,
        created: '2027-01-01T00:00:00Z',
        gatehouse: '0.1.0',
        ledger: { origin: 'a/b', size: 3, root: 'x' },
        keys: 'none',
        files: [
          { path: 'data/ledger/checkpoint', bytes: 3, sha256: 'ab'.repeat(32) },
          { path: 'config/gatehouse.yaml', bytes: 1, sha256: 'cd'.repeat(32) },
        ],
      }),
    ],
  },
  MANIFEST,
  async (folder) => {
    const found = await refusedLater(() => readManifest(folder), Problem);
    if (found instanceof Problem) return;
    for (const { path } of found.manifest.files) {
      const whole = join('/backup', path);
      assert.ok(whole.startsWith('/backup/') && !path.includes('\\') && !path.includes('\0'), path);
      if (path !== 'keys.sealed') assert.match(whole, /^\/backup\/(data|config|elsewhere)\/./);
    }
  },
);

export const vaultTargets: readonly Target[] = [frames, segments, manifests];
