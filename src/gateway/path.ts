import { Refusal } from '../base/refusal.ts';
import { identify } from '../callers/index.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action, Prompt, Usage } from '../exchange/exchange.ts';
import { may } from '../policy/may.ts';
import { findModel } from '../settings/routes.ts';
import type { Reservation } from '../store/quotas.ts';
import { parseJson } from '../wire/json.ts';
import { readBody } from './body.ts';
import { estimate } from './estimate.ts';
import { forward, type UpstreamAnswer, type UpstreamRequest } from './forward.ts';
import type { House } from './house.ts';
import type { Inspection } from './inspect/channel.ts';
import { inspectPrompt, inspectText, openInspection } from './inspect/inspect.ts';
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
  const { ask, answer, gate, house, record } = passage;
  const caller = identifyCaller(passage);
  const { dialect, operation, id } = house.routes.find(ask.method, ask.path, ask.req.headers);
  record.note({ operation: operation.id });
  checkQuery(ask.query, operation);
  authorize(passage, caller, operation.action);
  if (operation.method === 'GET') return answerModels(passage, caller, dialect, id);

  const prompt = await readPrompt(passage, operation);
  authorize(passage, caller, operation.action, prompt.model);
  const target = route(passage, dialect, prompt.model);
  const reserved = estimate(prompt, house.policy.assumeOutput);
  const reservation = limit(passage, caller, prompt, reserved);
  const meter = new UsageMeter(reserved);
  try {
    const guards = openInspection(house.watch, 'prompt');
    record.prompt(guards.book);
    const cleared = await inspectPrompt(prompt, guards);
    const headers = await letThrough(passage, operation, guards);
    record.note({ model: prompt.model });
    const request = address(operation, target, headers);
    prompt.body.model = target.as;
    // Both are on their way at once. The entry is waited for first: what goes wrong after it is its end.
    const flushed = gate.store.quotas.flushed();
    flushed.catch(() => {});
    const receipt = await record.begin();
    await flushed;
    meter.forwarded = true;
    const inspection = openInspection(house.watch, 'reply');
    record.reply(inspection.book);
    const upstream = await forward(cleared, receipt, target.upstream, request, answer);
    await reply({ ...passage, dialect, operation, prompt, inspection }, upstream, meter);
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    settle(reservation, meter);
  }
}

/** Who is asking: on every path, known or not, before anything else is said. */
export function identifyCaller({ ask, gate, record }: Passage): Caller {
  const { callers, pepper } = gate.store;
  const caller = identify(ask.req.rawHeaders, ask.query, callers.lookup, pepper, gate.clock.now());
  record.caller(caller);
  return caller;
}

/** Whether the policy lets them; what it does not name is refused. */
export function authorize({ house }: Passage, caller: Caller, action: Action, model?: string): void {
  if (!may(house.policy, caller.roles, action, model).allowed) throw new Refusal('forbidden');
}

function checkQuery(query: URLSearchParams, operation: Operation): void {
  for (const name of query.keys()) if (!operation.query.includes(name)) throw new Refusal('query_refused');
}

async function readPrompt(passage: Passage, operation: Operation): Promise<Prompt> {
  const { ask, gate, house, record } = passage;
  const { body: maxBytes, body_time: time, depth } = house.settings.limits;
  const bytes = await readBody(ask.req, maxBytes, time);
  record.note({ request: { bytes: bytes.length, digest: digestOf(gate, bytes) } });
  const prompt = operation.readPrompt(parseJson(bytes, { maxDepth: depth }));
  // Any other name could be a text: it is noted when the guards have read it.
  if (isNamed(house, prompt.model)) record.note({ model: prompt.model });
  if (prompt.stream) record.note({ stream: true });
  return prompt;
}

/** The settings name the model; it is not merely one that a pattern of theirs fits. */
const isNamed = ({ upstreams }: House, model: string): boolean =>
  [...upstreams.values()].some(({ names }) => names.includes(model));

interface Target {
  readonly upstream: Upstream;
  /** The model's name there. */
  readonly as: string;
}

/** The one upstream that serves the model. It must speak the caller's dialect: the other is told where to go. */
function route({ house, record }: Passage, dialect: Dialect, model: string): Target {
  const found = findModel(house.settings, model);
  const upstream = found && house.upstreams.get(found.upstream.name);
  if (found === undefined || upstream === undefined) throw new Refusal('model_unknown');
  if (upstream.dialect !== dialect) {
    const hint = `This model is served in the ${upstream.dialect.name} dialect; ask for it there.`;
    throw new Refusal('unsupported', { field: '/model', hint });
  }
  record.note({ upstream: upstream.name, ...(found.as !== model && { as: found.as }) });
  return { upstream, as: found.as };
}

function limit(passage: Passage, caller: Caller, prompt: Prompt, reserved: Usage): Reservation {
  const { gate, house, record, answer } = passage;
  const reservation = gate.store.quotas.reserve(house.policy.quotas, caller, prompt.model, reserved);
  record.note({ reserved: { ...reserved } });
  answer.onSend(() => reservation.headers());
  return reservation;
}

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

/** Where the request goes, and with which headers. */
const address = (
  operation: Operation,
  { upstream, as }: Target,
  headers: Record<string, string>,
): UpstreamRequest => ({
  path: upstream.pathOf(operation, as),
  headers: { ...upstream.headers, ...headers },
});

async function reply(talk: Conversation, upstream: UpstreamAnswer, meter: UsageMeter): Promise<void> {
  if (upstream.status !== 200) throw await refusalFrom(talk, upstream);
  meter.answered = true;
  if (!talk.prompt.stream) return passReply(talk, upstream, meter);
  const refusal = await passStream(talk, upstream, meter);
  if (refusal !== undefined) throw refusal;
}

/** What was reserved becomes what was used. */
function settle(reservation: Reservation, meter: UsageMeter): void {
  const { charge } = meter;
  if (charge === 'nothing') reservation.cancel();
  else reservation.settle(charge);
}
