import { randomBytes } from 'node:crypto';
import { openSecret, sealSecret } from '../../factors/sealed.ts';
import { checkCode } from '../../factors/totp.ts';
import { type FactorDraft, factorId } from '../../store/factors.ts';
import type { Gate } from '../house.ts';

/** The secret of an app as it is kept; `used` is the step of the code that has proved it. */
export function totpFactor({ people }: Gate, person: string, secret: Uint8Array, used: number): FactorDraft {
  const id = factorId();
  const held = sealSecret(secret, id, people.key, randomBytes);
  return { id, person, kind: 'totp', name: 'app', held, counter: used };
}

/** Whether it is a code of one of the person's apps; it is used up with that, whatever comes of it. */
export function takeTotp({ people, store, clock }: Gate, person: string, code: string): boolean {
  return store.factors.of(person, 'totp').some(({ id, held, counter }) => {
    const step = checkCode(openSecret(held, id, people.key), code, clock.now(), counter);
    return step !== undefined && store.factors.advance(id, step);
  });
}
