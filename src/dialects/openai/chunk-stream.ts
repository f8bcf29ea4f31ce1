import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Prompt, StreamEvent } from '../../exchange/exchange.ts';
import { type WireEvent, writeEvent } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { parseEvent } from '../events.ts';
import { Reading } from '../reading.ts';
import { readBody, type Shape } from '../shape.ts';
import { readUsage } from './chat-reply.ts';
import { errorBody } from './errors.ts';

/** What the chunks of an API look like. */
export interface ChunkForm {
  readonly shape: Shape;
  readonly object: string;
  /** How ids begin. */
  readonly prefix: string;
  /** What a choice says that ends with nothing more to say. */
  readonly ending: JsonObject;
}

/** Reads the chunks of one streamed answer, of chats or of completions. */
export class ChunkStream implements StreamReader {
  readonly #prompt: Prompt;
  readonly #form: ChunkForm;
  readonly #channels = new Map<string, number>();
  /** Roles, and names and ids of tool calls: they come whole, so that no text can be spread over them. */
  readonly #names = new Map<string, string>();
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  /** The last chunk that was written, and the choices that the client knows to be finished. */
  #written: JsonObject | undefined;
  readonly #closed = new Set<number>();

  constructor(prompt: Prompt, form: ChunkForm) {
    this.#prompt = prompt;
    this.#form = form;
  }

  read(event: WireEvent): StreamEvent {
    if (event.data === '[DONE]') return DONE;
    const body = parseEvent(event);
    // Its text is not shown: it may hold anything, and nobody has read it.
    if (event.event === 'error' || (body.error ?? null) !== null) throw new Refusal('upstream_failed');
    const reading = new Reading('upstream', this.#channels);
    readBody(this.#form.shape, body, reading);

    const { slots, opaque } = reading;
    const choices = (body.choices ?? []) as JsonObject[];
    const usage = readUsage(body.usage);
    if (this.#prompt.usageHidden === true) delete body.usage;
    if (usage !== undefined && choices.length === 0) {
      const write = () => (this.#prompt.usageHidden === true ? '' : this.#write(body, []));
      return { slots, opaque, lane: '', divisible: false, ends: [], last: false, usage, write };
    }

    const [first] = choices;
    const bare = first !== undefined && choices.length === 1 && usage === undefined && this.#isBare(first);
    const pieces = slots.filter(({ delta }) => delta);
    // What stands in a field without a name here cannot be changed, so not be cut in two either.
    const divisible = bare && pieces.length === 1 && pieces[0]?.fixed === false;
    const speaking = new Set(pieces.map(({ path }) => path.split('/', 3)[2]));
    const finishing = choices
      .filter((one) => this.#follow(one, speaking, reading))
      .map((one) => one.index as number);
    const own = first !== undefined && choices.length === 1 ? `/choices/${first.index}` : '';
    return {
      slots,
      opaque,
      tools: reading.tools.called,
      lane: divisible ? (pieces[0]?.path ?? own) : own,
      divisible,
      ends: finishing.map((at) => `/choices/${at}/*`),
      last: false,
      usage,
      write: () => this.#write(body, finishing),
    };
  }

  /** True where the choice says nothing but one piece of text, so that saying the rest of it twice does no harm. */
  #isBare(one: JsonObject): boolean {
    const { index: at, delta, text, finish_reason: finish, logprobs: probabilities, ...more } = one;
    if ((finish ?? null) !== null || (probabilities ?? null) !== null || Object.keys(more).length > 0)
      return false;
    // Some servers say the role every time, and clients that add it up do so anyway.
    const { role, ...rest } = isObject(delta) ? delta : {};
    const heard = strings(rest) + strings(text ?? null);
    return heard + (this.#begun.has(at as number) ? 0 : strings(role ?? null)) === 1;
  }

  /**
   * Keeps count of what a choice has said. True where it is finished now.
   * @param speaking the choices with text in this chunk
   */
  #follow(one: JsonObject, speaking: ReadonlySet<string | undefined>, reading: Reading): boolean {
    const at = one.index as number;
    const path = `/choices/${at}`;
    this.#begun.add(at);
    if (this.#finished.has(at) && speaking.has(`${at}`))
      reading.refuse(path, 'There is text after the choice was finished.');
    const delta = isObject(one.delta) ? one.delta : {};
    const { role, tool_calls: calls, function_call: call } = delta;
    // Some clients add roles up as they do texts.
    if (role !== undefined) this.#keep(`${path}/delta/role`, role, reading);
    for (const called of (calls ?? []) as JsonObject[]) {
      const where = `${path}/delta/tool_calls/${called.index}`;
      this.#keep(`${where}/id`, called.id, reading);
      for (const kind of ['function', 'custom']) this.#keepName(`${where}/${kind}`, called[kind], reading);
    }
    if (call !== undefined) this.#keepName(`${path}/delta/function_call`, call, reading);
    const finishing = (one.finish_reason ?? null) !== null;
    if (finishing) this.#finished.add(at);
    return finishing;
  }

  #keepName(path: string, called: Json | undefined, reading: Reading): void {
    if (isObject(called)) this.#keep(`${path}/name`, called.name, reading);
  }

  #keep(path: string, value: Json | undefined, reading: Reading): void {
    if (typeof value !== 'string' || value === '') return;
    const known = this.#names.get(path);
    if (known === undefined) this.#names.set(path, value);
    else if (known !== value) reading.refuse(path, 'It changes within the answer.');
  }

  #write(body: JsonObject, finishing: readonly number[]): string {
    this.#written = body;
    for (const at of finishing) this.#closed.add(at);
    return writeEvent({ data: JSON.stringify(body) });
  }

  cut(_refusal: Refusal, requestId: string): string {
    let wire = '';
    for (let at = 0; at < this.#prompt.choices; at++) {
      if (this.#closed.has(at)) continue;
      const chunk = {
        id: this.#written?.id ?? `${this.#form.prefix}${requestId}`,
        object: this.#form.object,
        created: this.#written?.created ?? 0,
        model: this.#written?.model ?? this.#prompt.model,
        choices: [{ index: at, ...this.#form.ending, logprobs: null, finish_reason: 'content_filter' }],
      };
      wire += writeEvent({ data: JSON.stringify(chunk) });
    }
    return `${wire}${DONE.write()}`;
  }

  fail(refusal: Refusal): string {
    return writeEvent({ data: JSON.stringify(errorBody(refusal)) });
  }
}

const DONE: StreamEvent = {
  slots: [],
  opaque: [],
  lane: '',
  divisible: false,
  ends: ['/*'],
  last: true,
  usage: undefined,
  write: () => writeEvent({ data: '[DONE]' }),
};

/** How many strings there are in it that say something. */
function strings(value: Json): number {
  if (typeof value === 'string') return value === '' ? 0 : 1;
  if (typeof value !== 'object' || value === null) return 0;
  let found = 0;
  for (const child of Object.values(value)) found += strings(child);
  return found;
}
