import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import type { Contract, Feature, InputContract } from '../../contracts/contract.ts';
import { predictionRuleOf } from '../../policy/predictions.ts';
import type { PredictionSettings } from '../../settings/predictions.ts';
import type { Prediction } from '../predict/predictor.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { orNull } from './parameters.ts';

const Served = Type.Object({
  name: Type.String(),
  from: Type.String({ description: 'sealed, server, vote, switch or canary' }),
  of: Type.String({
    description: 'The sealed model, the model at the server, or the predictions it is made of.',
  }),
  ready: Type.Boolean(),
  contract: Type.Object({
    max_rows: Type.Integer(),
    inputs: Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.String(),
        shape: Type.Array(Type.Union([Type.Integer(), Type.String()])),
        features: Type.Array(
          Type.Object({
            name: Type.String(),
            kind: Type.String(),
            values: Type.String({ description: 'What it can be, in words.' }),
            missing: Type.Boolean({ description: 'It need not be known.' }),
          }),
        ),
      }),
    ),
  }),
  calibrated: orNull(
    Type.Object({
      rows: Type.Integer({ description: 'Rows of the owner that it was made from.' }),
      monitors: Type.Array(Type.String()),
      accuracy: orNull(Type.Number()),
    }),
  ),
  ladder: Type.Array(
    Type.Object({
      respond: Type.String(),
      approval: Type.Boolean({ description: 'Nobody comes here before a person says so.' }),
      shapers: Type.Array(Type.String()),
    }),
  ),
  shapers: Type.Array(Type.String(), { description: 'What every answer is shaped by, in this order.' }),
});

/** Models that classify or score, as they are served: what they may be asked, who watches, and what is done to answers. */
export const predictionEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/admin/v1/predictions',
    name: 'predictions.list',
    summary: 'Models that classify or score: their contracts, monitors, ladders and shapers',
    action: 'registry.read',
    changes: false,
    answer: Type.Object({ predictions: Type.Array(Served) }),
    act: ({ house: { predictions, settings, policy } }) => ({
      predictions: [...predictions.byName.values()].map((prediction): JsonObject => {
        const rule = predictionRuleOf(policy.predictions, prediction.name);
        return {
          ...shown(prediction, settings.predictions[prediction.name]?.from),
          ladder: (rule?.ladder ?? []).map(({ respond, approval, shapers }) => ({
            respond,
            approval,
            shapers: shapers.map(useOf),
          })),
          shapers: (rule?.shapers ?? []).map(useOf),
        };
      }),
    }),
  }),
];

/** Its settings may be what an attacker would like to know; its name is what people look for. */
const useOf = ({ use }: JsonObject): string => String(use);

function shown(
  { name, contract, known, predictor }: Prediction,
  from: PredictionSettings['from'] | undefined,
) {
  return {
    name,
    from: from?.kind ?? 'sealed',
    of: partsOf(from) ?? name,
    ready: predictor.ready(),
    contract: { max_rows: contract.maxRows, inputs: inputsOf(contract) },
    calibrated:
      known === undefined
        ? null
        : {
            rows: known.calibration.monitors.rows,
            monitors: Object.keys(known.calibration.monitors.monitors),
            accuracy: known.calibration.accuracy?.share ?? null,
          },
  };
}

function partsOf(from: PredictionSettings['from'] | undefined): string | undefined {
  if (from === undefined) return undefined;
  if (from.kind === 'sealed') return from.reference;
  return from.kind === 'server' ? from.as : from.members.map(({ model }) => model).join(', ');
}

const inputsOf = ({ inputs }: Contract): JsonObject[] =>
  [...inputs].map(([name, { type, dims, features }]: readonly [string, InputContract]) => ({
    name,
    type,
    shape: [...dims],
    features: features.map(featureShown),
  }));

const featureShown = ({ name, kind, unit, missing }: Feature) => ({
  name,
  kind: kind.is,
  values: `${valuesOf(kind)}${unit === undefined ? '' : ` ${unit}`}`,
  missing: missing !== undefined,
});

/** Values of a category that are shown; there may be thousands. */
const VALUES = 12;

function valuesOf(kind: Feature['kind']): string {
  switch (kind.is) {
    case 'number':
    case 'whole':
      return `${kind.min ?? 'any'} to ${kind.max ?? 'any'}`;
    case 'flag':
      return 'true or false';
    case 'codes':
      return some([...kind.codes.keys()]);
    case 'one-hot':
      return some([...kind.columns.keys()]);
    case 'text':
      return some([...kind.values]);
  }
}

const some = (values: readonly string[]): string =>
  values.length > VALUES
    ? `${values.slice(0, VALUES).join(', ')} and ${values.length - VALUES} more`
    : values.join(', ');
