import { MODELS } from './traffic.ts';

const models = JSON.stringify(Object.values(MODELS));

/** What a way to set Gatehouse up writes into its folder: `gatehouse.yaml`, `policy.yaml` and whatever those name. */
export interface Files {
  readonly [name: string]: string;
}

/** Every bound stands, and none is met: 1,000 streams at once, and some hundred thousand requests in minutes. */
const process = (port: number, workers: number): string => `
listen: { port: ${port} }
data: ./data
policy: ./policy.yaml
workers: ${workers}
limits: { connections: 4000, requests: 4000 }
log: { level: warn }
`;

const guards = `
guards:
  - { use: bounds }
  - { use: secrets, action: mask }
  - { use: pii, on: [prompt], action: mask }
  # The prompts are words drawn at random: a model may well find that odd.
  - { use: injection, on: [prompt], action: flag }
  - use: patterns
    patterns:
      - { id: project_name, match: "project (bluebird|nightjar)" }
      - { id: ticket, match: "TCK-[0-9]{6,10}" }
      - { id: internal_host, match: "build-[0-9]{1,5}\\\\.corp\\\\.example" }
      - { id: override, words: [ignore previous instructions, ignore all previous instructions, disregard the above] }
`;

const roles = `
version: 1
roles:
  app:
    allow:
      - { actions: [chat, models.list], models: ${models} }
    deny:
      - { actions: [embed], models: ["*"] }
`;

const quotas = `
quotas:
  - { per: caller, requests: 100M/day, tokens: 1000000M/day, concurrency: 4000 }
  - { per: team, requests: 100M/day, tokens: 1000000M/day }
  - { per: model, tokens: 1000000M/day, concurrency: 4000 }
`;

/** What a careful operator would have: all guards of this version, roles, quotas of every kind. */
export const plainFiles = (port: number, upstream: number, workers: number): Files => ({
  'gatehouse.yaml': `${process(port, workers)}
upstreams:
  bench: { dialect: openai, url: "http://127.0.0.1:${upstream}/v1", auth: none, connections: 4000, models: ${models} }
`,
  'policy.yaml': `${roles}${quotas}${guards}`,
});

/** An identity provider, as Gatehouse is told of it. */
export interface IssuerFacts {
  readonly issuer: string;
  readonly jwks: string;
  readonly audience: string;
}

const server = (upstream: number): string =>
  `{ dialect: openai, url: "http://127.0.0.1:${upstream}/v1", auth: none, connections: 4000 }`;

const route = (model: string): string => `
  ${model}:
    targets:
      - { upstream: bench, model: ${model}, weight: 3 }
      - { upstream: spare, model: ${model}, weight: 1 }`;

/** The same and all the rest: tokens of an issuer, rules with conditions, dollar budgets, two targets for each model. */
export const fullFiles = (
  port: number,
  upstream: number,
  { issuer, jwks, audience }: IssuerFacts,
): Files => ({
  'gatehouse.yaml': `${process(port, 1)}
identity:
  issuers:
    bench:
      issuer: ${issuer}
      jwks: ${jwks}
      audience: ${audience}
      algorithms: [ES256]
      reach: loopback
      claims: { team: team, roles: groups, tags: { organisation: organisation, purpose: purposes } }
      roles: { programs: app }
upstreams:
  bench: ${server(upstream)}
  spare: ${server(upstream)}
routes:${Object.values(MODELS).map(route).join('')}
`,
  'policy.yaml': `${roles}
authorization: { files: [./authorization.cedar], time_zone: Europe/Berlin }
prices: ./prices.yaml
budgets:
  - { per: key, dollars: [100000/day, 1000000/month] }
  - { per: team, dollars: 1000000/month, alerts: ["50%", "80%", "100%"] }
  - { per: organisation, dollars: 1000000/month }
${quotas}${guards}`,
  'authorization.cedar': documents,
  'prices.yaml': `
version: 1
as_of: "2026-11-21"
prices:
  - { models: ["bench-*"], input: 2.5, cached_input: 1.25, output: 10, reasoning: 12, request: 0.0001 }
`,
});

/** Conditions on tags, purpose, network and time, of which all are looked at and none forbids what the bench asks. */
const documents = `
@id("purpose")
forbid (principal, action in Action::"use", resource)
unless { context has purpose && principal.purposes.contains(context.purpose) };

@id("organisation")
forbid (principal, action in Action::"use", resource)
unless { principal.hasTag("organisation") && principal.getTag("organisation") like "org-*" };

@id("network")
forbid (principal, action in Action::"use", resource)
unless { context.peer.isInRange(ip("10.0.0.0/8")) || context.peer.isLoopback() };

@id("hours")
forbid (principal, action in Action::"use", resource)
when { context.local.hour >= 24 || context.now > datetime("2126-01-01") };

@id("consent")
forbid (principal, action in Action::"use", resource)
when { context.subject && !context.consent.contains("processing") };

@id("spare-server")
forbid (principal, action == Action::"route.use", resource == Route::"spare")
when { context.subject };
`;
