import type { JsonObject } from '../../base/json.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';

/** A policy that is about to come into force. */
interface Expected {
  /** What the entry says that names it: nothing where it is the one that was in force before. */
  readonly facts: JsonObject;
  /** Called once it is in force. Never throws. */
  settle(): void;
}

/** The version that a policy is, or will be: a new one where it is another than before. */
export function expectPolicy({ log, store }: Pick<Gate, 'log' | 'store'>, policy: Policy): Expected {
  const { version, fresh } = store.policies.expect(policy);
  if (!fresh) return { facts: {}, settle: () => {} };
  const { number, digest, origin, person, reason, restored } = version;
  return {
    facts: {
      version: number,
      digest,
      origin,
      ...(person !== '' && { person }),
      ...(reason !== '' && { reason }),
      ...(restored !== null && { restored }),
    },
    settle() {
      try {
        store.policies.settle(version);
      } catch (error) {
        // It stays staged; the next start finds it in the file, and settles it.
        log('error', 'a version of the policy could not be written down', { error: nameOf(error) });
      }
    },
  };
}
