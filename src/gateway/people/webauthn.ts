import Type from 'typebox';
import type { Json } from '../../base/json.ts';

/** What browsers are asked for, and what they answer (Web Authentication, Level 3, section 5.1). */

/**
 * Anything: whether it holds is for `factors/passkey.ts` to say. Of what does not, none at all among it, nobody is told why, and it
 * counts as an attempt.
 */
export const Credential = Type.Optional(
  Type.Unsafe<Json>(Type.Unknown({ description: 'what navigator.credentials gave, as JSON' })),
);

const Descriptors = Type.Array(
  Type.Object({ id: Type.String(), type: Type.Literal('public-key'), transports: Type.Array(Type.String()) }),
);

export const RequestOptions = Type.Object({
  options: Type.Object(
    {
      rpId: Type.String(),
      challenge: Type.String(),
      timeout: Type.Integer({ description: 'Milliseconds.' }),
      allowCredentials: Descriptors,
      userVerification: Type.String(),
    },
    { $id: 'PublicKeyCredentialRequestOptions' },
  ),
});

export const CreationOptions = Type.Object({
  options: Type.Object(
    {
      rp: Type.Object({ id: Type.String(), name: Type.String() }),
      user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
      challenge: Type.String(),
      pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal('public-key'), alg: Type.Integer() })),
      timeout: Type.Integer({ description: 'Milliseconds.' }),
      excludeCredentials: Descriptors,
      authenticatorSelection: Type.Object({
        residentKey: Type.String(),
        requireResidentKey: Type.Boolean(),
        userVerification: Type.String(),
      }),
      attestation: Type.String(),
    },
    { $id: 'PublicKeyCredentialCreationOptions' },
  ),
});
