import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';

/** What became of some rows in one step. Rows that were not found have no adversarial one. */
const Batch = Type.Object(
  {
    places: Type.Array(Type.Integer({ minimum: 0 })),
    /** 1: found, and confirmed when it was asked again; 2: found, and not confirmed; 0: not found. */
    found: Type.Array(Type.Integer({ minimum: 0, maximum: 2 })),
    queries: Type.Array(Type.Integer({ minimum: 0 })),
    zeroGradients: Type.Array(Type.Integer({ minimum: 0, maximum: 1 })),
    distances: Type.Array(Type.Number()),
    answers: Type.Array(Type.Integer({ minimum: -1 })),
    /** The rows of `found` 1, one after the other: float32, little-endian, base64. */
    rows: Type.String(),
    seconds: Type.Number(),
  },
  { additionalProperties: false },
);
export type Batch = Static<typeof Batch>;

/** What is kept of an attack while it goes on. */
export interface State {
  /** Queries that were paid for, or set aside, before. */
  readonly used: number;
  read(step: string, batch: number): Promise<Batch | undefined>;
  keep(step: string, batch: number, done: Batch): Promise<void>;
  /** Before so many queries have been asked. */
  reserve(used: number): void;
}

export const NO_STATE: State = {
  used: 0,
  read: async () => undefined,
  keep: async () => {},
  reserve: () => {},
};

/**
 * A folder in which every batch is a file, put in place whole: a crash loses the batch that was being asked, and no more.
 * Rejects with Problem('usage') where there is another attack in it, or one and it is not to be resumed.
 *
 * @param plan what the attack depends on: model, data, options; only the same goes on
 */
export async function openState(folder: string, plan: object, resume: boolean): Promise<State> {
  const place = join(folder, 'state');
  const head = join(place, 'plan.json');
  const digest = digestOf(JSON.stringify(plan));
  const kept = await readFile(head, 'utf8').catch(() => undefined);
  if (kept !== undefined && !resume)
    throw new Problem(
      'usage',
      `there is an attack in ${folder}`,
      '--resume goes on with it; or name another folder.',
    );
  if (kept !== undefined && digestOf(kept.trimEnd()) !== digest)
    throw new Problem(
      'usage',
      `the attack in ${folder} is another: its model, data or options differ`,
      'Name the same again, or another folder.',
    );
  await mkdir(place, { recursive: true }).catch((cause) => {
    throw new Problem('environment', `cannot write into ${folder}`, undefined, cause);
  });
  if (kept === undefined) await putFile(head, `${JSON.stringify(plan)}\n`);
  const meter = join(place, 'queries');
  const fileOf = (step: string, batch: number) => join(place, `${digestOf(step).slice(0, 16)}-${batch}.json`);
  return {
    used: usedIn(meter),
    async read(step, batch) {
      const text = await readFile(fileOf(step, batch), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const value: unknown = JSON.parse(text);
      return Check(Batch, value) ? value : undefined;
    },
    keep: (step, batch, done) => putFile(fileOf(step, batch), JSON.stringify(done)),
    reserve(used) {
      mkdirSync(place, { recursive: true });
      writeFileSync(meter, String(used), { flush: true, mode: 0o600 });
    },
  };
}

function usedIn(file: string): number {
  try {
    const used = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(used) ? used : 0;
  } catch {
    return 0;
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A file put in place whole. Rejects with Problem('environment') where it cannot be. */
export async function putFile(path: string, content: string): Promise<void> {
  try {
    // Rows may be of people: for nobody else to read.
    const handle = await open(`${path}.tmp`, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.tmp`, path);
  } catch (cause) {
    throw new Problem('environment', `cannot write ${path}`, undefined, cause);
  }
}
