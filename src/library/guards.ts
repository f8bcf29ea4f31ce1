import type { JsonObject } from '../base/json.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { type Finding, type Inspected, inspect } from '../inspection/inspector.ts';
import { defaultPosts, type Post, policyPosts } from '../inspection/posts.ts';
import { MAX_TEXT, ROLES, type Role, type Task } from '../inspection/question.ts';
import { cover, Redactor } from '../inspection/redactor.ts';
import { parsePolicy } from '../policy/parse.ts';
import { openMeans } from '../runtime/means.ts';
import { type Message, type Piece, piecesOf } from './messages.ts';

export type { Finding, Inspected, Span } from '../inspection/inspector.ts';
export type { Role, Task } from '../inspection/question.ts';
export type { Message, Piece } from './messages.ts';

export interface GuardsOptions {
  /** A policy, as YAML or JSON text; its `guards` are used. */
  readonly policy?: string;
  /** Or the `guards` of a policy alone, such as `[{ use: 'secrets' }]`. Without either: one for each task. */
  readonly guards?: readonly (JsonObject & { readonly use: string })[];
}

export interface InspectOptions {
  /** Who says it; default: user. A user may give orders, a document or the result of a tool may not. */
  readonly role?: Role;
  /** What to look for; default: everything. */
  readonly task?: Task | readonly Task[];
}

export interface StreamOptions extends InspectOptions {
  /** Called with each finding before the text around it is shown. Throw to end the stream there. */
  readonly onFinding?: (finding: Finding) => void;
}

/** What is said of one text of a conversation. */
export interface InspectedText extends Inspected, Piece {
  /** Index of its message. */
  readonly message: number;
}

/** What is said of a conversation. */
export interface InspectedMessages {
  readonly score: number;
  readonly flagged: boolean;
  readonly texts: readonly InspectedText[];
  /** Parts that are no text: pictures, sound, files. Nobody has looked at them. */
  readonly unread: number;
}

/** Text in, text that may be shown out. */
export interface TextRedactor {
  push(text: string): Promise<string>;
  end(): Promise<string>;
}

export interface Guards {
  inspect(text: string, options?: InspectOptions): Promise<Inspected>;
  /** Messages of a conversation, in order, in the form of any chat API that has `role` and `content`. */
  inspectMessages(
    messages: readonly Message[],
    options?: Pick<InspectOptions, 'task'>,
  ): Promise<InspectedMessages>;
  /** The text with findings covered. Default task: all but injections. */
  redact(
    text: string,
    options?: InspectOptions,
  ): Promise<{ readonly text: string; readonly findings: readonly Finding[] }>;
  /** The same for a text that comes in pieces. Default role: assistant. */
  redactor(options?: StreamOptions): TextRedactor;
  /** The same as a stream. */
  stream(options?: StreamOptions): TransformStream<string, string>;
}

/**
 * Guards without a gateway: nothing is sent anywhere, and nothing is read but the weights of this package. Building takes
 * some tenths of a second; keep what it returns. Throws where a policy or a setting cannot be used.
 *
 * All methods reject where a guard cannot decide, where no guard looks for the task, and for a text of more than
 * 4 Mi UTF-16 units, or as many on hold of one that comes in pieces.
 */
export function createGuards(options: GuardsOptions = {}): Guards {
  const posts = postsOf(options);
  for (const post of posts) post.guard();
  // To cover an attack does not undo it: that is for who asks for it.
  const coverers = posts.filter(({ task }) => task !== 'injection');
  const redactor = ({ role = 'assistant', task, onFinding = () => {} }: StreamOptions = {}) =>
    new Redactor(
      task === undefined ? coverers : posts,
      { role: checked(role), tasks: tasksOf(task) },
      onFinding,
    );
  const ask = async (
    asked: readonly Post[],
    text: string,
    { role = 'user', task }: InspectOptions,
    exchange?: object,
  ) => {
    if (text.length > MAX_TEXT) throw new RangeError(`a text may have ${MAX_TEXT} UTF-16 units at the most`);
    return inspect(asked, { text, role: checked(role), tasks: tasksOf(task) }, exchange);
  };
  return {
    inspect: (text, about = {}) => ask(posts, text, about),
    async inspectMessages(messages, about = {}) {
      const exchange = {};
      const texts: InspectedText[] = [];
      let unread = 0;
      for (const [index, message] of messages.entries()) {
        const read = piecesOf(message);
        unread += read.unread;
        for (const piece of read.pieces) {
          const said = await ask(posts, piece.text, { ...about, role: piece.role }, exchange);
          texts.push({ message: index, ...piece, ...said });
        }
      }
      const score = texts.reduce((most, one) => Math.max(most, one.score), 0);
      return { score, flagged: texts.some(({ flagged }) => flagged), texts, unread };
    },
    async redact(text, about = {}) {
      const { findings } = await ask(about.task === undefined ? coverers : posts, text, about);
      return { text: cover(text, findings), findings };
    },
    redactor,
    stream(about) {
      const inner = redactor(about);
      return new TransformStream<string, string>({
        transform: async (piece, out) => out.enqueue(await inner.push(piece)),
        flush: async (out) => out.enqueue(await inner.end()),
      });
    },
  };
}

/** Where nobody checks types: what guards do not know they may not read. */
function checked(role: Role): Role {
  if (!ROLES.includes(role)) throw new TypeError(`role must be one of ${ROLES.join(', ')}`);
  return role;
}

const tasksOf = (task: InspectOptions['task']): readonly Task[] | undefined =>
  typeof task === 'string' ? [task] : task;

function postsOf({ policy, guards }: GuardsOptions): readonly Post[] {
  const parts = { kinds: GUARD_KINDS, means: openMeans() };
  if (policy !== undefined && guards !== undefined) throw new TypeError('give a policy or guards, not both');
  const text = policy ?? (guards && JSON.stringify({ version: 1, roles: {}, guards }));
  if (text === undefined) return defaultPosts(parts);
  const kinds = new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings]));
  return policyPosts(parsePolicy(text, { kinds, file: 'policy' }).guards, parts);
}
