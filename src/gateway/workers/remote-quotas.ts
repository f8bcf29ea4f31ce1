import type { Amounts, Claim } from '../../policy/claim.ts';
import type { BackgroundAnswer, Owed, Taken, Used } from '../../store/background.ts';
import type { CounterName, QuotaDesk, Reservation } from '../../store/desk.ts';
import { asJson, fromJson } from './protocol.ts';
import type { Line } from './rpc.ts';

/** What is asked for, and for which request. */
export interface Asked {
  readonly claims: readonly Claim[];
  readonly request: string;
}

/** A reservation as it crosses the line. */
export interface Lent {
  readonly id: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A reservation that ends with an answer in the background, as it crosses the line. */
export interface Deferral {
  readonly id: number;
  readonly answer: BackgroundAnswer;
  readonly charged: Used;
  readonly owed: Owed | null;
}

/** The counters of the primary process. If it is gone, nothing is let through. */
export class RemoteQuotas implements QuotaDesk {
  readonly #line: Line;

  constructor(line: Line) {
    this.#line = line;
  }

  async reserve(claims: readonly Claim[], request = ''): Promise<Reservation> {
    const asked: Asked = { claims, request };
    const { id, headers } = fromJson<Lent>(await this.#line.ask('reserve', asJson(asked)));
    return {
      settle: (used: Amounts) => this.#line.tell('settle', { id, used: asJson(used) }),
      defer: async (answer, charged, owed) => {
        await this.#line.ask('defer', asJson({ id, answer, charged, owed: owed ?? null } satisfies Deferral));
      },
      cancel: () => this.#line.tell('cancel', id),
      // As they were when it was made: the answer need not wait for newer ones.
      headers: () => ({ ...headers }),
    };
  }

  async take(key: string, by: Taken): Promise<Owed | undefined> {
    return fromJson<Owed | null>(await this.#line.ask('take', asJson({ key, by }))) ?? undefined;
  }

  async finish(key: string): Promise<void> {
    await this.#line.ask('finish', key);
  }

  async flushed(): Promise<void> {
    await this.#line.ask('flushed', null);
  }

  async used(counters: readonly CounterName[]): Promise<readonly number[]> {
    return fromJson<number[]>(await this.#line.ask('used', asJson(counters)));
  }
}
