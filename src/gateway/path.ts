import { Refusal } from '../base/refusal.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt } from '../exchange/exchange.ts';
import { parseJson } from '../wire/json.ts';
import { watchPrompt } from './abuse/heed.ts';
import { refuseSockets } from './ask.ts';
import { admit, askerOf, authorize, authorizeTools } from './authorize.ts';
import { bindAnswer, recall } from './background.ts';
import { readBody } from './body.ts';
import { openDrawer } from './cache/drawer.ts';
import { digestOf } from './digest.ts';
import { estimate } from './estimate.ts';
import type { UpstreamAnswer } from './forward.ts';
import { keepersOf } from './history.ts';
import { callerNow, identifyCaller } from './identify.ts';
import { inspectPrompt, inspectSent, inspectText, openInspection } from './inspect/inspect.ts';
import type { Inspection } from './inspect/inspection.ts';
import { INSPECT, inspectTexts } from './inspect-texts.ts';
import { labelsOf } from './labels.ts';
import { limit } from './limit.ts';
import { askedOf, markPrompt } from './mark.ts';
import type { UsageMeter } from './meter.ts';
import { answerModels } from './models.ts';
import { isOwn, moderate } from './moderate.ts';
import type { Passage, Talk } from './passage.ts';
import { isPredictPath } from './predict/endpoint.ts';
import { predict } from './predict/path.ts';
import { disguiseFor, refuseForgotten } from './pseudonyms.ts';
import type { Record as RequestRecord } from './record.ts';
import { passKept, passReply, refusalFrom } from './reply.ts';
import { holdPrompt, openFindings } from './review/hold.ts';
import { REVIEWS } from './review/pending.ts';
import { pollReview } from './review/poll.ts';
import { address, findRoute, isNamed, type OpenTarget, planFor } from './route.ts';
import { attempt } from './routing/attempts.ts';
import { verdictOf } from './routing/retry.ts';
import type { Lease } from './routing/targets.ts';
import { passStream } from './stream-reply.ts';
import { noteTags } from './tags.ts';
import { openContent } from './vault.ts';

/**
 * The data path. Its order is the text of this function, and types hold it: `forward` takes the proof of
 * `inspectPrompt` and the receipt of `record.begin`, and the answer takes only what the guards on the reply have
 * cleared. It throws a {@link Refusal} for whatever is not let through; the caller of this function records it.
 */
export async function pass(passage: Passage): Promise<void> {
  const { ask, gate, house, record } = passage;
  const known = await identifyCaller(passage);
  record.passed('identify');
  refuseSockets(ask);
  if (ask.path === INSPECT) return inspectTexts(passage, known);
  if (isPredictPath(ask.path)) return predict(passage, known);
  if (ask.path.startsWith(REVIEWS)) return pollReview(passage, known);
  const { dialect, operation, id } = house.routes.find(ask.method, ask.path, ask.req.headers);
  record.note({ operation: operation.id });
  checkQuery(ask.query, operation);
  const tags = noteTags(passage);
  admit(passage, known, operation.action);
  if (operation.kept === true) return recall(passage, known, tags, { dialect, operation, id });
  if (operation.method === 'GET')
    return answerModels(passage, await askerOf(passage, known, tags), dialect, id);

  record.content = openContent(passage, known);
  const prompt = await readPrompt(passage, known, operation, id);
  const caller = callerNow(passage, known);
  const asking = askerOf(passage, caller, tags);
  const asker = asking instanceof Promise ? await asking : asking;
  authorize(passage, asker, operation.action, { kind: 'Model', id: prompt.model });
  const decided = authorizeTools(passage, asker, 'tool.declare', prompt.tools);
  if (decided !== undefined) await decided;
  if (isOwn(operation, prompt)) return moderate(passage, caller, prompt.body);
  const route = findRoute(passage, asker, { dialect, operation, prompt });
  record.passed('authorize');
  const reserved = estimate(prompt, house.policy.assumeOutput);
  const { meter } = await limit(passage, caller, operation, prompt, reserved);
  record.passed('limit');
  try {
    const disguise = await disguiseFor(passage, caller, prompt);
    const doubts = openFindings(passage, caller);
    const guards = openInspection(house.watch, 'prompt', disguise, undefined, doubts);
    record.prompt(guards.book);
    const cleared = await inspectPrompt(prompt, guards);
    refuseForgotten(passage, prompt, disguise);
    for (const bridge of route.bridges) {
      const put = bridge.put(prompt);
      if (put !== undefined) await inspectSent(put, prompt, guards);
    }
    const headers = await letThrough(passage, operation, guards);
    record.passed('inspect');
    await holdPrompt(passage, caller, operation.action, prompt, doubts);
    record.note({ model: prompt.model });
    const labels = labelsOf(passage, caller, prompt.model, guards.book);
    const plan = keepersOf(passage, caller, prompt, planFor(passage, route, asker, tags, labels));
    noteTarget(record, prompt, plan.targets[0]);
    const asked = { ...passage, dialect, operation, prompt, asker, tags, disguise };
    const drawer = openDrawer(asked, plan, labels, headers);
    await record.content?.prompt(prompt.body);
    if (disguise.pseudonyms.used.size > 0) await disguise.keep();
    callerNow(passage, caller);
    const said = askedOf(passage, prompt);
    const held = openFindings(passage, caller);
    const inspection = openInspection(house.watch, 'reply', disguise, said, held);
    if (drawer?.kept !== undefined) {
      record.reply(inspection.book);
      const { bridge } = plan.targets[0];
      return await passKept({ ...asked, bridge, drawer, inspection, held }, drawer.kept, meter);
    }
    markPrompt(passage, operation, prompt, route.bridges, said);
    // Both are on their way at once. The entry is waited for first: what goes wrong after it is its end.
    const flushed = gate.store.quotas.flushed();
    flushed.catch(() => {});
    const receipt = await record.begin();
    await flushed;
    await record.content?.kept();
    record.passed('record');
    meter.forwarded = true;
    record.reply(inspection.book);
    const { target, lease, upstream } = await attempt(passage, plan, cleared, receipt, (one) => {
      noteTarget(record, prompt, one);
      return address(one, headers, passage);
    });
    record.passed('forward');
    const own = (ids: readonly string[]) => gate.store.history.give(target.upstream.name, ids, caller.id);
    const later = prompt.background === true ? { later: bindAnswer(asked, caller.id) } : {};
    const talk = { ...asked, ...later, bridge: target.bridge, own, drawer, inspection, held };
    await heldBy(lease, reply(talk, upstream, meter));
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
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

async function readPrompt(
  passage: Passage,
  caller: Caller,
  operation: Operation,
  id: string | undefined,
): Promise<Prompt> {
  const { gate, house, record } = passage;
  const { body: longest, depth } = house.settings.limits;
  const bytes = await readBody(passage, longest);
  const digest = digestOf(gate, bytes);
  record.content?.received(bytes);
  record.note({ request: { bytes: bytes.length, digest } });
  watchPrompt(passage, caller, digest);
  const prompt = operation.readPrompt(parseJson(bytes, { maxDepth: depth }), id);
  // Any other name could be a text: it is noted when the guards have read it.
  if (isNamed(house, prompt.model)) record.note({ model: prompt.model });
  if (prompt.stream) record.note({ stream: true });
  return prompt;
}

/** The target whose turn it is, for the next entry and for whoever counts. */
function noteTarget(record: RequestRecord, { model }: Prompt, target: OpenTarget | undefined): void {
  if (target === undefined) return;
  const { upstream, as } = target;
  record.note({ upstream: upstream.name, ...((as !== model || record.fact('as') !== undefined) && { as }) });
}

/** A target is held as long as its answer lasts, and is judged by how it ends. */
async function heldBy(lease: Lease, answer: Promise<void>): Promise<void> {
  try {
    await answer;
    lease.end('fine');
  } catch (error) {
    lease.end(verdictOf(error));
    throw error;
  }
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

async function reply(talk: Talk, upstream: UpstreamAnswer, meter: UsageMeter): Promise<void> {
  if (upstream.status !== 200) throw await refusalFrom(talk, upstream);
  meter.answered = true;
  if (!talk.prompt.stream) return passReply(talk, upstream, meter);
  const refusal = await passStream(talk, upstream, meter);
  if (refusal !== undefined) throw refusal;
}
