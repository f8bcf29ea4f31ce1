import type { JsonObject } from '../base/json.ts';
import type { Operation } from './dialect.ts';
import { Reading } from './reading.ts';
import { readBody, type Shape } from './shape.ts';

/**
 * The two endpoints that list models. They ask without a body; who may see which model is the policy's to say, and
 * the gateway answers from that.
 */
export function catalogue(
  dialect: string,
  upstreamPath: string,
  query: readonly string[],
  shapes: { readonly list: Shape; readonly card: Shape },
  roots: readonly [string, ...string[]] = ['/v1/models'],
): readonly Operation[] {
  const [path, ...also] = roots;
  const question = (name: string, below: string, shape: Shape): Operation => ({
    id: `${dialect}.models.${name}`,
    method: 'GET',
    path: `${path}${below}`,
    also: also.map((root) => `${root}${below}`),
    action: 'models.list',
    query,
    headers: {},
    upstreamPath: `${upstreamPath}${below}`,
    readPrompt: (body) => ({
      model: '',
      stream: false,
      choices: 0,
      maxOutput: 0,
      slots: [],
      opaque: [],
      body,
    }),
    readReply(body) {
      const { slots, opaque } = readFrom(shape, body);
      return { slots, opaque, usage: undefined, body };
    },
  });
  return [question('list', '', shapes.list), question('show', '/:id', shapes.card)];
}

/** What an upstream says about its models, checked. */
export function readFrom(shape: Shape, body: JsonObject): Reading {
  const reading = new Reading('upstream');
  readBody(shape, body, reading);
  return reading;
}
