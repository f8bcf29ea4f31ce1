import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint, parseText } from '../../../src/audit/checkpoint.ts';
import { entryHead, parseEntry } from '../../../src/audit/entry.ts';
import { formatRecord, parseRecord } from '../../../src/audit/history.ts';
import { formatPublicKeys, parsePublicKeys } from '../../../src/audit/keys.ts';
import { Malformed } from '../../../src/audit/malformed.ts';
import { formatNote, formatVkey, parseNote, parseVkey } from '../../../src/audit/note.ts';
import { formatSubmission, judge, parseSubmission, witnessesOf } from '../../../src/audit/witness.ts';
import { Problem } from '../../../src/base/problem.ts';
import { nodeTreeHash, sha256 } from '../../../src/ledger/hashing.ts';
import { verifySignature } from '../../../src/ledger/keys.ts';
import { checkProof } from '../../../src/ledger/prove.ts';
import { formatState, parseState } from '../../../src/ledger/segments.ts';
import { Mirror } from '../../../src/witness/mirror.ts';
import { witnessOf } from '../../../src/witness/places.ts';
import { refusedBy, refusedLater } from '../expect.ts';
import { corpus, pure, type Target } from '../target.ts';

/** One ledger, made once by the product itself: 6 entries under 3 checkpoints, and one that is not signed. */
export const LEDGER = join(import.meta.dirname, '../corpus/ledger');
export const read = (name: string): string => readFileSync(join(LEDGER, name), 'utf8');
export const KEYS = parsePublicKeys(read('ledger.pub'), sha256);
const NEWEST = read('checkpoint');
const WITNESS = witnessOf(read('witness.pub'), 'witness.pub');
export const ENTRIES = Array.from({ length: 7 }, (_, n) => read(`${String(n).padStart(16, '0')}.jsonl`));
const { size: SIZE, root: ROOT } = parseText(parseNote(NEWEST).text);

const entries = pure({
  name: 'ledger.entry',
  words: ['"v":1', '"seq":', '"time":', '"prev":', '"kind":', '__proto__', '9007199254740993', '00'],
  seeds: () => ENTRIES.map((line) => line.trimEnd()),
  quick: 800,
  check(input) {
    const entry = refusedBy(() => parseEntry(input), Malformed);
    if (entry instanceof Malformed) return;
    const { seq, time, prev, kind, fields } = entry;
    assert.ok(
      input.toString().startsWith(`${entryHead(seq, time, prev)}"kind":`),
      'the start as it is written',
    );
    // A name that is there twice cannot say two things of what the writer adds.
    assert.deepEqual([fields.seq, fields.time, fields.prev, fields.kind], [seq, time, prev, kind]);
  },
});

/** Notes, keys, records, signature lines, submissions, states: what is read, written again, is the same. */
const notes = pure({
  name: 'ledger.note',
  words: ['— ', '\n\n', '\n', '+', '=', 'AAAA', 'old ', ' ', '\u00a0', '{"v":1,"size":', '"nodes":['],
  seeds: () => [
    NEWEST,
    ...read('ledger.pub').split('\n').slice(0, 2),
    read('ledger.pub'),
    formatRecord(NEWEST).trimEnd(),
    ...corpus('ledger.submission').map(String),
    read('0000000000000003.tree'),
  ],
  quick: 800,
  check(input) {
    const text = input.toString();
    const same = <T>(parse: () => T, write: (value: T) => string, what: string) => {
      const value = refusedBy(parse, Malformed);
      if (!(value instanceof Malformed)) assert.equal(write(value), text, what);
    };
    same(() => parseNote(text), formatNote, 'note');
    same(() => parseVkey(text, sha256), formatVkey, 'verifier key');
    same(() => parsePublicKeys(text, sha256), formatPublicKeys, 'public keys');
    same(() => parseSubmission(text), formatSubmission, 'submission');
    same(
      () => parseRecord(Buffer.from(text)),
      (note) => formatRecord(note).trimEnd(),
      'record',
    );
    const state = parseState(text);
    if (state !== undefined) assert.deepEqual(parseState(formatState(state)), state);
  },
});

/** A changed checkpoint is of the ledger only where it says what was signed. */
const checkpoints = pure({
  name: 'ledger.checkpoint',
  words: ['— ', '\n', '\n\n', 'fuzz.example/log', '6', '=', 'A'],
  seeds: () => corpus('ledger.cosignatures'),
  quick: 250,
  async check(input) {
    const note = input.toString();
    const opened = await refusedLater(() => openCheckpoint(note, KEYS, verifySignature), Malformed);
    const cosigners = await refusedLater(() => witnessesOf(note, [WITNESS], verifySignature), Malformed);
    for (const vouched of [
      opened instanceof Malformed ? [] : [1],
      cosigners instanceof Malformed ? [] : cosigners,
    ])
      if (vouched.length > 0) assert.equal(parseNote(note).text, parseNote(NEWEST).text, 'signed by nobody');
  },
});

const submissions = pure({
  name: 'ledger.submission',
  words: ['old ', '0', '2', '6', '\n\n', '\n', '— ', ROOT],
  quick: 250,
  async check(input, random) {
    const [first] = corpus('ledger.submission');
    assert.ok(first);
    const empty = { size: 0, root: nodeTreeHash.empty };
    const two = parseText(parseNote(parseRecord(Buffer.from(read('checkpoints').split('\n')[1] ?? ''))).text);
    const latest = random.pick([empty, two]);
    const logOf = (origin: string) => (origin === 'fuzz.example/log' ? { keys: KEYS, latest } : undefined);
    const said = await judge(input.toString(), logOf, nodeTreeHash, verifySignature);
    assert.ok([200, 400, 403, 404, 409, 422].includes(said.status));
    if (said.status === 200) assert.deepEqual([said.checkpoint.size, said.checkpoint.root], [SIZE, ROOT]);
  },
});

const proofs = pure({
  name: 'ledger.proof',
  words: ['"v":1', '"proof":"inclusion"', '"path":[', '"seq":', ROOT, '[]', 'AAAA', 'consistency'],
  quick: 200,
  async check(input) {
    const checked = await refusedLater(() => checkProof(input.toString(), KEYS), Problem);
    if (checked instanceof Problem) assert.equal(checked.kind, 'undecided');
    else if (checked.holds) {
      const { proof, seq, entry, from, to } = JSON.parse(input.toString()) as Record<string, string>;
      if (proof === 'inclusion')
        assert.equal(entry, ENTRIES[Number(seq)]?.trimEnd(), 'an entry that is not there');
      else
        for (const note of [from ?? '', to ?? '']) assert.ok(known(note), 'a checkpoint that nobody signed');
    }
  },
});

/** The checkpoints that there were. */
const known = (note: string): boolean =>
  read('checkpoints')
    .trimEnd()
    .split('\n')
    .some((line) => parseNote(parseRecord(Buffer.from(line))).text === parseNote(note).text);

/** A page of entries that a ledger shows to its mirror. */
const mirror: Target = {
  name: 'ledger.mirror',
  words: ['"seq":', '"prev":', '\n', '\n\n', '{}'],
  seeds: () => [ENTRIES.join(''), ENTRIES.slice(0, SIZE).join('')],
  quick: 12,
  open() {
    const root = mkdtempSync(join(tmpdir(), 'gatehouse-fuzz-'));
    let count = 0;
    return {
      async check(input) {
        const page = input.toString();
        const folder = join(root, String(count++));
        const feed = {
          checkpoint: async () => NEWEST,
          entries: async (from: number) => (from === 0 ? page : ''),
        };
        const opened = await Mirror.open({ folder, keys: KEYS, feed });
        const followed = await refusedLater(() => opened.follow(), Problem);
        if (!(followed instanceof Problem))
          assert.equal(page.split('\n').slice(0, SIZE).join('\n'), ENTRIES.slice(0, SIZE).join('').trimEnd());
        else assert.equal(followed.kind, 'findings');
        // What is there is what was signed, or nothing.
        const again = await Mirror.open({ folder, keys: KEYS, feed });
        assert.ok(again instanceof Mirror);
        rmSync(folder, { recursive: true });
      },
      close: async () => rmSync(root, { recursive: true, force: true }),
    };
  },
};

export const ledgerTargets: readonly Target[] = [entries, notes, checkpoints, submissions, proofs, mirror];
