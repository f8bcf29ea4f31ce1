import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { SourceDocument } from '../base/document.ts';
import { deepFreeze } from '../base/freeze.ts';
import { anyOf, glob } from '../base/glob.ts';
import type { Json } from '../base/json.ts';
import type { Path } from '../base/schema.ts';
import { didYouMean } from '../base/suggest.ts';
import { kindOf, ROLE_ACTIONS } from './actions.ts';
import { findDocuments, openDocuments } from './authorization.ts';
import { readBudgets } from './budget.ts';
import type { Engine } from './cedar/engine.ts';
import type { Source } from './cedar/read.ts';
import { readCoaching } from './coaching.ts';
import { readContent } from './content.ts';
import { readFeedContent } from './feed-content.ts';
import { readGuard } from './guard-rule.ts';
import { readLabels } from './labels.ts';
import { isMedia } from './media.ts';
import type { Policy, PolicySource, Role, Rule } from './policy.ts';
import { readPredictionRules } from './predictions.ts';
import { findPrices } from './price-table.ts';
import { readPseudonyms } from './pseudonyms.ts';
import { readQuotas } from './quota.ts';
import { readReview } from './review.ts';
import {
  type GuardEntry,
  type GuardSchemas,
  policySchema,
  type RoleEntry,
  type RuleEntry,
} from './schema.ts';
import { readSpotlighting } from './spotlighting.ts';
import { readTwoPeople } from './two-people.ts';

export interface PolicyContext {
  readonly kinds: GuardSchemas;
  /** Schema of a list of shapers; without it, their settings are seen to when models are opened. */
  readonly shapers?: object;
  /** Name of the file in errors. */
  readonly file: string;
  /** Reads a file that the policy names, by its path from the policy's folder. Throws where it cannot. */
  readonly readFile?: (path: string) => string;
  /** Loads the Cedar engine, where the policy has Cedar documents. */
  readonly cedar?: () => Engine;
}

type Report = (path: Path, message: string) => void;

/**
 * Reads a policy. Throws `Problem('usage')` that lists every error of shape with line and column, and, where the
 * shape is right, every error of meaning.
 */
export function parsePolicy(text: string, context: PolicyContext): Policy {
  const { kinds, shapers, file, cedar } = context;
  const { source, readFile } = sourceOf(text, context.readFile);
  const document = SourceDocument.read(text, file);
  const report: Report = (path, message) => document.report(path, message);
  const written = document.require(policySchema(kinds, shapers));

  const roles = Object.entries(written.roles).map(
    ([name, role]) => [name, readRole(report, name, role)] as const,
  );
  const quotas = readQuotas(report, written.quotas ?? []);
  const budgets = readBudgets(report, written.budgets ?? []);
  // The schema has checked each entry against its own kind; what they share is all that is read here.
  const guards = ((written.guards ?? []) as GuardEntry[]).map((guard, index) =>
    readGuard(report, guard, index),
  );
  const names = guards.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      report(['guards', index], `there is a guard “${name}” already; give it a “name”`);
  }
  const media = written.media?.allow ?? [];
  for (const [index, entry] of media.entries()) {
    if (!isMedia(entry)) {
      report(
        ['media', 'allow', index],
        'must be a media type (image/png), a family (image/*), or a kind such as remote-url',
      );
    }
  }
  const { authorization = {} } = written;
  const sources = findDocuments(report, authorization, { file, readFile });
  const prices = findPrices(report, written.prices, readFile);
  const predictions = deepFreeze(readPredictionRules(report, written.predictions));
  const content = deepFreeze(readContent(report, written.content));
  const twoPeople = readTwoPeople(report, written.two_people);
  const pseudonyms = deepFreeze(readPseudonyms(report, written.pseudonyms));
  const review = deepFreeze(readReview(report, written.review));
  const feeds = readFeedContent(report, written.feeds);
  document.finish();
  return Object.freeze({
    hash: hashOf(document.value, sources),
    source,
    roles: new Map(roles),
    documents: openDocuments(cedar, sources, authorization.time_zone),
    emergency: [],
    quotas: deepFreeze(quotas),
    budgets: deepFreeze(budgets),
    unpriced: written.unpriced ?? 'allow',
    prices,
    assumeOutput: written.assume_output ?? 1024,
    tokensPerRow: written.tokens_per_row ?? 1,
    predictions,
    guards: deepFreeze(guards),
    labels: deepFreeze(readLabels(written.labels ?? {})),
    media: new Set(media.map((entry) => entry.toLowerCase())),
    content,
    pseudonyms,
    review,
    feeds,
    coaching: readCoaching(written.coaching),
    twoPeople,
    spotlighting: deepFreeze(readSpotlighting(written.spotlighting)),
  });
}

/** Remembers what is read beside the text. */
function sourceOf(
  text: string,
  readFile: PolicyContext['readFile'],
): { readonly source: PolicySource; readonly readFile: PolicyContext['readFile'] } {
  const files = new Map<string, string>();
  return {
    source: { text, digest: digestOf(text), files },
    readFile:
      readFile &&
      ((path) => {
        const found = readFile(path);
        files.set(path, found);
        return found;
      }),
  };
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Files are part of the policy that names them. */
function hashOf(document: Json, sources: readonly Source[]): string {
  const whole =
    sources.length === 0 ? document : [document, ...sources.map(({ name, text }) => [name, text])];
  return createHash('sha256').update(canonicalJson(whole)).digest('hex');
}

function readRole(report: Report, name: string, { allow = [], deny = [] }: RoleEntry): Role {
  return deepFreeze({
    allow: allow.map((entry, index) => {
      const rule = readRule(report, ['roles', name, 'allow', index], entry);
      const about = [...rule.actions].find((action) => kindOf(action) === 'Model');
      if (about !== undefined && rule.models === undefined) {
        report(
          ['roles', name, 'allow', index],
          `allows “${about}”, so it must say on which “models” ("*" for all)`,
        );
      }
      return rule;
    }),
    deny: deny.map((entry, index) => readRule(report, ['roles', name, 'deny', index], entry)),
  });
}

function readRule(report: Report, at: Path, { actions, models }: RuleEntry): Rule {
  const meant = actions.flatMap((pattern, index) => {
    const found = ROLE_ACTIONS.filter(glob(pattern));
    if (found.length === 0) {
      report([...at, 'actions', index], `is no action that there is.${didYouMean(pattern, ROLE_ACTIONS)}`);
    }
    return found;
  });
  const [, role, list, index] = at;
  return {
    place: `roles.${role}.${list}[${index}]`,
    actions: new Set(meant),
    models: models === undefined ? undefined : anyOf(models),
    globs: models,
  };
}
