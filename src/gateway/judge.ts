import { createHmac, randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { isObject, type Json } from '../base/json.ts';
import type { ReachName } from '../base/reach.ts';
import type { Secret } from '../base/secret.ts';
import type { Consult, Question } from '../guards/consult.ts';
import { ATTACKS, Judge, NoOpinion, scoreOfOpinion } from '../guards/opinion.ts';
import type { JudgeSettings } from '../settings/judges.ts';
import { guardedConnect } from './reach.ts';
import { reachAt } from './upstream.ts';

/** A verdict has fifty tokens; models that think first need more. */
const MAX_ANSWER_TOKENS = 1024;
const MAX_ANSWER_BYTES = 64 * 1024;
const MINUTE = 60_000;
/** For budgets: a token of a question has this many characters at the least. */
const CHARS_PER_TOKEN = 3;

/** A judge of the settings, over HTTP. */
export interface JudgeClient extends Consult {
  close(): Promise<void>;
}

/**
 * Opens a judge; nothing is sent until it is asked. Goes only where its settings allow, follows no redirect, tries nothing
 * twice but a server that does not know `response_format`, and gives nothing of an answer but its text.
 * @param now milliseconds, from any start
 */
export function openJudge(settings: JudgeSettings, now: () => number): JudgeClient {
  const { name, url, key, model, timeout } = settings;
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, {
    connections: settings.concurrency,
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: guardedConnect({
      reach: reachAt(settings, url),
      timeout,
      ca: settings.tls?.ca,
      cert: settings.tls?.cert,
      key: settings.tls?.key?.reveal(),
    }),
  });
  const path = `${pathname.replace(/\/+$/, '')}/chat/completions`;
  const secret = randomBytes(32);
  const budget = new Budget(settings, now);
  let open = 0;
  let knowsSchemas = true;

  const post = async (
    question: Question,
    signal: AbortSignal,
    withSchema: boolean,
  ): Promise<{ status: number; text: string }> => {
    const { statusCode: status, body } = await pool.request({
      method: 'POST',
      path,
      signal,
      headers: {
        'content-type': 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'gatehouse',
        ...(key !== undefined && { authorization: `Bearer ${key.reveal()}` }),
      },
      body: JSON.stringify(bodyOf(model, question, withSchema)),
    });
    return { status, text: await body.text() };
  };

  const ask = async (question: Question): Promise<string> => {
    if (open >= settings.concurrency) throw new NoOpinion('too many questions for the judge at once');
    budget.take(
      Math.ceil((question.system.length + question.user.length) / CHARS_PER_TOKEN) + MAX_ANSWER_TOKENS,
    );
    open++;
    try {
      const signal = AbortSignal.timeout(timeout);
      let said = await post(question, signal, knowsSchemas);
      if (knowsSchemas && (said.status === 400 || said.status === 422)) {
        said = await post(question, signal, false);
        // A question that it takes in neither way says nothing of schemas: no text can turn them off.
        if (said.status === 200) knowsSchemas = false;
      }
      if (said.status !== 200) throw new NoOpinion(`the judge's server answered ${said.status}`);
      return answerOf(said.text);
    } catch (cause) {
      // The message of an error of the connection may hold an address; its cause is not logged.
      throw cause instanceof NoOpinion ? cause : new NoOpinion('the judge cannot be asked', { cause });
    } finally {
      open--;
    }
  };
  return {
    name,
    maxChars: settings.max_chars,
    cache: { entries: settings.cache_entries, ttl: settings.cache_ttl },
    digest: (text) => createHmac('sha256', secret).update(text).digest('base64'),
    nonce: () => randomBytes(16).toString('hex'),
    now,
    ask,
    close: () => pool.close(),
  };
}

const bodyOf = (model: string, { system, user, schema, schemaName }: Question, withSchema: boolean) => ({
  model,
  temperature: 0,
  max_tokens: MAX_ANSWER_TOKENS,
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ],
  ...(withSchema && {
    response_format: { type: 'json_schema', json_schema: { name: schemaName, strict: true, schema } },
  }),
});

/** The text of the one choice, where the model had said all it wanted. */
function answerOf(text: string): string {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw new NoOpinion("the judge's server gave no JSON");
  }
  const choices = isObject(body) && Array.isArray(body.choices) ? body.choices : [];
  const [choice] = choices;
  if (choices.length !== 1 || choice === undefined || !isObject(choice))
    throw new NoOpinion('the judge gave no choice');
  if (choice.finish_reason !== undefined && choice.finish_reason !== null && choice.finish_reason !== 'stop')
    throw new NoOpinion('the judge was cut off');
  const { message } = choice;
  if (message === undefined || !isObject(message) || typeof message.content !== 'string')
    throw new NoOpinion('the judge gave no text');
  return message.content;
}

/** A judge that is not in any settings, to measure one: how much it takes a text for an attack, 0..1; with no bound on its use. */
export function measuredJudge(
  server: { readonly url: string; readonly model: string; readonly key?: Secret; readonly reach?: ReachName },
  now: () => number,
): { score(text: string, from: string): Promise<number>; close(): Promise<void> } {
  const client = openJudge(
    {
      name: 'measured',
      url: server.url.replace(/\/+$/, ''),
      key: server.key,
      model: server.model,
      timeout: MINUTE,
      concurrency: 64,
      calls_per_minute: Number.MAX_SAFE_INTEGER,
      tokens_per_minute: Number.MAX_SAFE_INTEGER,
      max_chars: 1_000_000,
      cache_entries: 1,
      cache_ttl: 1,
      reach: server.reach,
      allow_addresses: [],
      tls: undefined,
    },
    now,
  );
  const judge = new Judge(client, ATTACKS);
  return { score: async (text, from) => scoreOfOpinion(await judge.ask(text, from)), close: client.close };
}

/** What may be asked in a minute that starts with its first question. */
class Budget {
  readonly #calls: number;
  readonly #tokens: number;
  readonly #now: () => number;
  #from = Number.NEGATIVE_INFINITY;
  #used = { calls: 0, tokens: 0 };

  constructor({ calls_per_minute, tokens_per_minute }: JudgeSettings, now: () => number) {
    this.#calls = calls_per_minute;
    this.#tokens = tokens_per_minute;
    this.#now = now;
  }

  take(tokens: number): void {
    const now = this.#now();
    if (now - this.#from >= MINUTE) {
      this.#from = now;
      this.#used = { calls: 0, tokens: 0 };
    }
    const { calls, tokens: before } = this.#used;
    if (calls + 1 > this.#calls || before + tokens > this.#tokens)
      throw new NoOpinion("the judge's budget of this minute is spent");
    this.#used = { calls: calls + 1, tokens: before + tokens };
  }
}
