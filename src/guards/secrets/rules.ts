import { isPassword, isToken } from './real.ts';
import { base32, base62, base64, base64url, digits, hex, lower, upper } from './samples.ts';

/** One kind of secret. To know a further one takes one entry here. */
export interface Rule {
  readonly id: string;
  /** A pattern for `regex/`, with a greatest length. It should begin with letters that are rare in plain text. */
  readonly match: string;
  readonly ignoreCase?: boolean;
  /** Picks the secret out of the match, as group 1; without it, all is secret. */
  readonly secret?: RegExp;
  /** Whether the secret is one. Default: `looksReal`. */
  readonly judge?: (secret: string) => boolean;
  readonly catches: readonly string[];
  readonly passes?: readonly string[];
}

const SCHEMES = [
  ...[
    'https?',
    'ftps?',
    'sftp',
    'ssh',
    'postgres(?:ql)?',
    'mysql',
    'mariadb',
    'mongodb(?:\\+srv)?',
    'rediss?',
  ],
  ...['amqps?', 'mqtts?', 'smtps?', 'ldaps?', 'clickhouse', 'mssql', 'sqlserver'],
].join('|');

const pem = (kind: string): string =>
  [`-----BEGIN ${kind}-----`, base64(64), base64(64, 2), `${base64(23)}=`, `-----END ${kind}-----`].join(
    '\n',
  );

/** Formats as their issuers publish them, or as their scanning partners do. */
export const RULES: readonly Rule[] = [
  // Models
  {
    id: 'openai_key',
    match:
      '\\bsk-(?:(?:proj|svcacct|admin|service|None)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{40,64}\\b)',
    catches: [
      `${'sk'}-proj-${base62(74)}T3Blbk${'FJ'}${base62(74, 2)}`,
      `${'sk'}-svcacct-${base62(60)}`,
      `${'sk'}-${base62(20)}T3Blbk${'FJ'}${base62(20, 2)}`,
      `${'sk'}-${base62(48)}`,
    ],
    passes: [
      'sk-proj-your-api-key-goes-here-please',
      `sk-${'x'.repeat(48)}`,
      'task-management-system-overview-for-new-users',
    ],
  },
  {
    id: 'anthropic_key',
    match: 'sk-ant-[a-z]{3,5}[0-9]{2}-[A-Za-z0-9_-]{80,120}',
    catches: [`${'sk'}-ant-api03-${base62(93)}AA`, `${'sk'}-ant-admin01-${base62(93)}AA`],
    passes: [`sk-ant-api03-${'x'.repeat(95)}`],
  },
  {
    id: 'openrouter_key',
    match: '\\bsk-or-v1-[a-f0-9]{64}',
    catches: [`${'sk'}-or-v1-${hex(64)}`],
  },
  { id: 'deepseek_key', match: '\\bsk-[a-f0-9]{32}\\b', catches: [`${'sk'}-${hex(32)}`] },
  { id: 'groq_key', match: '\\bgsk_[A-Za-z0-9]{52}', catches: [`${'gsk'}_${base62(52)}`] },
  { id: 'replicate_token', match: '\\br8_[A-Za-z0-9]{37}', catches: [`${'r8'}_${base62(37)}`] },
  { id: 'perplexity_key', match: '\\bpplx-[A-Za-z0-9]{48,56}', catches: [`${'pplx'}-${base62(48)}`] },
  { id: 'xai_key', match: '\\bxai-[A-Za-z0-9]{70,100}', catches: [`${'xai'}-${base62(80)}`] },
  {
    id: 'huggingface_token',
    match: '\\b(?:hf_|api_org_)[A-Za-z0-9]{34,40}',
    catches: [`${'hf'}_${base62(34)}`, `${'api'}_org_${base62(34)}`],
    passes: ['hf_hub_download_and_cache_the_model_files', `hf_${'x'.repeat(34)}`],
  },
  // Clouds and hosts
  {
    id: 'aws_access_key',
    match: '\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b',
    catches: [`${'AKIA'}${base32(16)}`, `${'ASIA'}${base32(16, 2)}`],
    passes: [`${'AKIA'}IOSFODNN7EXAMPLE`, `ASIA${'X'.repeat(16)}`],
  },
  {
    id: 'aws_secret_key',
    match:
      '(?:aws_?secret_?(?:access_?)?key|secret_?access_?key)["\']?\\s{0,5}[:=]{1,2}>?\\s{0,5}["\']?[A-Za-z0-9/+]{40}',
    ignoreCase: true,
    secret: /([A-Za-z0-9/+]{40})$/d,
    catches: [`aws_secret_access_key = ${base64(40)}`, `"SecretAccessKey": "${base64(39, 2)}/"`],
    passes: [
      `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
      'the secret access key is secret',
    ],
  },
  {
    id: 'google_api_key',
    match: '\\bAIza[A-Za-z0-9_-]{35}',
    catches: [`${'AIza'}${base62(35)}`],
    passes: [`AIza${'x'.repeat(35)}`],
  },
  {
    id: 'google_oauth_token',
    match: '\\b(?:ya29\\.[A-Za-z0-9_-]{50,400}|GOCSPX-[A-Za-z0-9_-]{28})',
    catches: [`${'ya29'}.${base62(120)}`, `${'GOCSPX'}-${base62(28)}`],
  },
  {
    id: 'azure_storage_key',
    match: 'AccountKey=[A-Za-z0-9+/]{86}==',
    catches: [`${'Account'}Key=${base64(86)}==`],
    passes: [`AccountKey=${'A'.repeat(86)}==`],
  },
  { id: 'digitalocean_token', match: '\\bdo[opr]_v1_[a-f0-9]{64}', catches: [`${'dop'}_v1_${hex(64)}`] },
  {
    id: 'cloudflare_origin_key',
    match: '\\bv1\\.0-[a-f0-9]{24}-[a-f0-9]{146}',
    catches: [`${'v1'}.0-${hex(24)}-${hex(146)}`],
    passes: ['v1.0-beta'],
  },
  { id: 'databricks_token', match: '\\bdapi[a-f0-9]{32}(?:-[0-9])?\\b', catches: [`${'dapi'}${hex(32)}`] },
  {
    id: 'vault_token',
    match: '\\bhv[sbr]\\.[A-Za-z0-9_-]{24,300}',
    catches: [`${'hvs'}.${base62(90)}`],
    passes: ['hvs.your-token-goes-here-instead'],
  },
  {
    id: 'terraform_token',
    match: '\\.atlasv1\\.[A-Za-z0-9_=-]{60,70}',
    catches: [`${base62(14)}.${'atlasv1'}.${base62(67)}`],
  },
  {
    id: 'doppler_token',
    match: '\\bdp\\.(?:pt|st|sa|ct|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
    catches: [`${'dp'}.pt.${base62(43)}`, `${'dp'}.st.production.${base62(43)}`],
  },
  { id: 'pulumi_token', match: '\\bpul-[a-f0-9]{40}\\b', catches: [`${'pul'}-${hex(40)}`] },
  { id: 'supabase_token', match: '\\bsbp_[a-f0-9]{40}', catches: [`${'sbp'}_${hex(40)}`] },
  {
    id: 'planetscale_token',
    match: '\\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{32,64}',
    catches: [`${'pscale'}_tkn_${base62(43)}`],
  },
  // Code and packages
  {
    id: 'github_token',
    match: '\\bgh[pousr]_[A-Za-z0-9_]{36,255}',
    catches: [`${'ghp'}_${base62(36)}`, `${'gho'}_${base62(36, 2)}`, `${'ghs'}_${base62(36, 3)}`],
    passes: [`ghp_${'x'.repeat(36)}`, `ghp_${'your_token_'.repeat(4)}`],
  },
  {
    id: 'github_fine_grained_token',
    match: '\\bgithub_pat_[A-Za-z0-9_]{70,255}',
    catches: [`${'github'}_pat_${base62(22)}_${base62(59)}`],
  },
  {
    id: 'gitlab_token',
    match:
      '\\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_-]{20,300}(?:\\.[A-Za-z0-9_-]{2,20}){0,2}',
    catches: [`${'glpat'}-${base62(20)}`, `${'glpat'}-${base62(48)}.01.${lower(9)}`],
    passes: ['glpat-xxxxxxxxxxxxxxxxxxxx'],
  },
  {
    id: 'npm_token',
    match: '\\bnpm_[A-Za-z0-9]{36}\\b',
    catches: [`${'npm'}_${base62(36)}`],
    passes: ['npm_config_registry'],
  },
  {
    id: 'pypi_token',
    match: '\\bpypi-AgE[A-Za-z0-9_-]{50,400}',
    catches: [`${'pypi'}-AgEIcHlwaS5vcmc${base62(70)}`],
  },
  { id: 'rubygems_key', match: '\\brubygems_[a-f0-9]{48}', catches: [`${'rubygems'}_${hex(48)}`] },
  {
    id: 'docker_token',
    match: '\\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}',
    catches: [`${'dckr'}_pat_${base62(27)}`],
  },
  {
    id: 'postman_key',
    match: '\\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}',
    catches: [`${'PMAK'}-${hex(24)}-${hex(34)}`],
  },
  {
    id: 'linear_key',
    match: '\\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}',
    catches: [`${'lin'}_api_${base62(40)}`],
  },
  {
    id: 'notion_token',
    match: '\\b(?:ntn_[A-Za-z0-9]{46}|secret_[A-Za-z0-9]{43})\\b',
    catches: [`${'ntn'}_${base62(46)}`, `${'secret'}_${base62(43)}`],
  },
  {
    id: 'grafana_token',
    match: '\\b(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})',
    catches: [`${'glsa'}_${base62(32)}_${hex(8)}`, `${'glc'}_${base64(120)}`],
  },
  { id: 'new_relic_key', match: '\\bNRAK-[A-Z0-9]{27}\\b', catches: [`${'NRAK'}-${upper(27)}`] },
  {
    id: 'dynatrace_token',
    match: '\\bdt0[a-z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
    catches: [`${'dt0c01'}.${upper(24)}.${upper(64)}`],
  },
  // Messages and money
  {
    id: 'slack_token',
    match: '\\b(?:xoxe\\.)?xox[abceoprs]-(?:[A-Za-z0-9]{1,20}-){0,4}[A-Za-z0-9]{10,200}',
    catches: [
      `${'xoxb'}-${digits(12)}-${digits(12, 2)}-${base62(24)}`,
      `${'xoxe'}.${'xoxp'}-1-${base62(140)}`,
    ],
    passes: ['xoxb-your-token-here', 'xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx'],
  },
  {
    id: 'slack_app_token',
    match: '\\bxapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,15}-[a-f0-9]{64}',
    catches: [`${'xapp'}-1-A${upper(10)}-${digits(13)}-${hex(64)}`],
  },
  {
    id: 'slack_webhook',
    match: 'hooks\\.slack(?:-gov)?\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,80}',
    catches: [`https://${'hooks'}.slack.com/services/T${upper(8)}/B${upper(8, 2)}/${base62(24)}`],
    passes: [`https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`],
  },
  {
    id: 'discord_token',
    match: '\\b[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}',
    catches: [`${'MT'}${base62(24)}.${base62(6)}.${base62(38)}`],
  },
  {
    id: 'discord_webhook',
    match: 'discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}',
    catches: [`https://${'discord'}.com/api/webhooks/${digits(18)}/${base62(68)}`],
  },
  {
    id: 'telegram_token',
    match: '\\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}',
    catches: [`${digits(9)}:${'AA'}${base62(33)}`],
    passes: ['123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  },
  {
    id: 'twilio_account',
    match: '\\bAC[a-f0-9]{32}\\b',
    catches: [`${'AC'}${hex(32)}`],
    passes: [`AC${'0'.repeat(32)}`],
  },
  { id: 'twilio_key', match: '\\bSK[a-f0-9]{32}\\b', catches: [`${'SK'}${hex(32)}`] },
  {
    id: 'sendgrid_key',
    match: '\\bSG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}',
    catches: [`${'SG'}.${base62(22)}.${base62(43)}`],
    passes: ['SG.your-key.your-secret-goes-here-instead-of-this-text'],
  },
  { id: 'mailgun_key', match: '\\bkey-[a-f0-9]{32}\\b', catches: [`${'key'}-${hex(32)}`] },
  {
    id: 'stripe_key',
    match: '\\b(?:[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,200}|whsec_[A-Za-z0-9+/]{32,64})',
    catches: [`${'sk'}_live_${base62(24)}`, `${'rk'}_live_${base62(99)}`, `${'whsec'}_${base62(32)}`],
    passes: [`${'pk'}_live_${base62(24)}`, `sk_live_${'x'.repeat(24)}`],
  },
  {
    id: 'shopify_token',
    match: '\\bshp(?:at|ca|pa|ss|ua|tka)_[a-fA-F0-9]{32}',
    catches: [`${'shpat'}_${hex(32)}`],
  },
  // Whatever the issuer
  {
    id: 'jwt',
    match: '\\beyJ[A-Za-z0-9_-]{10,1000}\\.eyJ[A-Za-z0-9_-]{10,3000}\\.[A-Za-z0-9_-]{10,1000}',
    judge: isToken,
    catches: [
      `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url('{"sub":"1234567890"}')}.${base62(43)}`,
    ],
    passes: [`${base64url('{"no":"signature here"}')}.${base64url('{"sub":"1234567890"}')}.${base62(43)}`],
  },
  {
    id: 'private_key',
    match: [
      '-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----',
      '(?:[\\s\\\\nr]{1,4}(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): ?[^\\n\\\\]{1,100}){0,4}',
      '[\\s\\\\nr]{0,8}[A-Za-z0-9+/=]{20}[A-Za-z0-9+/=\\s\\\\]{0,7000}',
      '(?:-----END [A-Z0-9 ]{3,40}-----)?',
    ].join(''),
    judge: () => true,
    catches: [
      pem('RSA PRIVATE KEY'),
      pem('OPENSSH PRIVATE KEY'),
      pem('PGP PRIVATE KEY BLOCK'),
      pem('EC PRIVATE KEY').replaceAll('\n', '\\n'),
      pem('RSA PRIVATE KEY').replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F2E\n\n'),
    ],
    passes: [
      pem('PUBLIC KEY'),
      pem('CERTIFICATE'),
      'A file that begins with -----BEGIN RSA PRIVATE KEY----- must be kept secret by its owner',
    ],
  },
  {
    id: 'age_key',
    match: 'AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
    catches: [`${'AGE'}-SECRET-KEY-1${base32(58).replace(/[BIO]/g, 'Q')}`],
  },
  {
    id: 'url_password',
    match: `\\b(?:${SCHEMES})://[^\\s/:@"'<>]{0,100}:[^\\s/@"'<>]{1,200}@[A-Za-z0-9.-]{1,253}`,
    ignoreCase: true,
    secret: /:\/\/[^:]*:(.*)@/d,
    judge: isPassword,
    catches: [`postgres://app:${base62(12)}@db.internal:5432/main`, `HTTPS://bob:${base62(9)}@example.com`],
    passes: [
      'https://example.com:8443/path?user=a@b.example',
      'postgres://user:password@localhost/db',
      `mysql://root:\${DB_PASSWORD}@db/main`,
    ],
  },
  {
    id: 'gatehouse_key',
    match: '\\bgh[ka]_[A-Za-z0-9]{10}_[A-Za-z0-9_-]{43}',
    catches: [`${'ghk'}_${base62(10)}_${base62(43)}`, `${'gha'}_${base62(10)}_${base62(43)}`],
    passes: ['gha_run_number'],
  },
];
