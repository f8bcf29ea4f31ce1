import { Refusal } from '../../base/refusal.ts';
import type { Owned } from './endpoint.ts';

/**
 * Whose an object is. One that is not there belongs to nobody, so that whoever may only see what is their own is told the same of
 * what is another's and of what is not there (WSTG-ATHZ-04).
 */
export function ownersOf(find: () => Owned): [Owned] {
  try {
    return [find()];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return [{}];
    throw error;
  }
}
