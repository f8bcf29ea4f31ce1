import { isObject, type Json } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { RequestTags } from '../../exchange/tags.ts';
import { parseJson } from '../../wire/json.ts';
import { askerOf, authorize } from '../authorize.ts';
import { JSON_BODY, readBody } from '../body.ts';
import { callerNow } from '../identify.ts';
import type { Passage } from '../passage.ts';
import type { Known } from './known.ts';
import type { Prediction } from './predictor.ts';

/** Requests that one report may be about. */
const MOST = 1000;

/** What was right, of one request: the class of each of its rows. */
interface Reported {
  readonly request: string;
  readonly labels: readonly number[];
}

/**
 * Labels come back: what turned out to be right of what a model had answered. Only who asked, or their team, is heard, and about
 * each request once; who asks about a request of others is told what is told of one that never was.
 */
export async function takeOutcomes(
  passage: Passage,
  known: Caller,
  tags: RequestTags,
  predictionOf: (name: string) => Prediction,
  model: string,
): Promise<void> {
  const { answer, gate, house, record } = passage;
  const bytes = await readBody(passage, house.settings.limits.body, JSON_BODY);
  const caller = callerNow(passage, known);
  const asker = await askerOf(passage, caller, tags);
  authorize(passage, asker, 'report_outcomes', { kind: 'Model', id: model });
  const prediction = predictionOf(model);
  record.note({ model: prediction.name });
  if (prediction.known === undefined || gate.defence === undefined)
    throw new Refusal('unsupported', { hint: 'This model has no calibration, so nothing watches it.' });
  const reported = readOutcomes(parseJson(bytes, { maxDepth: 8 }), prediction.known);
  let counted = 0;
  for (const one of reported)
    if (
      await gate.defence.outcome({
        model: prediction.name,
        caller: { id: caller.id, team: caller.team },
        ...one,
      })
    )
      counted += 1;
  record.note({ outcomes: { counted, unknown: reported.length - counted } });
  await record.end('completed', { status: 200 });
  answer.say(200, JSON.stringify({ counted, unknown: reported.length - counted }));
}

function readOutcomes(body: Json, { calibration }: Known): Reported[] {
  const { outcomes, ...others } = isObject(body) ? body : {};
  if (!Array.isArray(outcomes) || outcomes.length > MOST || Object.keys(others).length > 0)
    throw invalid(
      `Outcomes are told as {"outcomes": [{"request": "req_…", "labels": […]}]}, ${MOST} at most.`,
    );
  const { classes } = calibration.monitors.outline;
  const names = new Map(calibration.labels?.classes.map((name, at) => [name, at]));
  const classOf = (label: Json): number => {
    const named = typeof label === 'string' || typeof label === 'number' ? names.get(label) : undefined;
    if (named !== undefined) return named;
    if (
      names.size === 0 &&
      typeof label === 'number' &&
      Number.isInteger(label) &&
      label >= 0 &&
      label < classes
    )
      return label;
    throw invalid('A label is no class of this model.');
  };
  return outcomes.map((outcome): Reported => {
    const { request, labels, ...more } = isObject(outcome) ? outcome : {};
    if (typeof request !== 'string' || !Array.isArray(labels) || Object.keys(more).length > 0)
      throw invalid('An outcome has a “request” and its “labels”, one for each row, and nothing else.');
    return { request, labels: labels.map(classOf) };
  });
}

const invalid = (hint: string): Refusal => new Refusal('request_invalid', { hint, field: '/outcomes' });
