import { ITSELF } from '../../incidents/fact.ts';
import { isOn } from '../../incidents/incident.ts';
import { MEASURES } from '../../incidents/measure.ts';
import type { ReviewRule } from '../../policy/review.ts';
import type { Held } from '../../store/incidents.ts';
import type { RegisteredModel } from '../../store/model-steps.ts';
import type { Review, ReviewDraft, ReviewState } from '../../store/reviews.ts';
import type { Gate } from '../house.ts';
import { decideReview } from './decide.ts';

/** Who decided where it was done elsewhere: at the registry, in the incident. */
export const ELSEWHERE = 'elsewhere';

const DAY = 86_400_000;
/** A deployment is approved by people or not at all, so there is time. */
const DEPLOYMENT = 30 * DAY;

/**
 * What waits for people beside texts: versions of sealed models that are to be approved, and measures that the gateway has taken by
 * itself. It is found by what there is, so none is missed over a restart; and what was decided where it belongs (at the registry, in
 * the incident) waits no longer.
 */
export async function takeUpOthers(gate: Gate): Promise<void> {
  const { reviews } = gate.store;
  const waiting = [...deploymentsIn(gate), ...containmentsIn(gate)];
  for (const draft of waiting)
    if (draft.subject !== undefined && reviews.ofSubject(draft.subject) === undefined)
      await hold(gate, draft);
  const there = new Set(waiting.map(({ subject }) => subject));
  // Who has claimed it may be deciding this very moment.
  for (const review of reviews.openSubjects())
    if (!there.has(review.subject ?? '') && review.claimed <= gate.clock.now())
      await decideReview(gate, review.id, { state: stateOf(gate, review), by: ELSEWHERE });
}

type Draft = Pick<ReviewDraft, 'kind' | 'caller' | 'owner' | 'action' | 'model' | 'subject' | 'deadline'>;

function deploymentsIn({ store, house }: Gate): Draft[] {
  if (house.settings.models.approvals === 0) return [];
  return store.models
    .list()
    .filter(({ state }) => state === 'scanned' || state === 'signed')
    .map(({ id, name, version, submitter, created, scan }) => ({
      kind: 'deployment',
      caller: submitter.id,
      owner: submitter.owner,
      action: 'registry.approve',
      model: `${name}@${version}`,
      subject: id,
      deadline: (scan?.time ?? created) + DEPLOYMENT,
    }));
}

function containmentsIn({ store, house, clock }: Gate): Draft[] {
  return store.incidents
    .measures()
    .filter(({ taken }) => isOn(taken) && taken.by.id === ITSELF.id && MEASURES[taken.action].undo)
    .map(({ incident, taken }) => ({
      kind: 'containment',
      caller: ITSELF.id,
      owner: '',
      action: 'incidents.contain',
      model: taken.on.model ?? null,
      subject: `${incident}/${taken.number}`,
      deadline: Math.max(taken.time, clock.now()) + house.policy.review.deadline,
    }));
}

/** In the ledger, then where reviewers find it. */
async function hold(gate: Gate, draft: Draft): Promise<void> {
  const { reviews } = gate.store;
  const { kind, caller, deadline, subject = '' } = draft;
  const id = reviews.newId();
  await gate.ledger.append({
    kind: 'review.held',
    review: id,
    held: kind,
    caller: { id: caller },
    subject,
    ...(draft.model !== null && { model: draft.model }),
    deadline,
  });
  reviews.hold(id, {
    ...draft,
    request: '',
    team: '',
    digest: '',
    findings: [],
    media: '',
    sealed: new Uint8Array(),
    expires: deadline + gate.house.policy.review.keep,
    holder: process.pid,
  });
}

/** The measure that a review is about, while it is in force; undefined: none. */
export function measureOf({ store }: Pick<Gate, 'store'>, { kind, subject }: Review): Held | undefined {
  if (kind !== 'containment') return undefined;
  return store.incidents
    .measures()
    .find(({ incident, taken }) => isOn(taken) && `${incident}/${taken.number}` === subject);
}

/** The version that a review is about. */
export const modelOf = (
  { store }: Pick<Gate, 'store'>,
  { kind, subject }: Review,
): RegisteredModel | undefined =>
  kind === 'deployment' && subject !== null ? store.models.byId(subject) : undefined;

/** What is decided where nobody does in time. Nothing is deployed by that. */
export const onTimeout = (
  { onTimeout: ofTexts, containments }: ReviewRule,
  { kind }: Pick<Review, 'kind'>,
): 'pass' | 'block' => {
  if (kind === 'containment') return containments === 'keep' ? 'pass' : 'block';
  return kind === 'deployment' ? 'block' : ofTexts;
};

/** What has become of it where it was decided elsewhere. */
function stateOf(gate: Gate, review: Review): Exclude<ReviewState, 'open'> {
  const state = modelOf(gate, review)?.state;
  return state === 'approved' || state === 'active' ? 'passed' : 'blocked';
}
