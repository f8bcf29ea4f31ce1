import { createHmac, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../base/canonical.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { type Labels, labelsAsJson } from '../../exchange/labels.ts';
import type { CacheSettings } from '../../settings/model-route.ts';
import type { Talk } from '../passage.ts';
import type { Plan } from '../routing/attempts.ts';
import type { Target } from '../routing/targets.ts';
import type { Drawer } from './reply-cache.ts';

type Asked = Omit<Talk, 'inspection' | 'bridge' | 'keep' | 'drawer'>;

/**
 * The drawer of a request whose prompt is cleared and whose targets are known; undefined where its answer is none to be
 * kept. The ledger hears `hit` or `miss`.
 */
export function openDrawer(
  asked: Asked,
  plan: Plan<Target>,
  labels: Labels,
  headers: Readonly<Record<string, string>>,
): Drawer | undefined {
  const { gate, house, record, ask } = asked;
  const { cache: settings, name } = plan.route;
  const cache = house.caches.get(name);
  if (settings === undefined || cache === undefined || !isKeepable(asked, settings)) return undefined;
  // The client's own wish (RFC 9111, section 5.2.1). Whatever it says besides is about caches on its way.
  const wish = directives(ask.req.headers['cache-control']);
  if (wish.has('no-store')) return undefined;
  const key = keyOf(asked, plan, labels, headers, settings.per, gate.digestKey);
  if (key === undefined) return undefined;
  const kept = wish.has('no-cache') ? undefined : cache.get(key);
  const result = kept === undefined ? 'miss' : 'hit';
  record.note({ cache: result });
  gate.metrics.cached(result);
  return { kept, keep: (text) => cache.put(key, text) };
}

/**
 * Whether another answer could as well be this one: nothing in it that only a server knows or that was not read, no
 * person's data that may have to be erased, no chance in it (unless the route says that one throw is enough for all).
 */
function isKeepable({ prompt, tags, operation, disguise }: Asked, { sampled }: CacheSettings): boolean {
  if (
    // What is given back is the caller's, and stands for it in no other request.
    disguise.pseudonyms.used.size > 0 ||
    prompt.stream ||
    prompt.opaque.length > 0 ||
    (prompt.recalls?.length ?? 0) > 0 ||
    tags.subject !== undefined
  )
    return false;
  return sampled || operation.action !== 'chat' || temperatureOf(prompt.body) === 0;
}

const temperatureOf = ({ temperature, generationConfig }: JsonObject): Json | undefined =>
  isObject(generationConfig) ? generationConfig.temperature : temperature;

const directives = (header: string | undefined): ReadonlySet<string> =>
  new Set((header ?? '').split(',').map((word) => word.trim().toLowerCase()));

/**
 * Everything that could make another answer right. Who asks comes first, and always: what one tenant was told is no
 * answer for another. Lists of their own lengths, written as canonical JSON, cannot be shifted into each other.
 */
function keyOf(
  { asker: { caller }, house, dialect, operation, prompt, tags }: Asked,
  { route, targets }: Plan<Target>,
  labels: Labels,
  headers: Readonly<Record<string, string>>,
  per: CacheSettings['per'],
  key: KeyObject,
): string | undefined {
  const { purpose = null, consent } = tags;
  const parts: Json = [
    per === 'team' ? ['team', caller.team] : ['caller', caller.id],
    house.policy.hash,
    [dialect.name, operation.id],
    [route.name, ...targets.map(({ settings }) => settings.id).sort()],
    { ...headers },
    labelsAsJson(labels),
    [purpose, ...[...consent].sort()],
    prompt.body,
  ];
  try {
    return createHmac('sha256', key).update('cache\0').update(canonicalJson(parts)).digest('base64url');
  } catch (error) {
    // A text that is no text (lone surrogates) has no canonical form.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
