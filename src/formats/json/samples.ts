import type { Sample } from '../format.ts';

const bytes = (value: unknown) => () => new TextEncoder().encode(JSON.stringify(value));
const skopsOf = (node: object) => bytes({ ...node, protocol: 2, _skops_version: '0.11' });

/** Schemas of skops, manifests of TorchServe, models of XGBoost, and settings that compute. */
export const OTHER_CATCHES: readonly Sample[] = [
  {
    name: 'a type of skops',
    bytes: skopsOf({ __class__: 'system', __module__: 'os', __loader__: 'FunctionNode' }),
    rules: ['skops.dangerous-type'],
  },
  {
    name: 'a function of skops',
    bytes: skopsOf({
      __class__: 'function',
      __module__: 'builtins',
      __loader__: 'FunctionNode',
      content: { module_path: 'builtins', function: 'eval' },
    }),
    rules: ['skops.dangerous-type'],
  },
  {
    name: 'a method of skops (CVE-2025-54413)',
    bytes: skopsOf({
      __class__: 'LogisticRegression',
      __module__: 'sklearn.linear_model._logistic',
      __loader__: 'MethodNode',
      content: { func: 'fit', obj: {} },
    }),
    rules: ['skops.crafted-node'],
  },
  {
    name: 'an operator of skops (CVE-2025-54412)',
    bytes: skopsOf({ __class__: 'str', __module__: 'builtins', __loader__: 'OperatorFuncNode' }),
    rules: ['skops.crafted-node'],
  },
  {
    name: 'a class that nobody knows',
    bytes: skopsOf({ __class__: 'Net', __module__: 'mine', __loader__: 'ObjectNode' }),
    rules: ['skops.unknown-type'],
  },
  {
    name: 'a pickle in Base64',
    bytes: bytes({ objective: Buffer.from('cos\nsystem\n(S"id"\ntR.').toString('base64') }),
    rules: ['pickle.dangerous-call'],
  },
  {
    name: 'code in a model of XGBoost',
    bytes: bytes({ learner: { attributes: { x: '__import__("os").system("id")' } }, version: [2, 0, 0] }),
    rules: ['repo.code-in-model'],
  },
  {
    name: 'an archive of TorchServe with a handler elsewhere',
    bytes: bytes({ model: { modelName: 'a', handler: '../../evil.py' }, runtime: 'python' }),
    rules: ['repo.model-handler'],
  },
  {
    name: 'settings that evaluate',
    bytes: bytes({ x: '${eval:__import__("os")}' }),
    rules: ['repo.interpolation'],
  },
];

export const OTHER_PASSES: readonly Sample[] = [
  {
    name: 'a function of skops',
    bytes: skopsOf({
      __class__: 'function',
      __module__: 'sklearn.metrics._classification',
      __loader__: 'FunctionNode',
      content: { module_path: 'sklearn.metrics._classification', function: 'accuracy_score' },
    }),
  },
  {
    name: 'a model of skops',
    bytes: skopsOf({
      __class__: 'LogisticRegression',
      __module__: 'sklearn.linear_model._logistic',
      __loader__: 'ObjectNode',
      content: {
        __class__: 'dict',
        __module__: 'builtins',
        __loader__: 'DictNode',
        content: {
          C: { __class__: 'float', __module__: 'builtins', __loader__: 'JsonNode', content: '1.0' },
        },
      },
    }),
  },
];
