import { isObject, type Json } from '../../base/json.ts';
import { secrets } from '../../guards/secrets/index.ts';
import { inspect } from '../../inspection/inspector.ts';
import { defaultPosts } from '../../inspection/posts.ts';
import { cover } from '../../inspection/redactor.ts';
import { openMeans } from '../../runtime/means.ts';
import { parseJson } from '../../wire/json.ts';
import type { Gate } from '../house.ts';
import { openHeld } from '../review/text.ts';

/** UTF-16 units that are looked at for secrets, and how many before their end may leave: what is cut off is no longer known for one. */
const READ = 28_000;
const MARGIN = 8_000;

/**
 * Gives a feed what is held by a review, where the policy of now names the feed and the kind of text: the texts of it, one a line, with
 * secrets covered unless the policy says otherwise. That it goes out is in the ledger before it does. Streams never do: a secret
 * may lie over several of their events, where nothing finds it.
 */
export const revealer =
  (gate: Gate) =>
  async (feed: string, id: string): Promise<string | undefined> => {
    const { house, ledger, store } = gate;
    const rule = house.policy.feeds.find(({ name }) => name === feed);
    if (rule === undefined) return undefined;
    const review = store.reviews.get(id);
    if (!rule.content.has(review.kind) || review.media !== 'application/json') return undefined;
    const held = await openHeld(gate, review);
    if (held === undefined) return undefined;
    const whole = textsIn(parseJson(Buffer.from(held), { maxDepth: house.settings.limits.depth })).join('\n');
    const text = rule.secrets ? whole.slice(0, READ) : await covered(whole, review.kind === 'reply');
    await ledger.append({
      kind: 'feed.content',
      feed,
      review: id,
      held: review.kind,
      caller: { id: review.caller, team: review.team },
      secrets: rule.secrets,
    });
    return text;
  };

/** Every text in what is held, in its order; names of fields are the API's, and none of anybody's. */
function textsIn(value: Json): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** The guard as it ships: what a policy makes of its own does not matter here. */
const SECRETS = defaultPosts({ kinds: [secrets], means: openMeans() });

async function covered(whole: string, isReply: boolean): Promise<string> {
  const text = whole.slice(0, READ);
  const { findings } = await inspect(SECRETS, {
    text,
    role: isReply ? 'assistant' : 'user',
    tasks: ['secret'],
  });
  const shown = whole.length > READ ? READ - MARGIN : READ;
  return cover(
    text.slice(0, shown),
    findings.filter(({ start }) => start < shown),
  );
}
