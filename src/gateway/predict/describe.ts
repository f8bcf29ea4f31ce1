import type { JsonObject } from '../../base/json.ts';
import { datatypeOf } from '../../oip/datatypes.ts';
import type { Passage } from '../passage.ts';
import type { Port, Predicting, Prediction } from './predictor.ts';
import { given } from './shaping.ts';

/** What the Open Inference Protocol says of the server. Which software it is, in which version, is nobody's business. */
export const describeServer = (passage: Passage): Promise<void> =>
  say(passage, 200, { name: 'gatehouse', version: '2', extensions: ['binary_tensor_data'] });

export const tellLive = (passage: Passage): Promise<void> => say(passage, 200, { live: true });

/** All models can be asked, and what is asked can be recorded. */
export function tellReady(passage: Passage): Promise<void> {
  const { gate, house } = passage;
  const all = [...house.predictions.byName.values()].every(({ predictor }) => predictor.ready());
  return tell(passage, all && gate.ledger.state === 'open', {});
}

export async function tellModelReady(
  passage: Passage,
  { name, predictor }: Prediction,
  version: string | undefined,
): Promise<void> {
  const fits = async (there: Predicting) => version === undefined || version === there.version;
  return tell(passage, predictor.ready() && (await predictor.use(fits)), { name });
}

export function describeModel(
  passage: Passage,
  prediction: Prediction,
  { version, outputs }: Predicting,
): Promise<void> {
  const { name, contract, sealed } = prediction;
  const inputs = [...contract.inputs].map(([input, { type, dims }]) => portOf({ name: input, type, dims }));
  return say(passage, 200, {
    name,
    versions: version === undefined ? [] : [version],
    platform: sealed ? 'onnx_onnxv1' : 'open_inference_protocol',
    inputs,
    outputs: given(prediction, outputs).map(portOf),
  });
}

const portOf = ({ name, type, dims }: Port): JsonObject => ({
  name,
  datatype: datatypeOf(type),
  shape: dims.map((size) => (typeof size === 'number' ? size : -1)),
});

const tell = (passage: Passage, ready: boolean, about: JsonObject): Promise<void> =>
  say(passage, ready ? 200 : 503, { ...about, ready });

async function say({ answer, record }: Passage, status: number, body: JsonObject): Promise<void> {
  await record.end('completed', { status });
  answer.say(status, JSON.stringify(body));
}
