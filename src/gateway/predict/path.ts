import type { Json } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { checkTensors, rowsAsked } from '../../contracts/check.ts';
import { rowsToTensors, takesRows } from '../../contracts/rows.ts';
import { sayViolations } from '../../contracts/violation.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { RequestTags } from '../../exchange/tags.ts';
import { type InferenceRequest, readRequest } from '../../oip/inference.ts';
import { keptTensors } from '../../oip/kept.ts';
import { LENGTH_HEADER } from '../../oip/message.ts';
import type { Tensors } from '../../tensors/tensor.ts';
import { parseJson } from '../../wire/json.ts';
import { admit, askerOf, authorize } from '../authorize.ts';
import { JSON_BODY, readBody } from '../body.ts';
import { digestOf } from '../digest.ts';
import { callerNow } from '../identify.ts';
import { limitPrediction, PREDICTIONS } from '../limit.ts';
import type { Passage } from '../passage.ts';
import { noteTags } from '../tags.ts';
import { openContent } from '../vault.ts';
import { askDefended, checkWanted, standingOf } from './defend.ts';
import { describeModel, describeServer, tellLive, tellModelReady, tellReady } from './describe.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { Inquiry, meanOf, toldEntry } from './inquiry.ts';
import { takeOutcomes } from './outcomes.ts';
import type { Predicting, Prediction } from './predictor.ts';
import { writeAnswer, writeRows } from './write.ts';

/** JSON, or JSON with binary data behind it. The clients of Triton and KServe leave out what it is. */
const TENSOR_BODY = /^(?:application\/(?:json|octet-stream)\s*(?:;\s*charset="?utf-8"?\s*)?)?$/i;

/**
 * The data path of predictions, whose order is the text of this function, as that of conversations is:
 *
 *   identify → authorize → hold to the contract → limit → record → predict → watch and shape → record
 *
 * There is no text for guards to read: what may be asked is what the contract of the model says. Throws a {@link Refusal} for
 * whatever is not let through; the caller of this function records it.
 */
export async function predict(passage: Passage, known: Caller): Promise<void> {
  const { ask, record } = passage;
  const endpoint = endpointOf(ask.method, ask.path);
  record.note({ operation: `oip.${endpoint.of === 'server' ? 'server.' : ''}${endpoint.what}` });
  if (ask.query.size > 0) throw new Refusal('query_refused');
  const tags = noteTags(passage);
  if (endpoint.what === 'outcomes') {
    admit(passage, known, 'report_outcomes');
    return takeOutcomes(passage, known, tags, (name) => predictionOf(passage, name), endpoint.model);
  }
  const asks = endpoint.what === 'infer' || endpoint.what === 'rows';
  admit(passage, known, asks ? 'predict' : 'models.list');
  if (endpoint.of === 'server') return answerServer(passage, endpoint.what);
  if (!asks) return answerAbout(passage, known, tags, endpoint);
  return infer(passage, known, tags, endpoint);
}

async function answerServer(passage: Passage, what: 'metadata' | 'live' | 'ready'): Promise<void> {
  if (what === 'metadata') return describeServer(passage);
  return what === 'live' ? tellLive(passage) : tellReady(passage);
}

type AboutModel = Extract<Endpoint, { of: 'model' }>;

/** Who may not use a model is refused alike, whether there is one of that name or not. */
async function answerAbout(
  passage: Passage,
  caller: Caller,
  tags: RequestTags,
  { model, version, what }: AboutModel,
): Promise<void> {
  const asker = await askerOf(passage, caller, tags);
  authorize(passage, asker, 'models.list', { kind: 'Model', id: model });
  const prediction = predictionOf(passage, model);
  if (what === 'ready') return tellModelReady(passage, prediction, version);
  return prediction.predictor.use(async (predicting) => {
    checkVersion(predicting, version);
    await describeModel(passage, prediction, predicting);
  });
}

async function infer(
  passage: Passage,
  known: Caller,
  tags: RequestTags,
  endpoint: AboutModel,
): Promise<void> {
  const { answer, gate, house, record } = passage;
  record.content = openContent(passage, known);
  const bytes = await readBody(
    passage,
    house.settings.limits.body,
    endpoint.what === 'rows' ? JSON_BODY : TENSOR_BODY,
  );
  record.note({ request: { bytes: bytes.length, digest: digestOf(gate, bytes) } });
  const caller = callerNow(passage, known);
  const asker = await askerOf(passage, caller, tags);
  authorize(passage, asker, 'predict', { kind: 'Model', id: endpoint.model });
  const prediction = predictionOf(passage, endpoint.model);
  record.note({ model: prediction.name });
  const standing = standingOf(passage, prediction, caller);
  record.passed('authorize');
  const question = readQuestion(passage, prediction, endpoint.what, bytes);
  const { inputs } = question;
  hold(prediction, inputs);
  record.passed('inspect');
  const rows = rowsAsked(prediction.contract, inputs);
  const inquiry = new Inquiry(caller.id, (act) => answer.onGone(act));
  const asking = { caller, prediction, inputs, rows, wanted: question.outputs, inquiry };
  const usage = { input: rows * house.policy.tokensPerRow, output: 0 };
  const { meter } = await limitPrediction(passage, caller, prediction.name, usage);
  record.passed('limit');
  try {
    await record.content?.prompt({ model: prediction.name, inputs: keptTensors(inputs) });
    await prediction.predictor.use(async (predicting) => {
      checkVersion(predicting, endpoint.version);
      checkWanted(asking, predicting);
      const { version } = predicting;
      record.note({ upstream: PREDICTIONS, rows, ...(version !== undefined && { version }) });
      const flushed = gate.store.quotas.flushed();
      flushed.catch(() => {});
      const receipt = await record.begin();
      await flushed;
      await record.content?.kept();
      record.passed('record');
      meter.forwarded = true;
      const outputs = await askDefended(passage, asking, predicting, standing, async (one, wanted) => {
        inquiry.renew();
        const made = await one.predict(receipt, inputs, wanted, inquiry);
        meter.answered = true;
        noteTold(passage, prediction, inquiry);
        meter.see(usage);
        meter.complete = true;
        record.passed('forward');
        return made;
      });
      const about = { model: prediction.name, version, id: question.id, outputs };
      const wire = endpoint.what === 'rows' ? writeRows(about, rows) : writeAnswer(about, question);
      if (answer.gone) throw new Refusal('client_gone');
      if (record.content !== undefined)
        await record.content.whole(JSON.stringify({ outputs: keptTensors(outputs) }));
      const reply = { bytes: wire.body.length, digest: digestOf(gate, wire.body) };
      await record.end('completed', { status: 200, usage, reply });
      answer.prediction(wire.body, wire.headers);
    });
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
  }
}

function predictionOf({ house }: Passage, model: string): Prediction {
  const prediction = house.predictions.byName.get(model);
  // What others are made of alone is as if it were not there.
  if (prediction === undefined || prediction.hidden) throw new Refusal('model_unknown');
  return prediction;
}

/** Which models answered, and how far they differ, where a prediction is made of others. */
function noteTold({ gate, record }: Passage, { name }: Prediction, { told }: Inquiry): void {
  if (told === undefined) return;
  record.note(toldEntry(told));
  if (told.disagreement !== undefined) gate.metrics.disagreed(name, meanOf(told.disagreement));
}

function checkVersion({ version }: Predicting, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== version) throw new Refusal('model_unknown');
}

function readQuestion(
  { ask, house }: Passage,
  prediction: Prediction,
  what: AboutModel['what'],
  body: Buffer,
): InferenceRequest {
  if (what === 'infer') {
    const length = ask.req.headers[LENGTH_HEADER];
    const wire = { body, length: typeof length === 'string' ? length : undefined };
    const question = readRequest(wire, prediction.contract.maxRows);
    const { model, rows } = question;
    if (model !== undefined && model !== prediction.name)
      throw new Refusal('request_invalid', {
        hint: 'The body names another model than the path.',
        field: '/model_name',
      });
    return rows === undefined ? question : { ...question, inputs: tensorsOf(prediction, rows) };
  }
  const { rows, ...others } = parseJson(body, { maxDepth: house.settings.limits.depth });
  if (!Array.isArray(rows) || Object.keys(others).length > 0)
    throw new Refusal('request_invalid', { hint: 'Rows are asked as {"rows": [{…}, …]}.' });
  const inputs = tensorsOf(prediction, rows);
  return { id: undefined, model: undefined, inputs, rows, outputs: undefined, binary: () => false };
}

function tensorsOf({ contract }: Prediction, rows: readonly Json[]): Tensors {
  if (!takesRows(contract))
    throw new Refusal('unsupported', {
      hint: 'This model has no named features: ask by tensors, at …/infer.',
    });
  const { tensors, violations } = rowsToTensors(contract, rows);
  if (tensors === undefined) throw new Refusal('request_invalid', { hint: sayViolations(violations) });
  return tensors;
}

/** What the contract does not allow the model does not see. */
function hold({ contract }: Prediction, inputs: Tensors): void {
  const violations = checkTensors(contract, inputs);
  if (violations.length > 0) throw new Refusal('request_invalid', { hint: sayViolations(violations) });
}
