import type { Json, JsonObject } from '../../base/json.ts';
import type { TextFormat } from '../../exchange/part.ts';
import { array, measure, object, type Shape } from '../shape.ts';

/**
 * The token probabilities of a completion: its text again, token by token, and the tokens that could have stood in
 * their places, as names of fields. They are read joined, as those of a chat are (`logprobs.ts`).
 */

// Checked to be a string here, and read as text below.
const token: Shape = (value, _holder, _key, path, reading) => {
  if (typeof value !== 'string') reading.refuse(path, 'It must be a string.');
};
/** Any names, all of them tokens; their numbers are as good as any, and what is none is read below. */
const alternatives = object({}, () => undefined);
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
    const find = (texts: readonly string[], where: string, format: TextFormat = 'text') =>
      reading.found({
        path: where,
        text: texts.join(''),
        provenance: 'assistant',
        format,
        // Nobody knows whether JSON goes on in the next event.
        delta: delta && format === 'text',
        put,
      });
    find(tokens ?? [], `${path}/tokens`);
    const ranks: string[][] = [];
    const strange: Json[] = [];
    for (const ranked of top ?? []) {
      for (const value of Object.values(ranked ?? {}))
        if (typeof value !== 'number' && value !== null) strange.push(value);
      for (const [rank, name] of Object.keys(ranked ?? {}).entries()) {
        const others = ranks[rank];
        if (others === undefined) ranks.push([name]);
        else others.push(name);
      }
    }
    if (strange.length > 0) find([JSON.stringify(strange)], `${path}/(unknown)`, 'json');
    for (const [rank, names] of ranks.entries()) find(names, `${path}/top/${rank}`);
  };
