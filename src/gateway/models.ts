import { setImmediate } from 'node:timers/promises';
import { Refusal } from '../base/refusal.ts';
import type { Dialect, ModelCard } from '../dialects/dialect.ts';
import { parseJson } from '../wire/json.ts';
import { mayDo } from './authorize.ts';
import { reaches } from './bridge.ts';
import { ask, type UpstreamAnswer } from './forward.ts';
import type { House } from './house.ts';
import { inspectText, openInspection } from './inspect/inspect.ts';
import type { Asker, Passage } from './passage.ts';
import { collect, mediaType } from './reply.ts';
import type { Upstream } from './upstream.ts';

/** Bytes and entries read of an upstream's list of models. */
const LIST_BYTES = 4 * 1024 * 1024;
const LIST_MODELS = 10_000;

/** `GET /v1/models`: what this caller may use, of the models that the gateway serves in this dialect or translates to it. */
export async function answerModels(
  passage: Passage,
  asker: Asker,
  dialect: Dialect,
  id?: string,
): Promise<void> {
  const { answer, record } = passage;
  const models = await listModels(passage, asker, dialect);
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

async function listModels(passage: Passage, asker: Asker, dialect: Dialect): Promise<ModelCard[]> {
  const { house, gate } = passage;
  const mine = [...house.upstreams.values()].filter((upstream) => reaches(dialect, upstream.dialect));
  const served = await Promise.all(mine.map((upstream) => servedBy(house, upstream, gate.clock.now())));
  const shown: ModelCard[] = [];
  for (const [index, model] of [...served.flat(), ...routed(house, dialect)].entries()) {
    // Conditions take their time, and others want to be served between.
    if (index % TURN === TURN - 1) await setImmediate();
    if (mayDo(passage, asker, 'models.list', { kind: 'Model', id: model.id })) shown.push(model);
  }
  return shown.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Models of several targets, where one of them can be asked in this dialect. */
const routed = ({ settings, upstreams }: House, dialect: Dialect): ModelCard[] =>
  settings.routes.named.flatMap(({ name, targets }) => {
    const spoken = targets.some(({ upstream }) => {
      const there = upstreams.get(upstream.name);
      return there !== undefined && reaches(dialect, there.dialect);
    });
    return spoken ? { id: name, created: 0, ownedBy: 'gatehouse' } : [];
  });

/** Decisions in one go. */
const TURN = 200;

/** How long an upstream's list is kept, and waited for, in milliseconds. */
const KEPT = 60_000;
const PATIENCE = 5_000;

/** Lists by upstream: those who ask at once wait for one answer. They go with their house. */
const lists = new WeakMap<Upstream, { readonly at: number; readonly list: Promise<ModelCard[]> }>();

/** Names written in the settings, and, where they name patterns, those of the upstream's own list that match. */
function servedBy(house: House, upstream: Upstream, now: number): Promise<ModelCard[]> {
  const known = lists.get(upstream);
  if (known !== undefined && now >= known.at && now - known.at < KEPT) return known.list;
  const list = findServed(house, upstream);
  lists.set(upstream, { at: now, list });
  // Nothing found may mean that the upstream could not be asked: the next one tries again.
  list.then(({ length }) => length === upstream.names.length && lists.delete(upstream)).catch(() => {});
  return list;
}

async function findServed(house: House, upstream: Upstream): Promise<ModelCard[]> {
  const named = upstream.names.map((id) => ({ id, created: 0, ownedBy: upstream.name }));
  if (!upstream.hasPatterns) return named;
  const known = new Set(upstream.names);
  const listed = await askForList(upstream);
  const clean: ModelCard[] = [];
  for (const { id, created } of listed.slice(0, LIST_MODELS)) {
    if (known.has(id) || !upstream.serves(id)) continue;
    if (await isClean(id, house)) clean.push({ id, created, ownedBy: upstream.name });
  }
  return [...named, ...clean];
}

/** A name that some guard objects to is not shown. */
async function isClean(id: string, house: House): Promise<boolean> {
  try {
    return (await inspectText(id, '/data/id', openInspection(house.watch, 'reply'))).value === id;
  } catch {
    return false;
  }
}

/** An upstream that has no list, or cannot be asked now, adds nothing to ours. */
async function askForList(upstream: Upstream): Promise<ModelCard[]> {
  let answer: UpstreamAnswer | undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('upstream_timeout')), PATIENCE);
  });
  const read = async () => {
    answer = await ask(upstream, upstream.modelsPath, { ...upstream.headers });
    if (answer.status !== 200 || mediaType(answer) !== 'application/json') return [];
    const bytes = await collect(answer, LIST_BYTES);
    return upstream.dialect.readModels(parseJson(bytes, { maxDepth: 16 }));
  };
  try {
    return await Promise.race([read(), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
    answer?.abort();
  }
}
