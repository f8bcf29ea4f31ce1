import { Refusal } from '../../base/refusal.ts';
import type { Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';

/** Signing keys are files, for whoever may read them; what is told here is that one was made or ended, and which. */
export const signingKeyEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/admin/v1/signing-keys',
    name: 'signing_keys.record',
    action: 'signing_keys.record',
    changes: true,
    async act({ body, gate, ask }) {
      const fields = new Fields(body, ['act', 'name', 'version', 'keys']);
      const act = required(fields.text('act'), 'act');
      const name = required(fields.text('name'), 'name');
      const version = required(fields.count('version', 1_000_000), 'version');
      const keys = required(fields.text('keys'), 'keys');
      if (!['create', 'rotate', 'revoke'].includes(act) || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name))
        throw new Refusal('request_invalid', { hint: '“act” or “name” is not what a signing key has.' });
      if (!/^[0-9a-f]{64}(?: [0-9a-f]{64}){0,7}$/.test(keys))
        throw new Refusal('request_invalid', { field: '/keys', hint: 'They must be SHA-256 in hex.' });
      const { seq } = await gate.ledger.append({
        kind: 'system.signing_key',
        id: ask.id,
        act,
        name,
        version,
        keys,
      });
      return { entry: seq };
    },
  },
];
