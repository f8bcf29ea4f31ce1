import type { JsonObject } from '../../base/json.ts';
import { catalogue, readFrom } from '../catalogue.ts';
import type { ModelCard } from '../dialect.ts';
import { array, bool, count, ident, number, required, tree } from '../shape.ts';
import { message } from './message.ts';

const PREFIX = 'models/';
const METHODS = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
];

const card = message({
  name: required(ident),
  baseModelId: ident,
  version: ident,
  displayName: ident,
  description: ident,
  inputTokenLimit: count,
  outputTokenLimit: count,
  supportedGenerationMethods: array(ident),
  temperature: number,
  maxTemperature: number,
  topP: number,
  topK: number,
  thinking: bool,
  tunedModelInfo: tree('other'),
});
const list = message({ models: array(card), nextPageToken: ident });

/** The most that the API lists at once. */
const WHOLE = '?pageSize=1000';

/** https://ai.google.dev/api/models. The list comes whole, so that `pageSize` need not be heeded. */
export const models = catalogue('gemini', '/models', ['pageSize'], { list, card }, [
  '/v1beta/models',
  '/v1/models',
]).map((operation) =>
  operation.path.endsWith(':id')
    ? operation
    : { ...operation, upstreamPath: `${operation.upstreamPath}${WHOLE}` },
);

/** What the model can do is the upstream's to say, and it is not asked: all that the gateway passes on is named. */
export const showModel = ({ id }: ModelCard): JsonObject => ({
  name: `${PREFIX}${id}`,
  displayName: id,
  supportedGenerationMethods: METHODS,
});

export const listModels = (cards: readonly ModelCard[]): JsonObject => ({ models: cards.map(showModel) });

export function readModels(body: JsonObject): ModelCard[] {
  readFrom(list, body);
  return ((body.models ?? []) as JsonObject[]).map(({ name }) => ({
    id: String(name).replace(PREFIX, ''),
    created: 0,
    ownedBy: 'gemini',
  }));
}
