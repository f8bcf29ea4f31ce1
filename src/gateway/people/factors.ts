import Type from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { fields } from '../admin/parameters.ts';
import { type AuthEndpoint, authEndpoint, signedOf } from './endpoint.ts';
import { endOthers } from './own.ts';

/** Kinds of which a person must keep one beside their passphrase. Recovery codes run out, so they do not count. */
const SECOND = ['passkey', 'totp'] as const;

export const factorEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/factors/remove',
    name: 'auth.factor_remove',
    summary: 'Removes an app or a passkey, but not the last',
    session: 'fresh',
    body: fields({ factor: Type.String() }),
    answer: Type.Object({ removed: Type.String() }),
    async act(call) {
      const id = call.body.factor;
      const { gate, ask } = call;
      const { person } = signedOf(call);
      const { factors } = gate.store;
      const second = factors.of(person.id, ...SECOND);
      const found = second.find((factor) => factor.id === id);
      if (found === undefined)
        throw new Refusal('not_found', { hint: 'You have no passkey and no app of this id.' });
      if (second.length === 1)
        throw new Refusal('conflict', { hint: 'It is the last one: add another first.' });
      // Nothing happens between the look and the removal, so of two at once one keeps the last.
      factors.remove(person.id, id);
      try {
        await gate.ledger.append({
          kind: 'person.factor_removed',
          id: ask.id,
          person: { id: person.id, team: person.team },
          factors: [found.kind],
          factor: id,
          by: person.id,
        });
      } catch (error) {
        factors.add(found);
        throw error;
      }
      // Whoever has it may have signed in with it.
      await endOthers(call, 'factor_removed');
      return { removed: id };
    },
  }),
];
