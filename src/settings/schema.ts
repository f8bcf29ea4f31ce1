import Type, { type Static } from 'typebox';
import { Abuse } from './abuse.ts';
import { ArchiveSchema } from './archive.ts';
import { DetectionsSchema } from './detections.ts';
import { Encoders } from './encoders.ts';
import { FeedsSchema } from './feeds-schema.ts';
import { closed, count, duration, ModelAtServer, ModelName, oneOf, secret, size, texts } from './fields.ts';
import { Identity } from './identity-schema.ts';
import { IncidentsSchema } from './incidents.ts';
import { Judges } from './judges.ts';
import { Models } from './models.ts';
import { PeopleSchema } from './people.ts';
import { Predictions } from './predictions.ts';
import { Routes } from './route-schema.ts';
import { TelemetrySchema } from './telemetry.ts';
import { REACH_FIELDS } from './upstream-reach.ts';
import { Vault } from './vault.ts';
import { WitnessesSchema } from './witnesses.ts';

const Listen = Type.Object(
  {
    address: Type.Optional(
      Type.String({ description: 'IP address to listen on. Default: 127.0.0.1, this machine only.' }),
    ),
    port: Type.Optional(
      Type.Union(
        [
          Type.Integer({ minimum: 0, maximum: 65_535 }),
          Type.String({ pattern: '^\\d+$|\\$\\{', description: 'a port' }),
        ],
        {
          description: 'TCP port, 0 to 65535; 0 takes any free one. Default: 8642.',
        },
      ),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          cert: Type.String({ minLength: 1, description: 'File with the certificate chain, PEM.' }),
          key: Type.String({ minLength: 1, description: 'File with the private key, PEM.' }),
          client_ca: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'File with the CAs that client certificates come from, PEM.',
            }),
          ),
          client_certificates: Type.Optional(
            oneOf(
              ['off', 'optional', 'required'],
              'Whether clients may or must show a certificate. Default: off, and optional with client_ca.',
            ),
          ),
          crl: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'File with a revocation list of each of those CAs, PEM.',
            }),
          ),
        },
        { ...closed, description: 'Answer over HTTPS.' },
      ),
    ),
    behind_proxy: Type.Optional(
      Type.Boolean({
        description: 'A proxy that ends TLS stands in front: listening beyond loopback without TLS is meant.',
      }),
    ),
    trusted_proxies: Type.Optional(
      texts(
        'Addresses of proxies that are believed whom they ask for (10.0.0.5, 10.1.0.0/24). Default: none.',
      ),
    ),
    proxy_header: Type.Optional(
      oneOf(
        ['x-forwarded-for', 'forwarded'],
        'Where they say it: X-Forwarded-For with X-Forwarded-Proto, or Forwarded (RFC 7239). Default: x-forwarded-for.',
      ),
    ),
    hosts: Type.Optional(
      texts('Host names under which clients reach the gateway, besides its address (gate.example.com).'),
    ),
    origins: Type.Optional(texts('Web origins whose pages may call the gateway (https://app.example.com).')),
  },
  { ...closed, description: 'Where the gateway answers.' },
);

const upstream = (dialects: readonly string[]) =>
  Type.Object(
    {
      dialect: oneOf(dialects, 'The API that the model server speaks.'),
      url: Type.Optional(
        Type.String({
          description: 'Base address, as its own clients are given it (https://api.openai.com/v1).',
        }),
      ),
      insecure_http: Type.Optional(
        Type.Boolean({
          description: 'Allow http:// to another machine: keys and prompts then cross the network in clear.',
        }),
      ),
      practice: Type.Optional(
        Type.Literal(true, { description: 'The built-in practice model instead of a server: a simulation.' }),
      ),
      key: Type.Optional(secret('API key: ${NAME} from the environment, or { file: PATH }.')),
      auth: Type.Optional(
        oneOf(
          ['bearer', 'x-api-key', 'api-key', 'none'],
          "How the key is sent. Default: the dialect's own way.",
        ),
      ),
      path: Type.Optional(
        Type.String({
          description:
            'Path below url, with {model} and {endpoint}, for servers that want the model in the path.',
        }),
      ),
      query: Type.Optional(
        Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
          description: 'Query parameters sent with each request (api-version).',
        }),
      ),
      headers: Type.Optional(
        Type.Record(Type.String(), secret('A header value: text, ${NAME}, or { file: PATH }.'), {
          description: 'Headers sent with each request. Kept secret.',
        }),
      ),
      lacks: Type.Optional(texts('Endpoints of its dialect that the server does not have ([responses]).')),
      connections: Type.Optional(count('Connections to the server at the same time.', 256)),
      timeouts: Type.Optional(
        Type.Object(
          {
            connect: Type.Optional(duration('Until the connection is there.', '10s')),
            first_byte: Type.Optional(duration('From the request to the first byte of the answer.', '300s')),
            idle: Type.Optional(duration('Between two pieces of the answer.', '60s')),
          },
          closed,
        ),
      ),
      ...REACH_FIELDS,
      models: Type.Optional(
        Type.Array(
          Type.Union(
            [
              ModelName,
              Type.Object(
                {
                  name: ModelName,
                  as: Type.Optional(ModelAtServer),
                },
                closed,
              ),
            ],
            { description: 'A model name, or { name: NAME, as: NAME AT THE SERVER }.' },
          ),
          {
            minItems: 1,
            description: 'Models that this server answers for by itself; not needed where routes lead to it.',
          },
        ),
      ),
    },
    { ...closed, description: 'A model server.' },
  );

const Limits = Type.Object(
  {
    body: Type.Optional(size('Longest request body.', '10MB')),
    bodies: Type.Optional(size('Request bodies on their way in, all together; in each worker.', '256MB')),
    caller_bodies: Type.Optional(size('The same of one caller.', '64MB')),
    depth: Type.Optional(count('Deepest nesting of JSON.', 64)),
    headers: Type.Optional(size('All request headers together.', '16KB')),
    header_time: Type.Optional(duration('Until the request headers are there.', '10s')),
    body_time: Type.Optional(duration('Until the request body is there.', '60s')),
    connections: Type.Optional(count('Open connections of clients.', 2000)),
    requests: Type.Optional(count('Requests in work at the same time.', 1000)),
    client_idle: Type.Optional(duration('A client that takes no bytes of its answer is cut off.', '60s')),
    drain: Type.Optional(duration('At stop: time for open streams to finish.', '30s')),
    reply: Type.Optional(size('Longest answer of a model server.', '32MB')),
    event: Type.Optional(size('Longest single event of a stream.', '1MB')),
  },
  { ...closed, description: 'Bounds on everything that comes from outside.' },
);

/** The schema of `gatehouse.yaml`, for the dialects that there are. It is also published for editors. */
export const settingsSchema = (dialects: readonly string[]) =>
  Type.Object(
    {
      listen: Type.Optional(Listen),
      workers: Type.Optional(count('Processes that answer clients, with one ledger and exact quotas.', 1)),
      data: Type.Optional(
        Type.String({
          minLength: 1,
          description: 'Folder for keys, callers and the ledger. Default: ./gatehouse-data.',
        }),
      ),
      policy: Type.Optional(
        Type.String({ minLength: 1, description: 'The policy file. Default: ./policy.yaml.' }),
      ),
      upstreams: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), upstream(dialects), {
        ...closed,
        minProperties: 1,
        description: 'Model servers by name: lower-case letters, digits, - and _',
      }),
      routes: Type.Optional(Routes),
      identity: Type.Optional(Identity),
      people: Type.Optional(PeopleSchema),
      abuse: Type.Optional(Abuse),
      detections: Type.Optional(DetectionsSchema),
      incidents: Type.Optional(IncidentsSchema),
      limits: Type.Optional(Limits),
      ledger: Type.Optional(
        Type.Object(
          {
            segment: Type.Optional(size('A ledger file is closed at this length.', '64MB')),
            origin: Type.Optional(
              Type.String({
                pattern: '^[A-Za-z0-9][A-Za-z0-9._/:-]{0,199}$|\\$\\{',
                description: "the ledger's name in its checkpoints, such as example.com/gatehouse",
              }),
            ),
            witnesses: Type.Optional(WitnessesSchema),
            archive: Type.Optional(ArchiveSchema),
          },
          { ...closed, description: 'The audit ledger.' },
        ),
      ),
      encoders: Type.Optional(Encoders),
      judges: Type.Optional(Judges),
      vault: Type.Optional(Vault),
      models: Type.Optional(Models),
      predictions: Type.Optional(Predictions),
      telemetry: Type.Optional(TelemetrySchema),
      feeds: Type.Optional(FeedsSchema),
      log: Type.Optional(
        Type.Object(
          {
            level: Type.Optional(oneOf(['debug', 'info', 'warn', 'error'], 'Default: info.')),
            format: Type.Optional(
              oneOf(['auto', 'json', 'text'], 'auto: text on a terminal, JSON elsewhere. Default: auto.'),
            ),
          },
          { ...closed, description: 'Logs go to standard error, without secrets and without prompt text.' },
        ),
      ),
    },
    {
      ...closed,
      title: 'gatehouse.yaml',
      description: 'Process settings of Gatehouse. ${NAME} in a text is filled in from the environment.',
    },
  );

/** `gatehouse.yaml` as written, after `${NAME}` was filled in. */
export type SettingsFile = Static<ReturnType<typeof settingsSchema>>;
export type UpstreamEntry = SettingsFile['upstreams'][string];
