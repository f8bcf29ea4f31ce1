import { setImmediate } from 'node:timers/promises';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Operation } from '../dialects/dialect.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { categorise, type Verdict } from '../inspection/categories.ts';
import { weighInTurns } from '../inspection/in-turns.ts';
import { MAX_TEXT } from '../inspection/question.ts';
import { OWN_MODEL, orFailed, refuseMany, refuseTooMany, Tally } from './inspect-texts.ts';
import { limitOwn } from './limit.ts';
import type { Passage } from './passage.ts';

/** A moderation that the gateway's guards are asked for, rather than a model server. */
export const isOwn = ({ action }: Operation, { model }: Prompt): boolean =>
  action === 'moderate' && model === OWN_MODEL;

/** `POST /v1/moderations` with `model: gatehouse`: what the guards say, in OpenAI's shape. Nothing is forwarded or kept. */
export async function moderate(passage: Passage, caller: Caller, body: JsonObject): Promise<void> {
  const { answer, gate, house, record } = passage;
  record.content = undefined;
  record.note({ model: OWN_MODEL });
  record.passed('authorize');
  const { meter } = await limitOwn(passage, caller, OWN_MODEL);
  record.passed('limit');
  const tally = new Tally();
  try {
    const results: Verdict[] = [];
    for (const texts of messagesIn(body.input ?? null)) {
      // Others want to be served between.
      if (results.length > 0) await setImmediate();
      results.push(
        await orFailed(() =>
          categorise(
            house.inspectors,
            texts,
            (chars, found) => tally.add(chars, found),
            (posts, question) => weighInTurns(posts, question, gate.clock.tick),
          ),
        ),
      );
      refuseTooMany(tally);
    }
    record.passed('inspect');
    meter.see(NO_USAGE);
    meter.complete = true;
    record.note({ inspection: tally.entry() });
    await record.end('completed', { status: 200, count: tally.texts });
    answer.say(200, JSON.stringify({ id: `modr-${passage.ask.id}`, model: OWN_MODEL, results }));
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
  }
}

/** The texts of each message: a list of texts is as many messages, a list of parts is one. */
function messagesIn(input: Json): readonly (readonly string[])[] {
  const list = Array.isArray(input) ? input : [input];
  refuseMany(list);
  const texts = list.map((part, index) => textOf(part, index));
  const isOne = !list.every((part) => typeof part === 'string');
  // They are read together too.
  if (isOne && texts.reduce((sum, { length }) => sum + length, 0) > MAX_TEXT)
    throw new Refusal('body_too_large', { field: '/input' });
  return isOne ? [texts] : texts.map((text) => [text]);
}

function textOf(part: Json, index: number): string {
  const text = isObject(part) ? part.text : part;
  if (typeof text !== 'string') {
    throw new Refusal('unsupported', { field: `/input/${index}`, hint: `“${OWN_MODEL}” reads texts only.` });
  }
  if (text.length > MAX_TEXT) throw new Refusal('body_too_large', { field: `/input/${index}` });
  return text;
}
