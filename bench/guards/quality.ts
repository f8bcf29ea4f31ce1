import { mean } from '../../eval/injection/figures.ts';
import { type Case, readSets } from '../../eval/injection/sets.ts';
import { makeRows } from '../../eval/pii/make.ts';
import { generate } from '../../eval/secrets/generate.ts';
import type { Subject, Task } from './subjects.ts';

/** Shares, 0 to 1, at the tool's own default. Of our own sets: the others were made for other ones. */
export interface Quality {
  readonly name: string;
  readonly task: Task;
  /** Attacks found, mean over the sets; values found, of all. */
  readonly recall: number;
  /** Innocent texts flagged. */
  readonly benign: number;
  /** Innocent texts that look otherwise, flagged. */
  readonly hard: number | undefined;
}

const SETS = new URL('../../eval/injection/sets', import.meta.url).pathname;

export async function quality(subjects: readonly Subject[], share: number): Promise<Quality[]> {
  const results: Quality[] = [];
  for (const subject of subjects) {
    if (subject.task === 'injection') results.push(await ofInjection(subject));
    else if (subject.task === 'pii')
      results.push(await ofValues(subject, 'pii', makeRows(2000 * share, 3000 * share)));
    else if (subject.task === 'secrets') {
      const rows = generate(2, true).filter((_, at, { length }) => at < length * share);
      results.push(await ofValues(subject, 'secrets', rows));
    }
  }
  return results.sort((a, b) => (a.task < b.task ? -1 : Number(a.task > b.task)));
}

async function ofInjection(subject: Subject): Promise<Quality> {
  const attacks = new Map<string, boolean[]>();
  const benign: boolean[] = [];
  const hard: boolean[] = [];
  const listOf = ({ attack, set }: Case): boolean[] => {
    if (!attack) return set.startsWith('hard-') ? hard : benign;
    const list = attacks.get(set) ?? [];
    attacks.set(set, list);
    return list;
  };
  for (const one of readSets(SETS))
    listOf(one).push((await subject.run(one.text, one.provenance)).length > 0);
  const share = (flags: readonly boolean[]) => mean(flags.map(Number));
  return {
    name: subject.name,
    task: 'injection',
    recall: mean([...attacks.values()].map(share)),
    benign: share(benign),
    hard: share(hard),
  };
}

interface Row {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** A value is found where something that holds it, or a part of it, is. What kind it was taken for does not count. */
async function ofValues(subject: Subject, task: Task, rows: readonly Row[]): Promise<Quality> {
  const sum = { values: 0, found: 0, innocent: 0, flagged: 0 };
  for (const { text, spans } of rows) {
    const found = await subject.run(text);
    for (const { start, end } of spans) {
      const value = text.slice(start, end);
      sum.values++;
      if (found.some((one) => one.includes(value) || value.includes(one))) sum.found++;
    }
    if (spans.length > 0) continue;
    sum.innocent++;
    if (found.length > 0) sum.flagged++;
  }
  return {
    name: subject.name,
    task,
    recall: sum.found / Math.max(1, sum.values),
    benign: sum.flagged / Math.max(1, sum.innocent),
    hard: undefined,
  };
}
