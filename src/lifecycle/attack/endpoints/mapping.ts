import Type, { type Static } from 'typebox';
import { SourceDocument } from '../../../base/document.ts';
import { Problem } from '../../../base/problem.ts';
import { Secret } from '../../../base/secret.ts';
import { parseDuration } from '../../../base/units.ts';
import { type Environment, substitute } from '../../../settings/substitute.ts';
import { serverUrl } from './server.ts';

const POINTER = '^(/([^/~]|~[01])*)*$';
const pointer = Type.String({
  pattern: POINTER,
  description: 'a JSON Pointer, such as /predictions/*/scores; * stands for each row',
});

/** How any service that classifies is asked, and where its answer is. */
const Mapping = Type.Object(
  {
    url: Type.String(),
    method: Type.Optional(Type.Enum(['POST', 'PUT'])),
    headers: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String(), {
        additionalProperties: false,
        description: 'the name of a header',
      }),
    ),
    /** `$rows` stands for the list of rows, `$row` for the one row of a request. */
    body: Type.Unknown(),
    row: Type.Optional(Type.Enum(['list', 'nested', 'object'])),
    shape: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 8 })),
    rows_per_request: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    answer: Type.Object(
      {
        scores: Type.Optional(pointer),
        label: Type.Optional(pointer),
        classes: Type.Optional(
          Type.Array(Type.Union([Type.String(), Type.Number()]), { minItems: 2, maxItems: 10_000 }),
        ),
      },
      { additionalProperties: false },
    ),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000 })),
    timeout: Type.Optional(Type.Union([Type.String(), Type.Number()])),
  },
  { additionalProperties: false },
);

export interface ServiceMapping {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, Secret>>;
  readonly body: unknown;
  readonly row: 'list' | 'nested' | 'object';
  readonly shape: readonly number[] | undefined;
  readonly perRequest: number;
  readonly answer: { readonly kind: 'scores' | 'label'; readonly pointer: readonly string[] };
  readonly classes: readonly string[] | undefined;
  readonly rate: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Reads a mapping file: `${NAME}` is filled in from the environment. Throws Problem('usage') with every place that is wrong. */
export function readMapping(text: string, file: string, env: Environment): ServiceMapping {
  const document = SourceDocument.read(text, file);
  const filled = substitute(document.value, env, (path, message) => document.report(path, message));
  const given: Static<typeof Mapping> = document.require(Mapping, filled);
  const { scores, label, classes } = given.answer;
  const perRequest = given.rows_per_request ?? 1;
  const timeout = parseDuration(given.timeout ?? '30s');
  const placeholders = JSON.stringify(given.body).match(/"\$rows?"/g) ?? [];
  if (placeholders.length !== 1) document.report(['body'], 'must have “$rows” or “$row” at one place');
  if (placeholders[0] === '"$row"' && perRequest > 1)
    document.report(['body'], 'has “$row”, which is one row, and rows_per_request is more than one');
  if ((scores === undefined) === (label === undefined))
    document.report(['answer'], 'must have either “scores” or “label”');
  if (label !== undefined && classes === undefined)
    document.report(
      ['answer'],
      'must have “classes”, in the order of the labels in the data, where there is only a label',
    );
  if (timeout === undefined || timeout < 1) document.report(['timeout'], 'must be a duration, such as 30s');
  if (given.row === 'nested' && given.shape === undefined)
    document.report(['row'], 'is nested, so “shape” must say how');
  document.finish();
  serverUrl(given.url);
  return {
    url: given.url,
    method: given.method ?? 'POST',
    headers: Object.fromEntries(
      Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), new Secret(value)]),
    ),
    body: given.body,
    row: given.row ?? 'list',
    shape: given.shape,
    perRequest,
    answer: {
      kind: scores === undefined ? 'label' : 'scores',
      pointer: (scores ?? label ?? '')
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    },
    classes: classes?.map(String),
    rate: given.rate,
    timeout: timeout ?? 0,
  };
}

/** Whether an argument names a mapping file. */
export const isMapping = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Throws Problem('environment'): an answer is not where the mapping says. */
export function missing(pointer: readonly string[], why: string): never {
  throw new Problem(
    'environment',
    `the answer has ${why} at /${pointer.join('/')}`,
    'Correct the answer of the mapping file.',
  );
}
