import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Dialect, Operation, Translator } from '../dialects/dialect.ts';
import type { AnswerEvent, Answered, Conversation } from '../exchange/conversation.ts';
import type { Prompt, Reply } from '../exchange/exchange.ts';
import { DirectReader, type ReplyReader, TranslatedReader } from './reply-reader.ts';

/** A request as its client put it. */
export interface Asked {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly prompt: Prompt;
}

/**
 * How a request is put to an upstream, and how its answers become the client's. Whichever dialect the upstream speaks,
 * what comes back is in the client's, read by its own reader: so guards see what the client will see.
 */
export interface Bridge {
  /** The upstream's. */
  readonly dialect: Dialect;
  /** The endpoint asked there. */
  readonly operation: Operation;
  /** Headers of the client's mean something to a server of its own dialect only. */
  readonly keepsHeaders: boolean;
  /**
   * The prompt as the guards left it, put as the upstream will read it: texts that stood apart may be one there, so the
   * guards read it too. Undefined where it goes as it is. Throws `unsupported`.
   */
  put(prompt: Prompt): Prompt | undefined;
  /** The body for the upstream: what was put, under the name that the model has there. */
  body(prompt: Prompt, as: string): JsonObject;
  readReply(body: JsonObject): Reply;
  /** Undefined where the endpoint does not stream. */
  readStream(): ReplyReader | undefined;
}

interface Given {
  /** Tokens of output to ask for where the request sets no limit and the upstream's dialect demands one. */
  readonly assumeOutput: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The way to an upstream of this dialect. Throws `unsupported` where the request cannot be said there: before anything
 * is charged or sent.
 * @param has false: the upstream speaks the client's dialect, and lacks this endpoint of it
 */
export function bridgeTo(asked: Asked, dialect: Dialect, given: Given, has = true): Bridge {
  const { operation, prompt } = asked;
  if (dialect === asked.dialect && has) return new Direct(asked);
  const from = dialect.chat(prompt.stream);
  if (operation.translator === undefined || from.translator === undefined) {
    const hint =
      dialect === asked.dialect
        ? 'The server of this model does not have that endpoint.'
        : `This model is served in the ${dialect.name} dialect; ask for it there.`;
    throw new Refusal('unsupported', { field: '/model', hint });
  }
  const translation = new Translation(asked, dialect, from, operation.translator, from.translator, given);
  translation.put(prompt);
  return translation;
}

/** True where a client of one dialect can ask for a model of another's. */
export const reaches = (client: Dialect, upstream: Dialect): boolean =>
  client === upstream ||
  (client.chat(false).translator !== undefined && upstream.chat(false).translator !== undefined);

/** Both speak the same dialect: nothing is lost. */
class Direct implements Bridge {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly keepsHeaders = true;
  readonly #prompt: Prompt;

  constructor({ dialect, operation, prompt }: Asked) {
    this.dialect = dialect;
    this.operation = operation;
    this.#prompt = prompt;
  }

  put(): undefined {}

  body(prompt: Prompt, as: string): JsonObject {
    return renamed(prompt, as);
  }

  readReply(body: JsonObject): Reply {
    return this.operation.readReply(body, this.#prompt);
  }

  readStream(): ReplyReader | undefined {
    const reader = this.operation.readStream?.(this.#prompt);
    return reader && new DirectReader(reader);
  }
}

function renamed({ body, rename }: Prompt, as: string): JsonObject {
  if (rename === undefined) body.model = as;
  else rename(as);
  return body;
}

/** Through the inner form: an answer is read by the upstream's readers, written for the client, and read as its own. */
class Translation implements Bridge {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly keepsHeaders = false;
  readonly #asked: Asked;
  readonly #client: Translator;
  readonly #server: Translator;
  readonly #given: Given;
  /** The request as the upstream was asked. */
  #put: Prompt | undefined;

  constructor(
    asked: Asked,
    dialect: Dialect,
    operation: Operation,
    client: Translator,
    server: Translator,
    given: Given,
  ) {
    this.#asked = asked;
    this.dialect = dialect;
    this.operation = operation;
    this.#client = client;
    this.#server = server;
    this.#given = given;
  }

  put(prompt: Prompt): Prompt {
    const conversation = this.#client.readRequest(prompt.body, prompt);
    this.#put = this.#check(this.#write(conversation), prompt.model);
    return this.#put;
  }

  body(_prompt: Prompt, as: string): JsonObject {
    return renamed(this.#sent, as);
  }

  /** What cannot be said is named as the client calls it. */
  #write(conversation: Conversation): JsonObject {
    try {
      return this.#server.writeRequest(conversation, this.#given.assumeOutput);
    } catch (cause) {
      if (!(cause instanceof Refusal) || cause.field === undefined) throw cause;
      const { code, hint, field } = cause;
      const own = this.#client.fields?.[field] ?? field;
      throw new Refusal(code, { field: own, ...(hint !== undefined && { hint }), cause });
    }
  }

  /** What the upstream's own dialect would refuse says nothing to a client of another. */
  #check(body: JsonObject, as: string): Prompt {
    try {
      return this.operation.readPrompt(body, as);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      throw new Refusal('unsupported', {
        hint: `It cannot be said to a model of ${this.dialect.name}.`,
        cause,
      });
    }
  }

  get #sent(): Prompt {
    if (this.#put === undefined) throw new Refusal('internal');
    return this.#put;
  }

  readReply(body: JsonObject): Reply {
    const { operation, prompt } = this.#asked;
    const { usage } = this.operation.readReply(body, this.#sent);
    const answered = this.#named(this.#server.readReply(body));
    const reply = operation.readReply(this.#client.writeReply(answered, prompt), prompt);
    return { ...reply, usage };
  }

  readStream(): ReplyReader | undefined {
    const { operation, prompt } = this.#asked;
    const from = this.operation.readStream?.(this.#sent);
    const to = operation.readStream?.(prompt);
    if (from === undefined || to === undefined) return undefined;
    const said = this.#server.readStream();
    const writer = this.#client.writeStream(prompt);
    const write = (event: AnswerEvent) =>
      writer.write(event.kind === 'start' ? this.#named(event) : event).map((wire) => to.read(wire));
    return new TranslatedReader(from, to, said, write);
  }

  /** The model has the name that the caller asked for. */
  #named<T extends Pick<Answered, 'model' | 'created'>>(answer: T): T {
    const { created = Math.floor(this.#given.now / 1000) } = answer;
    return { ...answer, model: this.#asked.prompt.model, created };
  }
}
