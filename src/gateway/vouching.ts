import { Refusal } from '../base/refusal.ts';
import { isIdentityId } from '../store/identities.ts';
import type { Stands } from '../store/model-steps.ts';
import { isPersonId } from '../store/people.ts';
import type { Gate } from './house.ts';

/** Who was switched off, or has had all their keys revoked, vouches for no model any more. */
export const vouching =
  ({ store: { callers, identities, people } }: Pick<Gate, 'store'>): Stands =>
  ({ id }) => {
    try {
      if (isPersonId(id)) return people.get(id).disabled === null;
      if (isIdentityId(id)) return identities.get(id).disabled === null;
      const { disabled, keys } = callers.get(id);
      return disabled === null && keys.some(({ state }) => state !== 'revoked');
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found') return false;
      throw error;
    }
  };
