import { Refusal } from '../../base/refusal.ts';
import { isPersonId } from '../../store/people.ts';
import type { Gate } from '../house.ts';

/**
 * The id of a caller who is named by id or name; who is not known here may be one whom an issuer vouches for, and is left as they
 * are named.
 */
export function idOf({ store }: Gate, caller: string): string {
  try {
    return store.callers.get(caller).id;
  } catch (error) {
    if (error instanceof Refusal) return caller;
    throw error;
  }
}

/** What people call whoever has an id: a caller, or somebody who signs in. Who is known nowhere here is called by the id. */
export function nameOf({ store }: Gate, id: string): string {
  try {
    return (isPersonId(id) ? store.people : store.callers).get(id).name;
  } catch (error) {
    if (error instanceof Refusal) return id;
    throw error;
  }
}
