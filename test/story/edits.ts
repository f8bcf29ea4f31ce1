import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What somebody has open in an editor. */
interface Opened {
  /** Entries, one a line. */
  readonly lines: readonly string[];
  /** The newest checkpoint, and all of them. */
  readonly checkpoint: string;
  readonly checkpoints: string;
}

/** One way of editing a ledger, for whoever can write its files. */
export interface Edit {
  readonly what: string;
  readonly hand: (opened: Opened) => Partial<Opened>;
}

/** The attack that was blocked, in the middle of all entries. */
const blocked = (lines: readonly string[]): number => {
  const at = lines.findIndex((line) => line.includes('"outcome":"blocked"'));
  if (at < 0) throw new Error('the ledger has no attack that was blocked');
  return at;
};

const acquitted = (line: string): string => line.replace('"outcome":"blocked"', '"outcome":"allowed"');

export const EDITS: readonly Edit[] = [
  {
    what: 'one word of an entry is changed',
    hand: ({ lines }) => ({ lines: lines.with(blocked(lines), acquitted(lines[blocked(lines)] ?? '')) }),
  },
  {
    what: 'it is changed, and every hash behind it made anew',
    hand: ({ lines }) => ({
      lines: chained(lines.with(blocked(lines), acquitted(lines[blocked(lines)] ?? '')), blocked(lines)),
    }),
  },
  { what: 'an entry is taken out', hand: ({ lines }) => ({ lines: lines.toSpliced(blocked(lines), 1) }) },
  {
    what: 'it is taken out, the rest numbered and hashed anew',
    hand: ({ lines }) => ({ lines: chained(lines.toSpliced(blocked(lines), 1), blocked(lines)) }),
  },
  {
    what: 'two entries change places',
    hand: ({ lines }) => ({ lines: lines.with(2, lines[3] ?? '').with(3, lines[2] ?? '') }),
  },
  {
    what: 'an entry is put in a second time',
    hand: ({ lines }) => ({ lines: lines.toSpliced(4, 0, lines[3] ?? '') }),
  },
  { what: 'the end is cut off', hand: ({ lines }) => ({ lines: lines.slice(0, -5) }) },
  {
    what: 'cut off, and an older checkpoint put in its place',
    hand: ({ lines, checkpoints }) => {
      // A line of the history is a note as JSON text.
      const history = checkpoints.split('\n').slice(0, -1);
      const older = history.slice(0, Math.ceil(history.length / 2));
      const note = JSON.parse(older.at(-1) ?? '""') as string;
      return {
        lines: lines.slice(0, sizeOf(note)),
        checkpoint: note,
        checkpoints: older.map((line) => `${line}\n`).join(''),
      };
    },
  },
  {
    what: 'the checkpoint says another root',
    hand: ({ checkpoint }) => {
      const [origin = '', size = '', , ...rest] = checkpoint.split('\n');
      return {
        checkpoint: [origin, size, createHash('sha256').update('mine').digest('base64'), ...rest].join('\n'),
      };
    },
  },
];

/** Edits the files of a ledger folder. */
export function edited(ledger: string, hand: Edit['hand']): void {
  const path = (name: string) => join(ledger, name);
  const read = (name: string) => readFileSync(path(name), 'utf8');
  const before: Opened = {
    lines: read(SEGMENT).split('\n').slice(0, -1),
    checkpoint: read('checkpoint'),
    checkpoints: read('checkpoints'),
  };
  const { lines, checkpoint, checkpoints } = hand(before);
  if (lines !== undefined) writeFileSync(path(SEGMENT), lines.map((line) => `${line}\n`).join(''));
  if (checkpoint !== undefined) writeFileSync(path('checkpoint'), checkpoint);
  if (checkpoints !== undefined) writeFileSync(path('checkpoints'), checkpoints);
}

const SEGMENT = '0000000000000000.jsonl';

/** From `from` on, numbered and linked as if nothing had been (docs/ledger.md: a leaf is the hash of a zero byte and the line). */
function chained(lines: readonly string[], from: number): string[] {
  const made = lines.slice(0, from);
  for (const line of lines.slice(from)) {
    const prev = createHash('sha256')
      .update(`\0${made.at(-1)}`)
      .digest('base64');
    made.push(
      line.replace(
        /^(\{"v":1,"seq":)\d+(,"time":"[^"]+","prev":")[^"]+/,
        (_, head, time) => `${head}${made.length}${time}${prev}`,
      ),
    );
  }
  return made;
}

const sizeOf = (note: string): number => Number(note.split('\n')[1]);
