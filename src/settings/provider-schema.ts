import Type, { type Static } from 'typebox';
import { REACHES, type ReachName } from '../base/reach.ts';
import { closed, secret } from './fields.ts';
import { names, oneOrMore, Roles, text } from './identity-schema.ts';

const Claims = Type.Object(
  {
    login: text('Claim with what they are called in lists. Default: preferred_username.'),
    name: text('Claim with the name. Default: name.'),
    team: text('Claim with the team. Default: none.'),
    roles: text('Claim with groups or roles (groups, realm_access.roles). Default: none.'),
  },
  {
    ...closed,
    description: 'Which claim says what. A name with dots is a path where no claim has that name.',
  },
);

const Provider = Type.Object(
  {
    issuer: Type.String({
      minLength: 1,
      description: '“iss” of its ID tokens, exactly; the base of its discovery document.',
    }),
    client_id: Type.String({ minLength: 1, maxLength: 255, description: 'The gateway’s name there.' }),
    client_secret: Type.Optional(
      secret('Its secret: text, a ${NAME}, or { file: … }. Default: none, a public client.'),
    ),
    client_auth: Type.Optional(
      Type.Enum(['basic', 'post'], { description: 'How the secret is sent. Default: basic.' }),
    ),
    label: text('What the button says. Default: its name here.'),
    scopes: Type.Optional(oneOrMore('Scopes that are asked for. Default: openid, profile.')),
    claims: Type.Optional(Claims),
    userinfo: Type.Optional(
      Type.Boolean({
        description: 'Claims that the ID token does not have are asked for (UserInfo). Default: false.',
      }),
    ),
    require: Type.Optional(
      names(
        oneOrMore('A value, or several of which one must be there; * for any run of characters.'),
        'Claims that the ID token must have (amr: mfa).',
      ),
    ),
    roles: Type.Optional(
      names(Roles, 'Value of the claim for roles to roles of the policy. What is not here gives nothing.'),
    ),
    everyone: Type.Optional(oneOrMore('Roles of everybody whom it vouches for. Default: none.')),
    team: text('Team where no claim says one. Default: default.'),
    new_people: Type.Optional(
      Type.Boolean({
        description: 'Whether somebody with a role may sign in who has never done so before. Default: true.',
      }),
    ),
    sign_out: Type.Optional(
      Type.Boolean({
        description:
          'Who signs out is led to sign out there, too, and back to /console/, which must be registered there. Default: false.',
      }),
    ),
    insecure_http: Type.Optional(
      Type.Boolean({
        description: 'Allow http:// to another machine: whoever is on the way can sign in as anybody.',
      }),
    ),
    reach: Type.Optional(
      Type.Enum(Object.keys(REACHES) as ReachName[], {
        description: 'Addresses that its name may mean: public, private or loopback. Default: public.',
      }),
    ),
    ca: text('File with the authorities that sign its certificate, PEM.'),
  },
  { ...closed, description: 'An OpenID provider with which people sign in.' },
);

/** `people.oidc` of `gatehouse.yaml`. */
export const Providers = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }), Provider, {
  ...closed,
  description: 'OpenID providers by name: lower-case letters, digits and -',
});

export type ProviderEntry = Static<typeof Provider>;
