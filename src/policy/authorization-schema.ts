import Type, { type Static } from 'typebox';

/** Where the Cedar documents of a policy are. */
export const Authorization = Type.Object(
  {
    files: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), {
        minItems: 1,
        // One file has many names (./a, ././a), and each is read and parsed.
        maxItems: 64,
        description: 'Files of Cedar policies, from the folder of this one; 64 at most.',
      }),
    ),
    policies: Type.Optional(Type.String({ minLength: 1, description: 'Cedar policies, written here.' })),
    time_zone: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Zone of context.local, such as Europe/Berlin. Default: UTC.',
      }),
    ),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    description: 'Rules with conditions, as Cedar policies; they hold together with the roles.',
  },
);

export type AuthorizationEntry = Static<typeof Authorization>;
