import type { Operation } from '../dialect.ts';
import { mediaUrl } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  either,
  ident,
  name,
  object,
  parts,
  readBody,
  required,
  type Shape,
  text,
  tree,
  variant,
} from '../shape.ts';

/** Texts, each judged by itself, or the parts of one message. */
const list: Shape = (value, holder, key, path, reading) => {
  const shape = Array.isArray(value) && typeof value[0] === 'string' ? texts : message;
  shape(value, holder, key, path, reading);
};
const texts = array(text('user'));
const message = parts(
  variant('type', {
    text: { text: required(text('user', { part: true })) },
    image_url: { image_url: required(object({ url: required(mediaUrl) })) },
  }),
);

const request = object({
  model: required(name('other')),
  input: required(either({ string: text('user'), array: list })),
});

const reply = object({
  id: ident,
  model: ident,
  results: required(
    array(
      object({
        flagged: bool,
        categories: tree('other'),
        category_scores: tree('other'),
        category_applied_input_types: tree('other'),
      }),
    ),
  ),
});

/** https://platform.openai.com/docs/api-reference/moderations */
export const moderations: Operation = {
  id: 'openai.moderations',
  method: 'POST',
  path: '/v1/moderations',
  action: 'moderate',
  query: [],
  headers: {},
  upstreamPath: '/moderations',
  readPrompt(body) {
    const reading = new Reading('client');
    readBody(request, body, reading);
    if (body.model === '') reading.refuse('/model', 'It is empty.');
    const { slots, opaque } = reading;
    return { model: body.model as string, stream: false, choices: 1, maxOutput: 0, slots, opaque, body };
  },
  readReply(body) {
    const reading = new Reading('upstream');
    readBody(reply, body, reading);
    return { slots: reading.slots, opaque: reading.opaque, usage: undefined, body };
  },
};
