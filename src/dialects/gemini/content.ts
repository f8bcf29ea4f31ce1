import { isObject, type Json } from '../../base/json.ts';
import type { Provenance } from '../../exchange/part.ts';
import { mediaType } from '../media.ts';
import type { Reading } from '../reading.ts';
import {
  array,
  bool,
  count,
  either,
  type Fields,
  ident,
  messagesOf,
  name,
  number,
  only,
  opaque,
  parts,
  refused,
  required,
  type Shape,
  signature,
  text,
  toolName,
  tree,
  usually,
} from '../shape.ts';
import { asChannels, asTree } from '../unknown.ts';
import { message, repeated } from './message.ts';

/** Contents and their parts, in requests, answers and the chunks of a streamed answer. */

export const SERVER_TOOLS =
  'The model server would run tools itself and bring in content that the gateway does not see.';

/** A file that the upstream keeps (`…/files/abc`), or an address from which it would fetch one. */
const fileUri: Shape = (value, holder, key, path, reading) => {
  ident(value, holder, key, path, reading);
  const uri = value as string;
  if (/^(?:https:\/\/generativelanguage\.googleapis\.com\/v1[a-z0-9]*\/)?files\/[\w-]+$/.test(uri))
    reading.opaque.push({ path, media: 'file-id' });
  else if (/^(?:https?|gs):\/\//i.test(uri)) reading.opaque.push({ path, media: 'remote-url' });
  else reading.refuse(path, 'It must be an http, https or gs URL, or the name of a file.');
};

const media: Fields = {
  inlineData: message({
    mimeType: ident,
    data: required(opaque(({ mimeType }) => mediaType(mimeType))),
    displayName: ident,
  }),
  fileData: message({ mimeType: ident, fileUri: required(fileUri), displayName: ident }),
};

const functionResponse = message({
  id: name('other'),
  name: required(name('other')),
  response: tree('tool-result'),
  parts: repeated(array(message({ ...media, mediaProcessing: tree('other') }))),
  scheduling: usually('SCHEDULING_UNSPECIFIED', 'SILENT', 'WHEN_IDLE', 'INTERRUPT'),
  willContinue: bool,
});

const functionCall = message({
  id: name('other'),
  name: required(toolName('called')),
  args: tree('tool-arguments'),
  // Arguments in pieces, each with a path of its own: nobody could say which text they make together.
  partialArgs: refused('Arguments in pieces are not passed on.'),
  willContinue: only(false, 'Arguments in pieces are not passed on.'),
});

const fields = (delta: boolean): Fields => ({
  ...media,
  thought: bool,
  thoughtSignature: signature(),
  functionCall,
  functionResponse,
  executableCode: message({
    id: name('other'),
    language: usually('LANGUAGE_UNSPECIFIED', 'PYTHON'),
    code: required(text('tool-arguments', { delta })),
  }),
  codeExecutionResult: message({
    id: name('other'),
    outcome: usually('OUTCOME_UNSPECIFIED', 'OUTCOME_OK', 'OUTCOME_FAILED', 'OUTCOME_DEADLINE_EXCEEDED'),
    output: text('tool-result', { delta }),
  }),
  videoMetadata: message({ startOffset: ident, endOffset: ident, fps: number }),
  mediaResolution: either({ string: ident, object: message({ level: ident, numTokens: count }) }),
  audioTranscription: tree('document'),
  partMetadata: tree('other'),
  mediaProcessing: tree('other'),
  speechMetadata: tree('other'),
  toolCall: refused(SERVER_TOOLS),
  toolResponse: refused(SERVER_TOOLS),
});

/** What a part says: one of these. */
const KINDS = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
];

/**
 * One part; thoughts are told from what is said. In a stream (`delta`) its path has no place in it: all texts of a
 * candidate are one channel, and all its thoughts another.
 */
export function part(provenance: Provenance, delta = false): Shape {
  const of = (who: Provenance, whole: { readonly part: true | 'thought' }) =>
    message({ ...fields(delta), text: text(who, delta ? { delta } : whole) }, delta ? asChannels : asTree);
  const said = of(provenance, { part: true });
  // What is not the model's is no thought of it, whatever it calls itself.
  const thought = provenance === 'assistant' ? of('reasoning', { part: 'thought' }) : said;
  return (value, holder, key, path, reading) => {
    const thinks = isObject(value) && value.thought === true;
    const at = delta && thinks ? `${path}/thought` : path;
    (thinks ? thought : said)(value, holder, key, at, reading);
    checkKind(value, path, reading);
  };
}

function checkKind(value: Json, path: string, reading: Reading): void {
  const kinds = isObject(value) ? KINDS.filter((kind) => (value[kind] ?? null) !== null) : [];
  if (kinds.length > 1) reading.refuse(path, `It must hold one of: ${KINDS.join(', ')}.`);
}

const PROVENANCE: Readonly<Record<string, Provenance>> = {
  user: 'user',
  model: 'assistant',
  function: 'tool-result',
};

const turns = new Map(
  Object.entries(PROVENANCE).map(([role, provenance]) => [
    role,
    message({ role: usually(role), parts: repeated(parts(part(provenance))) }),
  ]),
);

/** A turn of the conversation. Without a role it is the user's. */
const turn: Shape = (value, holder, key, path, reading) => {
  const role = isObject(value) ? (value.role ?? 'user') : 'user';
  const shape = turns.get(typeof role === 'string' ? role : '');
  if (shape === undefined)
    return reading.unsupported(`${path}/role`, 'It must be one of: user, model, function.');
  shape(value, holder, key, path, reading);
};

export const contents = repeated(messagesOf(turn, 'user'));

/** One content that is not part of a conversation. */
export const content = (provenance: Provenance): Shape =>
  message({ role: usually('user', 'system', 'model'), parts: repeated(parts(part(provenance))) });
