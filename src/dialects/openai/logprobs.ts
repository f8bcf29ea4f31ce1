import type { Json, JsonObject } from '../../base/json.ts';
import type { Holder, Reading } from '../reading.ts';
import { array, integer, measure, object, required, type Shape } from '../shape.ts';

/**
 * Token probabilities repeat the answer piece by piece, and with `top_logprobs` they hold answers that were not
 * given. So the tokens are read joined: the chosen ones, and the ones of each lower rank. Where `bytes` say
 * something else than `token`, they are read too. A mask cannot be put into them: it takes them out.
 */

// Checked to be a string here, and read as text below.
const token: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'string') reading.refuse(path, 'It must be a string.');
};
const alternative = { token: required(token), bytes: array(integer(0, 255)), logprob: measure };
const list = array(object({ ...alternative, top_logprobs: array(object(alternative)) }));
const checked = object({ content: list, refusal: list });

interface Token {
  readonly token: string;
  readonly bytes?: readonly number[] | null;
  readonly top_logprobs?: readonly Token[] | null;
}

/** Finds the texts of a checked list of tokens. In a stream (`delta`) the tokens of each rank are a channel. */
function findTokens(
  chosen: readonly Token[],
  path: string,
  reading: Reading,
  delta: boolean,
  drop: () => void,
): void {
  const find = (tokens: readonly Token[], where: string): void => {
    const text = tokens.map(({ token }) => token).join('');
    const how = { provenance: 'assistant', format: 'text', delta, put: drop } as const;
    reading.found({ path: where, text, ...how });
    const bytes = Buffer.concat(tokens.map(({ token, bytes }) => Buffer.from(bytes ?? token))).toString(
      'utf8',
    );
    // In a stream the bytes are a channel from the first: what they said while they were alike belongs to it.
    if (delta || bytes !== text) reading.found({ path: `${where}/bytes`, text: bytes, ...how });
  };
  find(chosen, path);
  for (const [rank, tokens] of byRank(chosen).entries()) find(tokens, `${path}/top/${rank}`);
}

function byRank(chosen: readonly Token[]): Token[][] {
  const ranks: Token[][] = [];
  for (const { top_logprobs } of chosen) {
    for (const [rank, token] of (top_logprobs ?? []).entries()) {
      const others = ranks[rank];
      if (others === undefined) ranks.push([token]);
      else others.push(token);
    }
  }
  return ranks;
}

/** The `logprobs` of a chat choice. */
export const logprobs =
  (delta: boolean): Shape =>
  (value, choice, key, path, reading) => {
    checked(value, choice, key, path, reading);
    for (const name of ['content', 'refusal']) {
      const chosen = ((value as JsonObject)[name] ?? []) as unknown as readonly Token[];
      findTokens(chosen, `${path}/${name}`, reading, delta, () => drop(choice));
    }
  };

/** The `logprobs` of a text of the Responses API: one list. */
export const tokenList =
  (delta: boolean): Shape =>
  (value, part, key, path, reading) => {
    list(value, part, key, path, reading);
    findTokens(value as unknown as readonly Token[], path, reading, delta, () => drop(part));
  };

/** Where a list stood, an empty one stays: clients go through it. */
const drop = (holder: Holder): void => {
  holder.logprobs = Array.isArray(holder.logprobs) ? [] : null;
};

/** A choice or a part: a mask anywhere in it takes its token probabilities with it, which would still show the text. */
export const choice =
  (shape: Shape): Shape =>
  (value, holder, key, path, reading: Reading) => {
    const read = () => shape(value, holder, key, path, reading);
    if (hasLogprobs(value)) reading.watching(() => drop(value), read);
    else read();
  };

const hasLogprobs = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value.logprobs != null;
