import Type, { type Static } from 'typebox';
import type { Provenance } from '../exchange/part.ts';

/** How texts that nobody vouches for are made plain to the model as such. */
export interface SpotlightRule {
  readonly method: 'delimit' | 'datamark' | 'encode';
  readonly provenance: ReadonlySet<Provenance>;
}

/** `spotlighting:` of `policy.yaml`. */
export const SpotlightingSection = Type.Object(
  {
    method: Type.Enum(['delimit', 'datamark', 'encode'], {
      description:
        'delimit: marks around each text; datamark: a sign in the place of every space; encode: Base64.',
    }),
    provenance: Type.Optional(
      Type.Array(Type.Enum(['tool-result', 'document', 'user']), {
        minItems: 1,
        description: 'Texts that come from there. Default: tool-result, document.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Marks texts that may hold orders of strangers, on their way to the model. Default: none are.',
  },
);

export const readSpotlighting = (
  written: Static<typeof SpotlightingSection> | undefined,
): SpotlightRule | undefined =>
  written && {
    method: written.method,
    provenance: new Set(written.provenance ?? ['tool-result', 'document']),
  };
