import { setTimeout as pause } from 'node:timers/promises';
import { askIn, hear, mayLeave, TONGUES, type Tongue } from './answers.ts';
import { type Answer, agentFor, ask, type Door, type Manners } from './client.ts';
import type { People, Person } from './people.ts';
import type { Model } from './settings.ts';
import { heardOf, isLeak, KINDS, type Kind, pick, promptOf, randomFrom } from './texts.ts';

/** One request, as the client that made it knows it. */
export interface Asked {
  readonly id: string;
  readonly kind: Kind;
  readonly person: Person;
  readonly stream: boolean;
  readonly subject: string | undefined;
  readonly requestId: string;
  /** Keyed digest of the body, by which the ledger knows it. */
  readonly digest: string;
  readonly status: number;
  /** The answer came to its own end, and was what it had to be. */
  readonly whole: boolean;
  readonly left: boolean;
  /** The connection broke. */
  readonly broken: boolean;
  readonly begun: number;
  readonly ended: number;
  readonly length: number;
}

export interface LoadOptions {
  readonly door: Door;
  readonly people: People;
  readonly digest: (body: string) => string;
  readonly clients: number;
  readonly seed: number;
  /** Tells of something that must not be. */
  readonly found: (what: string, about: string) => void;
}

/** Who asks how often. */
const WEIGHTS: Readonly<Record<Person, number>> = { plain: 40, turning: 22, tight: 5, poor: 5, ann: 28 };
/** Between two requests of a client, in milliseconds: up to twice that. */
const REST = 350;
const SUBJECTS = 12;

/** Clients that ask until they are stopped. */
export class Load {
  readonly asked: Asked[] = [];
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #stopped = false;
  #serial = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, (_, index) =>
      this.#client(randomFrom(options.seed * 1000 + index)),
    );
  }

  /** Resolves when the last one has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #client(random: () => number): Promise<void> {
    const { door } = this.#options;
    const agent = agentFor(door);
    while (!this.#stopped) {
      await this.#one(random, random() < 0.2 ? false : agent);
      await pause(random() * 2 * REST);
    }
    agent.destroy();
  }

  async #one(random: () => number, agent: ReturnType<typeof agentFor> | false): Promise<void> {
    const { door, people, digest } = this.#options;
    let kind = pick(KINDS, random);
    const old = kind === 'revoked' ? people.revokedKey(random) : undefined;
    if (kind === 'revoked' && old === undefined) kind = 'pass';
    const person: Person = kind === 'purpose' || old !== undefined ? 'plain' : pick(WEIGHTS, random);
    const tongue = kind === 'kept' ? 'chat' : (TONGUES[Math.floor(random() * TONGUES.length)] as Tongue);
    const stream = kind !== 'kept' && random() < 0.5;
    const id = kind === 'kept' ? `kept-${Math.floor(random() * 20)}` : `q${(++this.#serial).toString(36)}`;
    const asked = askIn(tongue, modelFor(kind, tongue, random), promptOf(id, kind), stream);
    const subject =
      kind !== 'kept' && random() < 0.3 ? `customer-${Math.floor(random() * SUBJECTS)}` : undefined;
    const credential =
      old ?? (kind === 'stranger' ? await people.strange(random) : await people.credentialOf(person));
    const headers = {
      authorization: `Bearer ${credential}`,
      ...(subject !== undefined && { 'x-gatehouse-subject': subject }),
      ...(person === 'plain' && { 'x-gatehouse-purpose': kind === 'purpose' ? 'analytics' : 'support' }),
    };
    const begun = Date.now();
    const answer = await ask(door, asked, headers, agent, mannersFor(kind, stream, random));
    const ended = Date.now();
    const whole = this.#judge({ id, kind, tongue, stream }, answer);
    const { status, requestId, left, complete, raw } = answer;
    const broken = !complete && !left;
    this.asked.push({
      id,
      kind,
      person,
      stream,
      subject,
      requestId,
      digest: digest(asked.body),
      status,
      whole,
      left,
      broken,
      begun,
      ended,
      length: raw.length,
    });
  }

  /** What can be said of an answer by itself. @returns whether it is whole, and the right one */
  #judge(
    { id, kind, tongue, stream }: { id: string; kind: Kind; tongue: Tongue; stream: boolean },
    { status, raw, complete }: Answer,
  ): boolean {
    const { found } = this.#options;
    const about = `${id} ${kind} ${tongue}${stream ? ' stream' : ''}`;
    if (status === -1) found('a request hung', about);
    if (isLeak(raw)) found('a text came through that a guard must hold back', about);
    if (status !== 200 || (!complete && !stream)) return false;
    if (MUST_NOT_PASS.has(kind)) {
      found('a request was answered that must be refused', about);
      return false;
    }
    try {
      // The last line of a broken stream may be half a line.
      const { text, whole } = hear(
        tongue,
        stream,
        complete ? raw : raw.slice(0, raw.lastIndexOf('\n\n') + 2),
      );
      const right = heardOf(id, kind);
      if (whole && kind === 'block_reply') found('a reply came to its end that must be blocked', about);
      else if (whole && text !== right)
        found('an answer is not the one that was given', `${about}: ${excerpt(text)}`);
      else if (!whole && !right.startsWith(text))
        found('the part of an answer is of no answer', `${about}: ${excerpt(text)}`);
      return whole && complete;
    } catch (error) {
      found('an answer is not in the words of its dialect', `${about}: ${(error as Error).message}`);
      return false;
    }
  }
}

const excerpt = (text: string): string => JSON.stringify(text.slice(0, 160));

const MUST_NOT_PASS: ReadonlySet<Kind> = new Set(['block_prompt', 'purpose', 'stranger', 'revoked']);

function modelFor(kind: Kind, tongue: Tongue, random: () => number): Model {
  if (kind === 'kept') return 'soak-kept';
  if (tongue === 'responses') return 'soak-turned';
  return pick({ 'soak-main': 60, 'soak-safe': 40 }, random);
}

function mannersFor(kind: Kind, stream: boolean, random: () => number): Manners {
  if (!mayLeave(kind)) return {};
  const chance = random();
  if (chance < 0.06) return { leaves: 5 + random() * 200 };
  return stream && chance < 0.1 ? { rests: 60 } : {};
}
