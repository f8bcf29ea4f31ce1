import Type, { type Static } from 'typebox';
import { closed, count, duration, oneOf, secret, texts } from './fields.ts';
import { REACH_FIELDS } from './upstream-reach.ts';

export const FEED_USES = [
  'webhook',
  'slack',
  'pagerduty',
  'email',
  'syslog',
  'otlp',
  'file',
  'http',
] as const;
export type FeedUse = (typeof FEED_USES)[number];

const { reach, allow_addresses, tls } = REACH_FIELDS;

const Feed = Type.Object(
  {
    use: oneOf(FEED_USES, 'What receives it.'),
    url: Type.Optional(
      secret(
        'Address of the receiver (webhook, slack, pagerduty, otlp, http): text, ${NAME} or { file: PATH }.',
      ),
    ),
    server: Type.Optional(
      Type.String({ description: 'Name and port of a syslog or mail server (logs.example.com:6514).' }),
    ),
    path: Type.Optional(
      Type.String({ minLength: 1, description: 'The file that lines are added to (file).' }),
    ),
    format: Type.Optional(
      oneOf(
        ['json', 'ocsf', 'cef', 'rfc5424'],
        'Form of a line (syslog, file, http). Default: rfc5424 for syslog, json otherwise.',
      ),
    ),
    secret: Type.Optional(
      secret(
        'What a webhook is signed with (whsec_…), the routing key of PagerDuty, or the password at a mail server: ' +
          '${NAME} or { file: PATH }.',
      ),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), secret('A header value: text, ${NAME}, or { file: PATH }.'), {
        description: 'Headers sent with each request (webhook, otlp, http). Kept secret.',
      }),
    ),
    user: Type.Optional(Type.String({ minLength: 1, description: 'Name at the mail server.' })),
    from: Type.Optional(Type.String({ description: 'Whom letters are from (gatehouse@example.com).' })),
    to: Type.Optional(texts('Whom letters go to.')),
    secure: Type.Optional(
      oneOf(
        ['tls', 'starttls', 'none'],
        'Of syslog and e-mail: TLS from the start, after STARTTLS (e-mail), or not at all, which is for this machine. ' +
          'Default: tls for syslog, starttls for e-mail.',
      ),
    ),
    insecure: Type.Optional(
      Type.Boolean({
        description: 'Allow a receiver on another machine without TLS: others can read it all.',
      }),
    ),
    entries: Type.Optional(
      Type.Union(
        [
          Type.Enum(['alerts', 'all']),
          Type.Array(Type.String({ pattern: '^[a-z_.]{1,60}\\*?$|\\$\\{' }), {
            minItems: 1,
            description: 'kinds of entries, or beginnings such as incident.*',
          }),
        ],
        { description: 'What goes out: alerts, all entries of the ledger, or these kinds. Default: alerts.' },
      ),
    ),
    level: Type.Optional(
      oneOf(
        ['informational', 'low', 'medium', 'high', 'critical'],
        'Only what matters as much, or more. Default: informational.',
      ),
    ),
    begin: Type.Optional(
      oneOf(['now', 'start'], 'Where a new feed begins: now, or at the start of the ledger. Default: now.'),
    ),
    queue: Type.Optional(count('Entries that are in memory at once.', 500)),
    dead: Type.Optional(count('Entries that the receiver refused and that are remembered.', 1000)),
    timeout: Type.Optional(duration('For one delivery.', '10s')),
    retry: Type.Optional(
      Type.Object(
        {
          first: Type.Optional(duration('Until the first attempt is repeated; the time doubles then.', '1s')),
          longest: Type.Optional(duration('Longest time between two attempts.', '5m')),
          attempts: Type.Optional(count('Attempts, where the receiver is there and fails.', 10)),
        },
        { ...closed, description: 'When a delivery fails. A receiver that is not there is waited for.' },
      ),
    ),
    reach,
    allow_addresses,
    tls,
  },
  { ...closed, description: 'Where alerts or entries go.' },
);

/** `feeds:` of `gatehouse.yaml`. */
export const FeedsSchema = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), Feed, {
  ...closed,
  description: 'Receivers of alerts and of the ledger, by name: lower-case letters, digits, - and _',
});

export type FeedEntry = Static<typeof Feed>;
