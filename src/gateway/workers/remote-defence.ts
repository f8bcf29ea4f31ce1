import type { Json } from '../../base/json.ts';
import type { Asked, DefenceDesk, Outcome, Stance, StanceNews } from '../defence/desk.ts';
import { asJson, fromJson } from './protocol.ts';
import type { Line } from './rpc.ts';

/** Bytes of rows and scores that cross the line at a time: what others say is not kept waiting by a large question. */
const PIECE = 256 * 1024;

/** A question and its answer as they cross the line: numbers as base64 of the bytes that this machine has them in. */
interface Told extends Pick<Asked, 'model' | 'request' | 'caller' | 'features' | 'classes'> {
  readonly version: string | null;
  readonly rows: string;
  readonly scores: string;
  /** null: a single model answered. */
  readonly disagreement: string | null;
  /** null: the rows say all. */
  readonly exact: string | null;
}

/**
 * Monitors of the primary, which watches for all workers. Whoever cannot be watched is not answered: if the primary is gone, the
 * question is refused. Where callers stand is heard from it, so that nobody is asked about it.
 */
export class RemoteDefence implements DefenceDesk {
  readonly #line: Line;
  readonly #stances = new Map<string, NonNullable<Stance>>();

  constructor(line: Line) {
    this.#line = line;
  }

  stanceOf(model: string, caller: string): Stance {
    return this.#stances.get(nameOf(model, caller));
  }

  async observe(asked: Asked): Promise<Stance> {
    const { features, classes, rows, exact } = asked;
    const count = rows.length / features;
    const turn = Math.max(1, Math.floor(PIECE / (4 * (features + classes) + (exact?.length ?? 0) / count)));
    let stance: Stance;
    for (let from = 0; from < count; from += turn) {
      const told = asJson(tellOf(asked, from, Math.min(count, from + turn)));
      stance = fromJson<NonNullable<Stance> | null>(await this.#line.ask('observe', told)) ?? undefined;
    }
    // It is not kept: what was told since may be newer, and was told of any change.
    return stance;
  }

  async outcome(outcome: Outcome): Promise<boolean> {
    return fromJson<boolean>(await this.#line.ask('outcome', asJson(outcome)));
  }

  /** The primary says who stands where. */
  hear({ all, stances }: StanceNews): void {
    if (all) this.#stances.clear();
    for (const { model, caller, stance } of stances) this.#set(model, caller, stance);
  }

  #set(model: string, caller: string, stance: Stance | null): void {
    if (stance === null || stance === undefined) this.#stances.delete(nameOf(model, caller));
    else this.#stances.set(nameOf(model, caller), stance);
  }
}

/** What a worker told, as the monitors take it. */
export function askedIn(told: Json): Asked {
  const { rows, scores, disagreement, exact, version, ...rest } = fromJson<Told>(told);
  return {
    ...rest,
    version: version ?? undefined,
    rows: numbersIn(rows),
    scores: numbersIn(scores),
    disagreement: disagreement === null ? undefined : numbersIn(disagreement),
    exact: exact === null ? undefined : Buffer.from(exact, 'base64'),
  };
}

function tellOf(asked: Asked, from: number, to: number): Told {
  const { model, version, request, caller, rows, features, scores, classes, disagreement, exact } = asked;
  const { id, name, team, credential } = caller;
  const size = ((exact?.length ?? 0) * features) / rows.length;
  return {
    model,
    request,
    features,
    classes,
    caller: { id, name, team, credential },
    version: version ?? null,
    rows: base64Of(rows.subarray(from * features, to * features)),
    scores: base64Of(scores.subarray(from * classes, to * classes)),
    disagreement: disagreement === undefined ? null : base64Of(disagreement.subarray(from, to)),
    exact: exact === undefined ? null : base64Of(exact.subarray(from * size, to * size)),
  };
}

const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Copied: a buffer may begin anywhere, and numbers may not. */
const numbersIn = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

const nameOf = (model: string, caller: string): string => `${model} ${caller}`;
