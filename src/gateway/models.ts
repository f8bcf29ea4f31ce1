import { Refusal } from '../base/refusal.ts';
import type { Dialect, ModelCard } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import { may } from '../policy/may.ts';
import { parseJson } from '../wire/json.ts';
import { ask, type UpstreamAnswer } from './forward.ts';
import type { House } from './house.ts';
import { inspectText, openInspection } from './inspect/inspect.ts';
import type { Passage } from './passage.ts';
import { collect, mediaType } from './reply.ts';
import type { Upstream } from './upstream.ts';

/** Bytes and entries read of an upstream's list of models. */
const LIST_BYTES = 4 * 1024 * 1024;
const LIST_MODELS = 10_000;

/** `GET /v1/models`: what this caller may use, of the models that the gateway serves in this dialect. */
export async function answerModels(
  passage: Passage,
  caller: Caller,
  dialect: Dialect,
  id?: string,
): Promise<void> {
  const { house, answer, record } = passage;
  const models = await listModels(house, caller, dialect);
  const body = id === undefined ? dialect.listModels(models) : showOne(dialect, models, id);
  const text = JSON.stringify(body);
  await record.end('completed', { status: 200, count: models.length });
  answer.say(200, text);
}

function showOne(dialect: Dialect, models: readonly ModelCard[], id: string) {
  const model = models.find((candidate) => candidate.id === id);
  if (model === undefined) throw new Refusal('model_unknown');
  return dialect.showModel(model);
}

async function listModels(house: House, caller: Caller, dialect: Dialect): Promise<ModelCard[]> {
  const mine = [...house.upstreams.values()].filter((upstream) => upstream.dialect === dialect);
  const lists = await Promise.all(mine.map((upstream) => servedBy(house, upstream)));
  return lists
    .flat()
    .filter(({ id }) => may(house.policy, caller.roles, 'models.list', id).allowed)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Names written in the settings, and, where they name patterns, those of the upstream's own list that match. */
async function servedBy(house: House, upstream: Upstream): Promise<ModelCard[]> {
  const named = upstream.names.map((id) => ({ id, created: 0, ownedBy: upstream.name }));
  if (!upstream.hasPatterns) return named;
  const known = new Set(upstream.names);
  const listed = await upstreamList(upstream);
  const clean: ModelCard[] = [];
  for (const { id, created } of listed.slice(0, LIST_MODELS)) {
    if (known.has(id) || !upstream.serves(id)) continue;
    const text = await inspectText(id, '/data/id', openInspection(house.watch, 'reply'));
    if (text.value === id) clean.push({ id, created, ownedBy: upstream.name });
  }
  return [...named, ...clean];
}

/** An upstream that has no list, or cannot be asked now, adds nothing to ours. */
async function upstreamList(upstream: Upstream): Promise<ModelCard[]> {
  let answer: UpstreamAnswer | undefined;
  try {
    answer = await ask(upstream, upstream.modelsPath, { ...upstream.headers });
    if (answer.status !== 200 || mediaType(answer) !== 'application/json') {
      answer.abort();
      return [];
    }
    return upstream.dialect.readModels(parseJson(await collect(answer, LIST_BYTES), { maxDepth: 16 }));
  } catch {
    return [];
  }
}
