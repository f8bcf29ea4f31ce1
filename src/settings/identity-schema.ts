import Type, { type Static, type TSchema } from 'typebox';
import { REACHES, type ReachName } from '../base/reach.ts';
import { closed } from './fields.ts';

/** Signatures only: with a shared secret (`HS…`) whoever checks a token could also make one (RFC 8725, section 2.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const word = { minLength: 1, maxLength: 255 };
export const text = (description: string) => Type.Optional(Type.String({ ...word, description }));
export const oneOrMore = (description: string) =>
  Type.Union([Type.String(word), Type.Array(Type.String(word), { minItems: 1 })], { description });
const duration = (description: string) =>
  Type.Optional(Type.Union([Type.Number(), Type.String()], { description }));
export const names = <Value extends TSchema>(value: Value, description: string) =>
  Type.Record(Type.String({ pattern: '^(?!__proto__$)[\\s\\S]{1,255}$' }), value, { description });
export const Roles = oneOrMore('A role of the policy, or a list of them.');
const Tags = Type.Optional(names(Type.String(word), 'Tags of the caller.'));

const Issuer = Type.Object(
  {
    issuer: Type.String({
      minLength: 1,
      description: '“iss” of its tokens, exactly; the base of its discovery document.',
    }),
    audience: oneOrMore('“aud” that a token must have: the name under which the gateway is known there.'),
    algorithms: Type.Optional(
      Type.Array(Type.Enum([...ALGORITHMS]), {
        minItems: 1,
        description: 'Signatures that are taken. Default: RS256, ES256.',
      }),
    ),
    jwks: text('Address of the key set. Default: as the discovery document says.'),
    insecure_http: Type.Optional(
      Type.Boolean({
        description: 'Allow http:// to another machine: whoever is on the way can make tokens.',
      }),
    ),
    reach: Type.Optional(
      Type.Enum(Object.keys(REACHES) as ReachName[], {
        description: 'Addresses that its name may mean: public, private or loopback. Default: public.',
      }),
    ),
    ca: text('File with the authorities that sign its certificate, PEM.'),
    clock_skew: duration('How far clocks may differ, at most 5m. Default: 60s.'),
    max_age: duration('Oldest token, by “iat”. Default: as “exp” says.'),
    type: text('“typ” that a token must have (at+jwt, RFC 9068).'),
    clients: Type.Optional(
      oneOrMore('Clients whose tokens are taken (“azp”, else “client_id”). Default: all.'),
    ),
    require: Type.Optional(
      names(
        oneOrMore('A value, or several of which one must be there; * for any run of characters.'),
        'Claims that a token must have.',
      ),
    ),
    subjects: Type.Optional(
      Type.Enum(['any', 'registered'], {
        description: 'Whether subjects that no admin has registered are let in. Default: any.',
      }),
    ),
    claims: Type.Optional(
      Type.Object(
        {
          name: text('Claim with the name.'),
          owner: text('Claim with who answers for the caller.'),
          team: text('Claim with the team.'),
          roles: text('Claim with groups or roles (groups, realm_access.roles, scope).'),
          tags: Type.Optional(names(Type.String(word), 'Tag to claim.')),
        },
        {
          ...closed,
          description: 'Which claim says what. A name with dots is a path where no claim has that name.',
        },
      ),
    ),
    roles: Type.Optional(
      names(Roles, 'Value of the claim for roles to roles of the policy. What is not here gives nothing.'),
    ),
    everyone: Type.Optional(oneOrMore('Roles of everybody whom this issuer vouches for. Default: none.')),
    team: text('Team where no claim says one. Default: default.'),
    tags: Tags,
    refresh: duration('How often its keys are asked for. Default: 10m.'),
    keys_kept: duration('How long its last keys are good while it does not answer. Default: 24h.'),
  },
  { ...closed, description: 'An identity provider whose tokens are taken.' },
);

const Certificate = Type.Object(
  {
    spiffe: text(
      'SPIFFE ID (spiffe://example.org/ns/web/sa/shop), or all below a path (spiffe://example.org/ns/web/*).',
    ),
    dns: text('DNS name among its alternative names, exactly.'),
    fingerprint: text('SHA-256 of the certificate in hex.'),
    name: text('Name of the caller. Default: what was found in the certificate.'),
    owner: text('Who answers for it.'),
    team: text('Default: default.'),
    roles: Roles,
    tags: Tags,
  },
  { ...closed, description: 'Whom a client certificate stands for: one of spiffe, dns and fingerprint.' },
);

/** `identity:` of `gatehouse.yaml`. */
export const Identity = Type.Object(
  {
    issuers: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), Issuer, {
        ...closed,
        description: 'Identity providers by name: lower-case letters, digits, - and _',
      }),
    ),
    certificates: Type.Optional(
      Type.Array(Certificate, { description: 'Callers by client certificate; the first that fits counts.' }),
    ),
  },
  { ...closed, description: 'Who is believed about callers, besides keys of the gateway’s own.' },
);

export type IdentityEntry = Static<typeof Identity>;
export type IssuerEntry = Static<typeof Issuer>;
export type CertificateEntry = Static<typeof Certificate>;
