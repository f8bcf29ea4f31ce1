import { Refusal } from '../base/refusal.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { parseJson } from '../wire/json.ts';
import { authorize } from './authorize.ts';
import { readBody } from './body.ts';
import { estimate } from './estimate.ts';
import { forward, type UpstreamAnswer } from './forward.ts';
import type { House } from './house.ts';
import { identifyCaller } from './identify.ts';
import type { Inspection } from './inspect/channel.ts';
import { inspectPrompt, inspectText, openInspection } from './inspect/inspect.ts';
import { limit, settle, UsageMeter } from './limit.ts';
import { answerModels } from './models.ts';
import { digestOf, type Passage, type Talk } from './passage.ts';
import { passReply, refusalFrom } from './reply.ts';
import { address, route } from './route.ts';
import { passStream } from './stream-reply.ts';
import { noteTags } from './tags.ts';

/**
 * The data path. Its order is the text of this function, and types hold it: `forward` takes the proof of
 * `inspectPrompt` and the receipt of `record.begin`, and the answer takes only what the guards on the reply have
 * cleared. It throws a {@link Refusal} for whatever is not let through; the caller of this function records it.
 */
export async function pass(passage: Passage): Promise<void> {
  const { ask, answer, gate, house, record } = passage;
  const caller = await identifyCaller(passage);
  const { dialect, operation, id } = house.routes.find(ask.method, ask.path, ask.req.headers);
  record.note({ operation: operation.id });
  checkQuery(ask.query, operation);
  const tags = noteTags(passage);
  authorize(passage, caller, operation.action);
  if (operation.method === 'GET') return answerModels(passage, caller, dialect, id);

  const prompt = await readPrompt(passage, operation, id);
  authorize(passage, caller, operation.action, prompt.model);
  const target = route(passage, dialect, prompt.model);
  const reserved = estimate(prompt, house.policy.assumeOutput);
  const reservation = await limit(passage, caller, prompt, reserved);
  const meter = new UsageMeter(reserved);
  try {
    const guards = openInspection(house.watch, 'prompt');
    record.prompt(guards.book);
    const cleared = await inspectPrompt(prompt, guards);
    const headers = await letThrough(passage, operation, guards);
    record.note({ model: prompt.model });
    const request = address(operation, target, headers);
    if (prompt.rename === undefined) prompt.body.model = target.as;
    else prompt.rename(target.as);
    // Both are on their way at once. The entry is waited for first: what goes wrong after it is its end.
    const flushed = gate.store.quotas.flushed();
    flushed.catch(() => {});
    const receipt = await record.begin();
    await flushed;
    meter.forwarded = true;
    const inspection = openInspection(house.watch, 'reply');
    record.reply(inspection.book);
    const upstream = await forward(cleared, receipt, target.upstream, request, answer);
    await reply({ ...passage, dialect, operation, prompt, tags, inspection }, upstream, meter);
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    settle(reservation, meter);
  }
}

function checkQuery(query: URLSearchParams, operation: Operation): void {
  for (const name of query.keys()) if (!operation.query.includes(name)) throw new Refusal('query_refused');
  for (const [name, value] of Object.entries(operation.demands ?? {})) {
    const given = query.getAll(name);
    if (given.length === 1 && given[0] === value) continue;
    throw new Refusal('unsupported', { hint: `Add ${name}=${value} to the address.` });
  }
}

async function readPrompt(passage: Passage, operation: Operation, id: string | undefined): Promise<Prompt> {
  const { ask, gate, house, record } = passage;
  const { body: maxBytes, body_time: time, depth } = house.settings.limits;
  const bytes = await readBody(ask.req, maxBytes, time);
  record.note({ request: { bytes: bytes.length, digest: digestOf(gate, bytes) } });
  const prompt = operation.readPrompt(parseJson(bytes, { maxDepth: depth }), id);
  // Any other name could be a text: it is noted when the guards have read it.
  if (isNamed(house, prompt.model)) record.note({ model: prompt.model });
  if (prompt.stream) record.note({ stream: true });
  return prompt;
}

/** The settings name the model; it is not merely one that a pattern of theirs fits. */
const isNamed = ({ upstreams }: House, model: string): boolean =>
  [...upstreams.values()].some(({ names }) => names.includes(model));

/** The headers that the endpoint lets through, read as the body is. */
async function letThrough({ ask }: Passage, operation: Operation, guards: Inspection) {
  const headers: Record<string, string> = {};
  for (const [name, form] of Object.entries(operation.headers)) {
    const value = ask.req.headers[name];
    if (value === undefined) continue;
    const hint = `Header ${name} has a form that is not known.`;
    if (typeof value !== 'string' || !form.test(value)) throw new Refusal('header_refused', { hint });
    headers[name] = (await inspectText(value, `/headers/${name}`, guards)).value;
    // A mask leaves no header that the model server would understand.
    if (headers[name] !== value) throw new Refusal('header_refused', { hint });
  }
  return headers;
}

async function reply(talk: Talk, upstream: UpstreamAnswer, meter: UsageMeter): Promise<void> {
  if (upstream.status !== 200) throw await refusalFrom(talk, upstream);
  meter.answered = true;
  if (!talk.prompt.stream) return passReply(talk, upstream, meter);
  const refusal = await passStream(talk, upstream, meter);
  if (refusal !== undefined) throw refusal;
}
