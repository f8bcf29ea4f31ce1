import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Reply, Usage } from '../exchange/exchange.ts';
import type { RequestTags } from '../exchange/tags.ts';
import { costOf } from '../policy/price.ts';
import type { BackgroundAnswer } from '../store/background.ts';
import { parseJson } from '../wire/json.ts';
import { askerOf, authorize, authorizeRoute } from './authorize.ts';
import { chargeEntry } from './bill.ts';
import { readBody } from './body.ts';
import { bridgeTo } from './bridge.ts';
import { digestOf } from './digest.ts';
import { askAbout } from './forward.ts';
import { callerNow } from './identify.ts';
import { admitOpaque, openInspection } from './inspect/inspect.ts';
import { limit } from './limit.ts';
import { nameOf } from './log.ts';
import type { Asker, Passage, Talk } from './passage.ts';
import { disguiseFor } from './pseudonyms.ts';
import { passReply, refusalFrom } from './reply.ts';
import type { Match } from './routes.ts';
import type { Upstream } from './upstream.ts';
import { openContent } from './vault.ts';

/** Ids as model servers make them: they stand in a path, so none of another form is taken from anybody. */
const ID = /^[A-Za-z0-9_-]{1,200}$/;

/** What a kept answer is called in policies and verdicts. */
const MEDIA = 'background';

/**
 * An answer in the background becomes its caller's, before they know its id. What was set aside stays charged until
 * somebody hears what was used.
 */
export const bindAnswer =
  ({ gate, record, prompt }: Pick<Talk, 'gate' | 'record' | 'prompt'>, caller: string) =>
  async ({ body: { id } }: Reply): Promise<void> => {
    if (typeof id !== 'string' || !ID.test(id))
      throw new Refusal('upstream_invalid', {
        hint: 'Its answer in the background has no id to ask for it.',
      });
    record.note({ response: digestOf(gate, id) });
    const { model } = prompt;
    const as = String(record.fact('as') ?? model);
    const key = gate.store.background.key(id);
    const answer = { key, caller, upstream: String(record.fact('upstream')), model, as };
    const time = new Date(gate.clock.now() - record.ms).toISOString();
    await record.bill?.defer(answer, { request: record.fact('id') ?? null, time, ...record.account() });
  };

/**
 * An answer in the background is asked for, cancelled or deleted. It is the way of any request but for its text: there
 * is none, so the id says where it goes. Only the caller who was given the id gets anything of it.
 */
export async function recall(
  passage: Passage,
  known: Caller,
  tags: RequestTags,
  match: Match,
): Promise<void> {
  const { gate, house, record } = passage;
  const { dialect, operation, id = '' } = match;
  refuseStream(passage.ask.query);
  if (!house.watch.allowsMedia(MEDIA)) throw new Refusal('unsupported', { hint: NOT_KEPT });
  const asked = operation.readPrompt(await bodyOf(passage));
  const caller = callerNow(passage, known);
  const asker = await askerOf(passage, caller, tags);
  const response = digestOf(gate, id);
  record.note({ response });
  const { found, upstream } = ownAnswer(passage, asker, match);
  const { model, as } = found;
  record.note({ model, upstream: upstream.name, ...(as !== model && { as }) });
  authorize(passage, asker, operation.action, { kind: 'Model', id: model });
  authorizeRoute(passage, asker, upstream.name);
  record.passed('authorize');
  record.content = openContent(passage, caller);
  const prompt = { ...asked, model };
  const { meter } = await limit(passage, caller, operation, prompt, NO_USAGE);
  record.passed('limit');
  try {
    const disguise = await disguiseFor(passage, caller, prompt);
    const guards = openInspection(house.watch, 'prompt', disguise);
    record.prompt(guards.book);
    admitOpaque([{ path: '/id', media: MEDIA }], guards);
    record.passed('inspect');
    await record.content?.prompt(undefined);
    callerNow(passage, caller);
    const receipt = await record.begin();
    record.note({ response });
    await gate.store.quotas.flushed();
    await record.content?.kept();
    record.passed('record');
    meter.forwarded = true;
    const inspection = openInspection(house.watch, 'reply', disguise);
    record.reply(inspection.book);
    const answered = await askAbout(passage.answer, receipt, upstream, {
      method: operation.method,
      path: upstream.pathOf({ upstreamPath: operation.upstreamPath.replace('{id}', id) }, as),
    });
    record.passed('forward');
    const bridge = bridgeTo({ dialect, operation, prompt }, dialect, { assumeOutput: 0, now: 0 });
    const own = (ids: readonly string[]) => gate.store.history.give(upstream.name, ids, caller.id);
    const later = async ({ body, made }: Reply) => {
      if (body.id !== id) throw new Refusal('upstream_invalid', { hint: 'It gave another answer.' });
      await settle(passage, found, made, receipt.seq);
    };
    const passed = { ...passage, dialect, operation, prompt, asker, tags, bridge, disguise };
    const talk: Talk = { ...passed, own, later, drawer: undefined, inspection };
    if (answered.status !== 200) throw await refusalFrom(talk, answered);
    meter.answered = true;
    await passReply(talk, answered, meter);
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
  }
}

const NOT_KEPT = 'What the model server keeps is not read back here; take the answer from the reply itself.';

function refuseStream(query: URLSearchParams): void {
  for (const [name, value] of query) {
    if (name === 'stream' && value === 'false') continue;
    const hint = 'An answer in the background comes whole: ask again, without parameters, until it is over.';
    throw new Refusal('unsupported', { hint });
  }
}

/** Clients send nothing, or an empty object. */
async function bodyOf(passage: Passage): Promise<JsonObject> {
  const { ask, house } = passage;
  const { 'content-length': length = '0', 'transfer-encoding': coding } = ask.req.headers;
  if (length === '0' && coding === undefined) return {};
  const { body: longest, depth } = house.settings.limits;
  return parseJson(await readBody(passage, longest), { maxDepth: depth });
}

/** Whose it is not is told the same as who made the id up. */
function ownAnswer({ gate, house }: Passage, { caller }: Asker, { dialect, id = '' }: Match) {
  const { background } = gate.store;
  const found = ID.test(id) ? background.find(background.key(id)) : undefined;
  const upstream: Upstream | undefined = found && house.upstreams.get(found.upstream);
  if (found === undefined || upstream?.dialect !== dialect || found.caller !== caller.id)
    throw new Refusal('not_found', { hint: 'No answer of that id was given to this caller.' });
  return { found, upstream };
}

/**
 * What the answer used takes the place of what was charged for it: once, whoever asks how often, in whichever process.
 * The closing entry says so, and the counters follow when it is durable.
 */
async function settle(
  { ask, gate, house, record }: Passage,
  { key, upstream, as }: BackgroundAnswer,
  used: Usage | undefined,
  begin: number,
): Promise<void> {
  if (used === undefined) return;
  const { prices } = house.policy;
  const price = prices.find(as, upstream);
  const cost = price && costOf(price, used);
  const { quotas } = gate.store;
  const amounts = { tokens: used.input + used.output, dollars: cost ?? 0 };
  const owed = await quotas.take(key, { request: ask.id, begin, used: amounts });
  if (owed === undefined) return;
  const charge = chargeEntry({ ...used, cost, basis: 'reported', prices });
  record.note({ settles: { ...owed.account, charge, instead_of: owed.charge } });
  record.onEntered = async () => {
    try {
      await quotas.finish(key);
    } catch (error) {
      // It is in the ledger: the next start finds it there.
      gate.log('error', 'a settlement waits for the next start', { id: ask.id, error: nameOf(error) });
    }
  };
}
