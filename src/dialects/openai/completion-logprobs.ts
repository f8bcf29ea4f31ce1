import type { JsonObject } from '../../base/json.ts';
import { array, measure, object, type Shape } from '../shape.ts';

/**
 * The token probabilities of a completion: its text again, token by token, and the tokens that could have stood in
 * their places, as names of fields. They are read joined, as those of a chat are (`logprobs.ts`).
 */

// Checked to be a string here, and read as text below.
const token: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'string') reading.refuse(path, 'It must be a string.');
};
/** Any names, all of them tokens, each with a number. */
const alternatives: Shape = (value, holder, key, path, reading) => {
  object({}, () => undefined)(value, holder, key, path, reading);
  const ranked = value as JsonObject;
  for (const name of Object.keys(ranked))
    if (ranked[name] !== null) measure(ranked[name] ?? null, ranked, name, `${path}/(token)`, reading);
};
const maybe =
  (shape: Shape): Shape =>
  (value, holder, key, path, reading) => {
    if (value !== null) shape(value, holder, key, path, reading);
  };
const checked = object({
  tokens: array(token),
  token_logprobs: array(maybe(measure)),
  text_offset: array(measure),
  top_logprobs: array(maybe(alternatives)),
});

/** The `logprobs` of a choice. In a stream (`delta`) the tokens of each rank are a channel. */
export const completionLogprobs =
  (delta: boolean): Shape =>
  (value, choice, key, path, reading) => {
    checked(value, choice, key, path, reading);
    const { tokens, top_logprobs: top } = value as {
      tokens?: readonly string[];
      top_logprobs?: readonly (JsonObject | null)[];
    };
    const put = () => {
      choice.logprobs = null;
    };
    const find = (texts: readonly string[], where: string) =>
      reading.found({
        path: where,
        text: texts.join(''),
        provenance: 'assistant',
        format: 'text',
        delta,
        put,
      });
    find(tokens ?? [], `${path}/tokens`);
    const ranks: string[][] = [];
    for (const ranked of top ?? []) {
      for (const [rank, name] of Object.keys(ranked ?? {}).entries()) {
        const others = ranks[rank];
        if (others === undefined) ranks.push([name]);
        else others.push(name);
      }
    }
    for (const [rank, names] of ranks.entries()) find(names, `${path}/top/${rank}`);
  };
