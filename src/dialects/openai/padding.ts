import type { Shape } from '../shape.ts';

/** Random letters that hide the length of tokens: the length is kept, the letters could be a text. */
export const padding: Shape = (value, holder, key, path, reading) => {
  if (typeof value !== 'string') return reading.refuse(path, 'It must be a string.');
  holder[key] = '-'.repeat(value.length);
};
