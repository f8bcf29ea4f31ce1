import { setImmediate } from 'node:timers/promises';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import { type Answer, type Ask, answer, unanswered } from '../inspection/answer.ts';
import { inspectInTurns } from '../inspection/in-turns.ts';
import { readLine } from '../inspection/lines.ts';
import type { Post } from '../inspection/posts.ts';
import { readQuestion } from '../inspection/question.ts';
import { parseJson } from '../wire/json.ts';
import { admit, askerOf, authorize } from './authorize.ts';
import { JSON_BODY, readBody } from './body.ts';
import { digestOf } from './digest.ts';
import { callerNow } from './identify.ts';
import { limitOwn } from './limit.ts';
import type { Passage } from './passage.ts';
import { noteTags } from './tags.ts';

/** Where texts are inspected and go nowhere. */
export const INSPECT = '/v1/inspect';

/** The model that the guards of the gateway are, where an API asks for one. */
export const OWN_MODEL = 'gatehouse';

/** Questions of one request, and findings listed in one answer: what a body can make of the gateway's memory is bounded. */
const MAX_INPUTS = 1000;
const MAX_FINDINGS = 10_000;

const LINES = /^application\/(?:x-ndjson|jsonl|x-jsonlines)\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** What was said over one request, for the ledger: counts and reasons, no text and no places. */
export class Tally {
  texts = 0;
  chars = 0;
  flagged = 0;
  findings = 0;
  readonly #reasons = new Map<string, number>();

  add(chars: number, findings: readonly { readonly reason: string }[]): void {
    this.texts += 1;
    this.chars += chars;
    this.findings += findings.length;
    if (findings.length > 0) this.flagged += 1;
    for (const { reason } of findings) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  entry(): JsonObject {
    const { texts, chars, flagged } = this;
    return { texts, chars, flagged, reasons: Object.fromEntries(this.#reasons) };
  }
}

/**
 * `POST /v1/inspect`: a question, `{"inputs": […]}`, or one a line. The guards of the policy answer, and where it has none
 * for a task those that ship. Nothing is forwarded and nothing kept.
 */
export async function inspectTexts(passage: Passage, known: Caller): Promise<void> {
  const { ask, gate, house, record } = passage;
  record.note({ operation: 'gatehouse.inspect', model: OWN_MODEL });
  if (ask.method !== 'POST') throw new Refusal('method_not_allowed');
  if (ask.query.size > 0) throw new Refusal('query_refused');
  const tags = noteTags(passage);
  admit(passage, known, 'inspect');
  const isLines = LINES.test(ask.req.headers['content-type'] ?? '');
  const { body: longest, depth } = house.settings.limits;
  const bytes = await readBody(passage, longest, isLines ? LINES : JSON_BODY);
  record.note({ request: { bytes: bytes.length, digest: digestOf(gate, bytes) } });
  const asked = isLines ? linesOf(bytes) : parseJson(bytes, { maxDepth: depth });
  const caller = callerNow(passage, known);
  authorize(passage, await askerOf(passage, caller, tags), 'inspect', { kind: 'Model', id: OWN_MODEL });
  record.passed('authorize');
  const { meter } = await limitOwn(passage, caller, OWN_MODEL);
  record.passed('limit');
  const tally = new Tally();
  try {
    const inTurns: Ask = (posts, question) => inspectInTurns(posts, question, gate.clock.tick);
    const [text, type] = await answerTo(house.inspectors, asked, tally, inTurns);
    record.passed('inspect');
    meter.see(NO_USAGE);
    meter.complete = true;
    record.note({ inspection: tally.entry() });
    await record.end('completed', { status: 200, count: tally.texts });
    passage.answer.say(200, text, { 'content-type': type });
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
  }
}

async function answerTo(
  posts: readonly Post[],
  asked: JsonObject | readonly (Json | Refusal)[],
  tally: Tally,
  ask: Ask,
): Promise<readonly [text: string, type: string]> {
  if (isList(asked)) {
    const answers = await answerAll(posts, asked, tally, ask);
    return [answers.map((one) => `${JSON.stringify(one)}\n`).join(''), 'application/x-ndjson'];
  }
  const { inputs } = asked;
  if (Array.isArray(inputs)) {
    const results = await answerAll(posts, inputs, tally, ask);
    return [JSON.stringify({ results }), 'application/json'];
  }
  const question = readQuestion(asked);
  const said = await orFailed(() => ask(posts, question));
  tally.add(question.text.length, said.findings);
  refuseTooMany(tally);
  return [JSON.stringify({ id: question.id ?? 1, ...said }), 'application/json'];
}

const isList = <T>(value: JsonObject | readonly T[]): value is readonly T[] => Array.isArray(value);

async function answerAll(
  posts: readonly Post[],
  questions: readonly (Json | Refusal)[],
  tally: Tally,
  ask: Ask,
): Promise<Answer[]> {
  refuseMany(questions);
  const answers: Answer[] = [];
  for (const question of questions) {
    // Others want to be served between.
    if (answers.length > 0) await setImmediate();
    const said = await orFailed(() =>
      question instanceof Refusal
        ? unanswered(null, question)
        : answer(posts, question, answers.length + 1, {}, ask),
    );
    if ('findings' in said) tally.add(lengthOf(question), said.findings);
    refuseTooMany(tally);
    answers.push(said);
  }
  return answers;
}

const lengthOf = (question: Json | Refusal): number =>
  !(question instanceof Refusal) && isObject(question) && typeof question.text === 'string'
    ? question.text.length
    : 0;

export function refuseMany(texts: readonly unknown[]): void {
  if (texts.length > MAX_INPUTS)
    throw new Refusal('request_invalid', { hint: `At most ${MAX_INPUTS} texts in one request.` });
}

export function refuseTooMany({ findings }: Tally): void {
  if (findings > MAX_FINDINGS)
    throw new Refusal('body_too_large', { hint: `More than ${MAX_FINDINGS} findings; send less at once.` });
}

/** A guard that cannot be built has not decided. */
export async function orFailed<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw cause instanceof Problem ? new Refusal('guard_failed', { cause }) : cause;
  }
}

/** Values of a body with one on each line; of a line that is none, what is wrong with it. */
function linesOf(bytes: Buffer): (Json | Refusal)[] {
  const values: (Json | Refusal)[] = [];
  for (let from = 0; from < bytes.length && values.length <= MAX_INPUTS; ) {
    const end = bytes.indexOf(0x0a, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    const value = lineValue(line, from === 0);
    if (value !== undefined) values.push(value);
    from += line.length + 1;
  }
  return values;
}

function lineValue(line: Uint8Array, first: boolean): Json | Refusal | undefined {
  try {
    return readLine(line, first);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
