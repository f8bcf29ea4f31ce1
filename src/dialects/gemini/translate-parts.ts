import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  MediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../../exchange/conversation.ts';
import { knowing, objects, TurnList, textParts, untranslatable } from '../translate.ts';

/** Contents of a request to turns. */

/**
 * The API's own word for a call that no model of its own has signed
 * (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
export const UNSIGNED = 'skip_thought_signature_validator';

const partFields = knowing({
  carried: [
    'text',
    'inlineData',
    'fileData',
    'functionCall',
    'functionResponse',
    'thought',
    'thoughtSignature',
  ],
  hints: ['partMetadata', 'mediaResolution', 'mediaProcessing'],
  refused: { executableCode: {}, codeExecutionResult: {}, videoMetadata: {}, audioTranscription: {} },
});

/** Calls need ids elsewhere. Here they may have none: then a result belongs to the first call of its name without one. */
class Calls {
  readonly #byId = new Queues();
  readonly #byName = new Queues();
  readonly #answered = new Set<ToolCallPart>();
  #made = 0;

  id(given: Json | undefined): string {
    return typeof given === 'string' && given !== '' ? given : `call_${this.#made++}`;
  }

  opened(call: ToolCallPart): void {
    this.#byId.add(call.id, call);
    this.#byName.add(call.name, call);
  }

  answered(id: Json | undefined, name: Json | undefined, path: string): string {
    const call =
      (id ?? '') === '' ? this.#byName.take(name, this.#answered) : this.#byId.take(id, this.#answered);
    if (call === undefined) return untranslatable(path, 'There is no open call of this function before it.');
    this.#answered.add(call);
    return call.id;
  }
}

/** Calls in order under each key. Each is passed over once, however many there are. */
class Queues {
  readonly #queues = new Map<Json | undefined, { readonly calls: ToolCallPart[]; head: number }>();

  add(key: string, call: ToolCallPart): void {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, { calls: [call], head: 0 });
    else queue.calls.push(call);
  }

  /** The first that is not among those that are gone. */
  take(key: Json | undefined, gone: ReadonlySet<ToolCallPart>): ToolCallPart | undefined {
    const queue = this.#queues.get(key);
    if (queue === undefined) return undefined;
    for (;;) {
      const call = queue.calls[queue.head];
      if (call === undefined) return undefined;
      queue.head += 1;
      if (!gone.has(call)) return call;
    }
  }
}

export function readTurns(contents: readonly JsonObject[]): readonly Turn[] {
  const list = new TurnList();
  const calls = new Calls();
  for (const [at, { role, parts }] of contents.entries()) {
    const path = `/contents/${at}/parts`;
    const found = objects(parts);
    for (const [i, part] of found.entries()) partFields(part, `${path}/${i}`);
    if (role === 'model') {
      list.add({
        role: 'assistant',
        parts: found.flatMap((part, i) => readAnswered(part, `${path}/${i}`, calls)),
      });
    } else {
      const said = found.flatMap((part, i) => readAsked(part, `${path}/${i}`, calls));
      // Results come first, as every API wants them behind their calls.
      const isResult = ({ kind }: { kind: string }) => kind === 'tool-result';
      list.add({ role: 'user', parts: [...said.filter(isResult), ...said.filter((one) => !isResult(one))] });
    }
  }
  return list.turns;
}

export function readTexts(content: Json | undefined, path: string): string[] {
  if (!isObject(content)) return [];
  return objects(content.parts).flatMap((part, at) => {
    if ((part.text ?? null) === null) return untranslatable(`${path}/parts/${at}`);
    partFields(part, `${path}/parts/${at}`);
    return textParts(part.text).map(({ text }) => text);
  });
}

function readAsked(part: JsonObject, path: string, calls: Calls): (TextPart | MediaPart | ToolResultPart)[] {
  if (isObject(part.functionResponse)) {
    return [readResult(part.functionResponse, `${path}/functionResponse`, calls)];
  }
  if (isObject(part.functionCall)) return untranslatable(`${path}/functionCall`);
  return [...textParts(part.text), ...readMedia(part, path)];
}

function readMedia({ inlineData, fileData }: JsonObject, path: string): MediaPart[] {
  if (isObject(inlineData)) {
    const { mimeType, data, displayName } = inlineData;
    if (typeof mimeType !== 'string') return untranslatable(`${path}/inlineData/mimeType`);
    const named = typeof displayName === 'string' && displayName !== '';
    const source = { base64: data as string };
    return [{ kind: 'media', media: mimeType.toLowerCase(), source, ...(named && { name: displayName }) }];
  }
  if (!isObject(fileData)) return [];
  const { mimeType, fileUri } = fileData;
  const isFile = /^(?!https?:)|^https:\/\/generativelanguage\.googleapis\.com\//i.test(fileUri as string);
  if (isFile) untranslatable(`${path}/fileData`, 'Another server does not have the file.');
  const media = typeof mimeType === 'string' ? mimeType.toLowerCase() : 'image/*';
  return [{ kind: 'media', media, source: { url: fileUri as string } }];
}

const resultFields = knowing({
  carried: ['id', 'name', 'response', 'parts'],
  refused: { willContinue: false, scheduling: 'SCHEDULING_UNSPECIFIED' },
});

function readResult(result: JsonObject, path: string, calls: Calls): ToolResultPart {
  resultFields(result, path);
  const { id, name, response, parts } = result;
  const { texts, failed } = readResponse(response);
  return {
    kind: 'tool-result',
    callId: calls.answered(id, name, `${path}/id`),
    name: name as string,
    parts: [
      ...texts.flatMap(textParts),
      ...objects(parts).flatMap((part, at) => readMedia(part, `${path}/parts/${at}`)),
    ],
    failed,
  };
}

/**
 * A result is an object of the client's own. The API reads `output` (or `result`) and `error` in it as what it says;
 * tools of MCP give a `content` of texts; any other is JSON to its reader.
 */
function readResponse(response: Json | undefined): {
  readonly texts: readonly string[];
  readonly failed: boolean;
} {
  const fields = isObject(response) ? response : {};
  const names = Object.keys(fields);
  const [only] = names;
  if (only === undefined) return { texts: [], failed: false };
  const said = names.length === 1 ? fields[only] : undefined;
  if (['output', 'result', 'error'].includes(only) && typeof said === 'string') {
    return { texts: [said], failed: only === 'error' };
  }
  const { content, isError = false, ...more } = fields;
  const isText = (one: Json) => isObject(one) && one.type === 'text' && typeof one.text === 'string';
  const isMcp = Object.keys(more).length === 0 && typeof isError === 'boolean';
  if (isMcp && Array.isArray(content) && content.every(isText)) {
    return { texts: objects(content).map(({ text }) => text as string), failed: isError };
  }
  return { texts: [JSON.stringify(fields)], failed: false };
}

function readAnswered(part: JsonObject, path: string, calls: Calls): AnswerPart[] {
  if (isObject(part.functionResponse)) return untranslatable(`${path}/functionResponse`);
  if (isObject(part.functionCall)) {
    const { id, name, args } = part.functionCall;
    const call = callPart(calls.id(id), name, args, signatureIn(part));
    calls.opened(call);
    return [call];
  }
  if (readMedia(part, path).length > 0)
    untranslatable(path, 'An answer in pictures or sound is not translated.');
  if (part.thought !== true) return textParts(part.text);
  const signature = signatureIn(part);
  if (typeof part.text !== 'string' && signature === undefined) return [];
  return [
    { kind: 'reasoning', text: String(part.text ?? ''), ...(signature !== undefined && { signature }) },
  ];
}

/** What a part is signed with; undefined where it is not. */
export function signatureIn({ thoughtSignature: signature }: JsonObject): string | undefined {
  return typeof signature === 'string' && signature !== '' && signature !== UNSIGNED ? signature : undefined;
}

export const callPart = (
  id: string,
  name: Json | undefined,
  args: Json | undefined,
  signature: string | undefined,
): ToolCallPart => ({
  kind: 'tool-call',
  id,
  name: name as string,
  arguments: JSON.stringify(isObject(args) ? args : {}),
  ...(signature !== undefined && { signature }),
});
