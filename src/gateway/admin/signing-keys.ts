import Type from 'typebox';
import { type Endpoint, endpoint } from './endpoint.ts';
import { count, fields, Seq, words } from './parameters.ts';

/** Signing keys are files, for whoever may read them; what is told here is that one was made or ended, and which. */
export const signingKeyEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/admin/v1/signing-keys',
    name: 'signing_keys.record',
    summary: 'Records that a signing key was made, replaced or revoked',
    action: 'signing_keys.record',
    changes: true,
    body: fields({
      act: words(['create', 'rotate', 'revoke']),
      name: Type.String({
        pattern: '^[a-z0-9][a-z0-9._-]{0,63}$',
        description:
          'a name of 1 to 64 of a-z, 0-9, “.”, “_” and “-”, of which the first is a letter or digit',
      }),
      version: count(1_000_000),
      keys: Type.String({
        pattern: '^[0-9a-f]{64}(?: [0-9a-f]{64}){0,7}$',
        description: '1 to 8 SHA-256 in hex, with spaces between',
      }),
    }),
    answer: Type.Object({ entry: Seq }),
    async act({ body: { act, name, version, keys }, gate, ask }) {
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
  }),
];
