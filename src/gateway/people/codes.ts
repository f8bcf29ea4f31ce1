import { randomBytes } from 'node:crypto';
import { looksLikeRecovery, makeRecoveryCodes, useRecoveryCode } from '../../factors/recovery.ts';
import type { FactorDraft } from '../../store/factors.ts';
import type { Gate } from '../house.ts';
import { takeTotp } from './totp.ts';

/** New recovery codes, to be shown once, and the factor that is kept of them. */
export function recoveryFactor(
  { people }: Gate,
  person: string,
): { readonly codes: readonly string[]; readonly factor: FactorDraft } {
  const { codes, held } = makeRecoveryCodes(randomBytes, people.key);
  return { codes, factor: { person, kind: 'recovery', name: 'codes', held } };
}

/** Which second factor a code is of, and it is used up with that; undefined: of none. */
export function takeCode(gate: Gate, person: string, code: string): 'totp' | 'recovery_code' | undefined {
  if (!looksLikeRecovery(code)) return takeTotp(gate, person, code) ? 'totp' : undefined;
  const { store, people } = gate;
  const used = store.factors.of(person, 'recovery').some(({ id, held }) => {
    const left = useRecoveryCode(held, code, people.key);
    return left !== undefined && store.factors.exchange(id, held, left);
  });
  return used ? 'recovery_code' : undefined;
}
