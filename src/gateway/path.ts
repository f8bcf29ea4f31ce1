import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { identify } from '../callers/key.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action, Prompt } from '../exchange/exchange.ts';
import { may } from '../policy/may.ts';
import { findModel } from '../settings/routes.ts';
import type { Reservation } from '../store/quotas.ts';
import { parseJson } from '../wire/json.ts';
import { readBody } from './body.ts';
import { estimate } from './estimate.ts';
import { forward } from './forward.ts';
import { inspectPrompt, openInspection } from './inspect.ts';
import { answerModels } from './models.ts';
import { type Conversation, digestOf, type Passage, UsageMeter } from './passage.ts';
import { passReply, refusalFrom } from './reply.ts';
import { passStream } from './stream-reply.ts';
import type { Upstream } from './upstream.ts';

/**
 * The data path. Its order is the text of this function, and types hold it: `forward` takes the proof of
 * `inspectPrompt` and the receipt of `record.begin`, and the answer takes only what the guards on the reply have
 * cleared. It throws a {@link Refusal} for whatever is not let through; the caller of this function records it.
 */
export async function pass(passage: Passage): Promise<void> {
  const { ask, house, record } = passage;
  const { dialect, operation, id } = house.routes.find(ask.method, ask.path, ask.req.headers);
  checkQuery(ask.query, operation);
  const caller = identifyCaller(passage);
  record.note({ operation: operation.id });
  authorize(passage, caller, operation.action);
  if (operation.method === 'GET') return answerModels(passage, caller, dialect, id);

  const prompt = await readPrompt(passage, operation);
  authorize(passage, caller, operation.action, prompt.model);
  const target = route(passage, dialect, prompt.model);
  const reservation = limit(passage, caller, prompt);
  const meter = new UsageMeter();
  try {
    const guards = openInspection(house.watch, 'prompt');
    record.prompt(guards.book);
    const cleared = await inspectPrompt(prompt, guards);
    record.note({ upstream: target.upstream.name, ...(target.as !== prompt.model && { as: target.as }) });
    const receipt = await record.begin();
    meter.forwarded = true;
    const inspection = openInspection(house.watch, 'reply');
    record.reply(inspection.book);
    const upstream = await forward(cleared, receipt, target.upstream, upstreamRequest(passage, operation, cleared, target), answer);
    await reply({ ...passage, dialect, operation, prompt, inspection }, upstream, meter);
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    settle(passage, reservation, meter, prompt.model);
  }
}

async function reply(talk: Conversation, upstream: UpstreamAnswer, meter: UsageMeter): Promise<void> {
  if (upstream.status !== 200) throw await refusalFrom(talk, upstream);
  if (!talk.prompt.stream) return passReply(talk, upstream, meter);
  const refusal = await passStream(talk, upstream, meter);
  if (refusal !== undefined) throw refusal;
}
