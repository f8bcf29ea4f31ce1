import Type from 'typebox';
import { SourceDocument } from '../base/document.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { type Inspected, inspect } from './inspector.ts';
import type { Post } from './posts.ts';
import { type Question, ROLES, TASKS } from './question.ts';

const closed = { additionalProperties: false } as const;

const Case = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    text: Type.Optional(Type.String()),
    file: Type.Optional(Type.String({ minLength: 1 })),
    role: Type.Optional(Type.Enum([...ROLES])),
    task: Type.Optional(Type.Enum([...TASKS])),
    expect: Type.Enum(['flagged', 'clean']),
    technique: Type.Optional(Type.String({ minLength: 1 })),
    type: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

const CasesFile = Type.Object({ version: Type.Literal(1), cases: Type.Array(Case, { minItems: 1 }) }, closed);

/** A text, and what the guards are expected to say of it. */
export interface Case {
  readonly name: string;
  readonly question: Question;
  readonly expect: 'flagged' | 'clean';
  /** Of one of the findings. */
  readonly technique: string | undefined;
  readonly type: string | undefined;
}

/** How a case came out. */
export interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  /** What was said; undefined where no guard could. */
  readonly said: Inspected | undefined;
  /** In a word: what was found, `clean`, or why there is no answer. */
  readonly got: string;
}

/**
 * Reads a file of cases. Throws `Problem('usage')` with every error in it.
 * @param readFile the text of a file that a case names
 */
export async function readCases(
  text: string,
  file: string,
  readFile: (path: string) => Promise<string>,
): Promise<Case[]> {
  const document = SourceDocument.read(text, file);
  const { cases } = document.require(CasesFile);
  for (const [index, { text: written, file: named, expect, technique, type }] of cases.entries()) {
    const at = ['cases', index];
    if ((written === undefined) === (named === undefined)) document.report(at, 'must have “text” or “file”');
    if (expect === 'clean' && (technique ?? type) !== undefined)
      document.report(at, 'expects nothing, so it cannot name a technique or a type');
  }
  document.finish();
  const read: Case[] = [];
  for (const [index, one] of cases.entries()) {
    const { name = `case ${index + 1}`, role = 'user', task, expect, technique, type } = one;
    const found = one.text ?? (await readFile(one.file ?? ''));
    const question = { text: found, role, tasks: task && [task] };
    read.push({ name, question, expect, technique, type });
  }
  return read;
}

/** Asks the guards about every case, in order. Throws a Problem where a guard cannot be built. */
export async function runCases(posts: readonly Post[], cases: readonly Case[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of cases) outcomes.push(await runCase(posts, one));
  return outcomes;
}

async function runCase(posts: readonly Post[], one: Case): Promise<Outcome> {
  const { name, expect, technique, type } = one;
  const expected = technique ?? type ?? expect;
  try {
    const said = await inspect(posts, one.question);
    const fits = said.findings.some(
      (found) =>
        (technique === undefined || found.technique === technique) &&
        (type === undefined || found.type === type),
    );
    const passed = expect === 'clean' ? !said.flagged : fits;
    const got = [...new Set(said.findings.map((found) => found.type))].join(', ') || 'clean';
    return { name, passed, expected, said, got };
  } catch (error) {
    if (error instanceof Problem || !(error instanceof Refusal)) throw error;
    return { name, passed: false, expected, said: undefined, got: error.hint ?? error.message };
  }
}
