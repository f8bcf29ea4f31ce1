import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { GuardKind } from '../guards/guard.ts';
import type { Means } from '../guards/means.ts';
import { type Playbook, parsePlaybook } from '../incidents/playbook.ts';
import { PLAYBOOKS } from '../incidents/playbooks/index.ts';
import { defaultPosts, guardOf, postOf as inspectorOf, type Post } from '../inspection/posts.ts';
import { Accounts } from '../policy/accounts.ts';
import { allowsMedia } from '../policy/media.ts';
import type { GuardRule, Policy } from '../policy/policy.ts';
import type { Settings, TlsSettings } from '../settings/settings.ts';
import { makeEdge } from './ask.ts';
import { ReplyCache } from './cache/reply-cache.ts';
import { tlsOptions } from './certificates.ts';
import type { House } from './house.ts';
import { checkIdentity, Identity, type KeySets } from './identity/identity.ts';
import type { GuardPost, Watch } from './inspect/posts.ts';
import { openOpinions } from './opinions.ts';
import { openPredictions } from './predict/predictions.ts';
import type { SealedParts } from './predict/sealed.ts';
import { marksAnswers } from './predict/shaping.ts';
import { Routes } from './routes.ts';
import { openUpstream, type Practice, type Upstream } from './upstream.ts';

/** What a configuration is built with. */
export interface Parts {
  readonly dialects: readonly Dialect[];
  readonly kinds: readonly GuardKind<unknown>[];
  /** What guards may use beside the text. */
  readonly means: Means;
  readonly practice: Practice | undefined;
  readonly clock: Clock;
  /** The key sets of issuers, which stay over reloads. */
  readonly keySets: KeySets;
  /** What opens sealed models. */
  readonly models: Pick<SealedParts, 'shelf' | 'registry' | 'log' | 'serving'>;
}

/**
 * Builds settings and policy into a house, or throws a Problem: every guard is built, every pattern compiled and every
 * upstream prepared before any of it takes effect.
 */
export function buildHouse(settings: Settings, policy: Policy, given: Parts): House {
  const opinions = openOpinions(settings, given.means, given.clock.tick);
  const parts: Parts = { ...given, means: opinions.means };
  const { dialects } = parts;
  if (settings.listen.tls !== undefined) checkTls(settings.listen.tls);
  checkIdentity(settings, policy);
  const watch = checkPolicy(policy, parts);
  if (marksAnswers(policy.predictions) && policy.content?.seal.prompts !== true)
    parts.models.log(
      'warn',
      'answers are marked (dawn), and nothing keeps what was asked: marks prove nothing',
    );
  const upstreams = new Map<string, Upstream>();
  for (const upstream of Object.values(settings.upstreams)) {
    const dialect = dialects.find(({ name }) => name === upstream.dialect);
    if (dialect === undefined) throw new Problem('usage', `there is no dialect ${upstream.dialect}`);
    upstreams.set(upstream.name, openUpstream(upstream, dialect, parts.practice));
  }
  return {
    settings,
    policy,
    accounts: new Accounts(policy),
    watch,
    opinions,
    inspectors: inspectorsOf(policy, watch, parts),
    routes: new Routes(dialects),
    upstreams,
    playbooks: playbooksOf(settings),
    predictions: openPredictions(
      { ...parts.models, settings, tick: parts.clock.tick, now: parts.clock.now },
      policy.predictions,
    ),
    caches: new Map(
      settings.routes.named.flatMap(({ name, cache }) =>
        cache === undefined ? [] : [[name, new ReplyCache(cache, parts.clock.tick)] as const],
      ),
    ),
    edge: makeEdge(settings.listen),
    identity: new Identity(settings.identity, parts.keySets),
    guests: 0,
    retired: false,
  };
}

/**
 * A certificate and a key that do not belong together are found before they are needed. Throws `Problem('usage')`.
 */
export function checkTls(tls: TlsSettings): void {
  try {
    createSecureContext(tlsOptions(tls));
    // A file without any is not an error to OpenSSL, only a door that nobody can enter.
    if (tls.client_ca !== undefined) new X509Certificate(tls.client_ca);
  } catch (cause) {
    throw new Problem(
      'usage',
      'listen.tls cannot be used: a file of it is broken, or certificate and key do not belong together',
      'All are PEM files; the certificate comes first in its chain.',
      cause,
    );
  }
}

/** Own ones first. Throws a Problem for the first that cannot be read. */
function playbooksOf({ incidents }: Settings): Playbook[] {
  const own = incidents.playbooks.map(({ file, text }) => parsePlaybook(text, file));
  const names = own.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem('usage', `there are two playbooks of the name ${twice}`);
  return [...own, ...PLAYBOOKS.filter(({ name }) => !names.includes(name))];
}

/** Builds every guard of a policy; throws a Problem for the first that cannot be built. */
export function checkPolicy(policy: Policy, parts: Pick<Parts, 'kinds' | 'means' | 'clock'>): Watch {
  const { clock } = parts;
  const posts = policy.guards.map((rule) => postOf(rule, parts));
  const duty = { prompt: posts.filter(({ on }) => on.prompt), reply: posts.filter(({ on }) => on.reply) };
  return { posts, duty, allowsMedia: (media) => allowsMedia(policy, media), clock };
}

/** Tasks that no guard of the policy has are those of the guards that ship. */
function inspectorsOf(policy: Policy, { posts }: Watch, parts: Parts): Post[] {
  const own = policy.guards.flatMap((rule, index) => {
    const guard = posts[index]?.guard;
    return guard === undefined ? [] : [inspectorOf(rule, () => guard)];
  });
  return [...own, ...defaultPosts(parts).filter(({ task }) => own.every((post) => post.task !== task))];
}

function postOf(rule: GuardRule, { kinds, means }: Pick<Parts, 'kinds' | 'means'>): GuardPost {
  const kind = kinds.find((candidate) => candidate.kind === rule.use);
  if (kind === undefined) throw new Problem('usage', `there is no guard ${rule.use}`);
  const guard = guardOf(rule, kind, means);
  const { name, action, on, provenance, label, onError, budget } = rule;
  return { name, guard, action, on, provenance, label, onError, budget };
}
