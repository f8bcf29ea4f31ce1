import { format, named, UUID } from './define.ts';
import { isPassword } from './real.ts';
import type { Rule } from './rule.ts';
import { base32, base62, base64 } from './samples.ts';

const PEM_BASE64 = '[A-Za-z0-9+/]';

/** Clouds, databases as a service, and what keeps their secrets. */
export const CLOUDS: readonly Rule[] = [
  format('aws_access_key', 'Amazon Web Services', 'A(?:KIA|SIA|BIA|CCA|3T[A-Z0-9])', '[A-Z0-9]{16}\\b', {
    catches: [`${'AKIA'}${base32(16)}`, `${'ASIA'}${base32(16, 2)}`],
    passes: [`${'AKIA'}IOSFODNN7EXAMPLE`, `ASIA${'X'.repeat(16)}`],
  }),
  format(
    'aws_key_pair',
    'Amazon Web Services',
    'A(?:KIA|SIA)',
    '(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])',
    {
      lead: 'A(?:KIA|SIA)[A-Z0-9]{16}["\'`,;:| \t]{1,6}',
      body: 'armor',
      judge: (text) => isPassword(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text),
      catches: [`${'AK'}IAIOSFODNN7EXAMPLE:${base64(40)}`],
    },
  ),
  named(
    'aws_secret_key',
    'Amazon Web Services',
    'aws|secret_?access_?key|secret_?key|secret access key',
    '[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])',
    {
      judge: (text) => isPassword(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text),
      catches: [`aws_secret_access_key = ${base64(40)}`, `"SecretAccessKey": "${base64(39, 2)}/"`],
      passes: [
        `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
        'the secret access key is secret',
      ],
    },
  ),
  named(
    'aws_session_token',
    'Amazon Web Services',
    'session_?token|security_?token',
    '[A-Za-z0-9/+=]{100,1500}',
    {
      reach: 2000,
      catches: [`aws_session_token = ${base64(300)}=`],
    },
  ),
  format('aws_bedrock_key', 'Amazon Bedrock', 'ABSK', '[A-Za-z0-9+/]{100,250}={0,2}'),
  format('aws_mws_token', 'Amazon Marketplace', 'amzn\\.mws\\.', UUID),
  format('aws_appsync_key', 'AWS AppSync', 'da2-', '[a-z0-9]{26}\\b'),
  format('google_api_key', 'Google', 'AIza', '[A-Za-z0-9_-]{35}', { passes: [`AIza${'x'.repeat(35)}`] }),
  format(
    'google_oauth_token',
    'Google',
    '(?:ya29\\.|GOCSPX-|1//0)',
    '(?:(?<=ya29\\.)[A-Za-z0-9_.-]{30,500}|(?<=X-)[A-Za-z0-9_-]{24,32}|(?<=//0)[A-Za-z0-9_-]{40,220})',
    { catches: [`${'ya29'}.${base62(120)}`, `${'GOCSPX'}-${base62(28)}`, `${'1/'}/0${base62(60)}`] },
  ),
  format('google_hmac_key', 'Google Cloud Storage', 'GOOG[A-Z0-9]', '[A-Z0-9]{19,60}\\b', {
    catches: [`${'GOOG'}1E${base32(50)}`],
  }),
  format('azure_storage_key', 'Microsoft Azure', 'AccountKey=', `${PEM_BASE64}{86}={0,2}`, {
    catches: [`${'Account'}Key=${base64(86)}==`],
    passes: [`AccountKey=${'A'.repeat(86)}==`],
  }),
  format('azure_shared_key', 'Microsoft Azure', 'SharedAccessKey=', `(?<secret>${PEM_BASE64}{43}=)`, {
    ignoreCase: true,
  }),
  format(
    'azure_client_secret',
    'Microsoft Azure',
    '[0-9]Q~',
    '(?<secret>[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9])',
    {
      within: true,
      catches: [`${'8'}Q~${base62(34)}`],
    },
  ),
  format('azure_sas', 'Microsoft Azure', '[?&;]sig=', '(?<secret>[A-Za-z0-9%/+]{40,80}(?:=|%3[dD]))', {
    within: true,
  }),
  format(
    'azure_function_key',
    'Microsoft Azure',
    'azurewebsites\\.net/',
    '(?<secret>[A-Za-z0-9_/+-]{40,56}(?:={1,2}|(?:%3[dD]){1,2})?)',
    {
      lead: 'azurewebsites\\.net/[\\w/.-]{1,100}\\?(?:[\\w.-]{1,30}=[\\w.-]{1,60}&){0,3}code=',
      within: true,
      catches: [`https://acme.${'azurewebsites'}.net/api/run?code=${base62(54)}==`],
    },
  ),
  named(
    'azure_devops_token',
    'Azure DevOps',
    'azure|devops|azdo|system_accesstoken',
    '[a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}',
  ),
  named(
    'azure_api_management_key',
    'Azure API Management',
    'subscription-key|subscription_key',
    '[a-f0-9]{32}',
  ),
  format('digitalocean_token', 'DigitalOcean', 'do[opr]_v1_', '[a-f0-9]{64}'),
  named('digitalocean_spaces_key', 'DigitalOcean', 'spaces|digitalocean', '[A-Za-z0-9/+]{43}'),
  format('cloudflare_origin_key', 'Cloudflare', 'v1\\.0-', '[a-f0-9]{24}-[a-f0-9]{146}', {
    passes: ['v1.0-beta'],
  }),
  named('cloudflare_token', 'Cloudflare', 'cloudflare|cf_api', '[A-Za-z0-9_-]{40}|[a-f0-9]{37}'),
  format('alibaba_access_key', 'Alibaba Cloud', 'LTAI', '[A-Za-z0-9]{12,24}\\b'),
  named(
    'alibaba_secret',
    'Alibaba Cloud',
    'alibaba|aliyun|accesskeysecret|access_key_secret',
    '[A-Za-z0-9]{30}',
  ),
  format('tencent_secret_id', 'Tencent Cloud', 'AKID', '[A-Za-z0-9]{32}\\b'),
  named('ibm_cloud_key', 'IBM Cloud', 'ibm|bluemix|watson', '[A-Za-z0-9_-]{44}'),
  named('hetzner_token', 'Hetzner', 'hetzner|hcloud', '[A-Za-z0-9]{64}'),
  named('linode_token', 'Linode', 'linode', '[a-f0-9]{64}'),
  named('vultr_key', 'Vultr', 'vultr', '[A-Z0-9]{36}'),
  named('scaleway_secret', 'Scaleway', 'scaleway|scw', UUID),
  named('ovh_secret', 'OVHcloud', 'ovh', '[A-Za-z0-9]{32}'),
  format(
    'yandex_key',
    'Yandex Cloud',
    '(?:AQVN|YC|t1\\.)',
    '(?:(?<=AQVN)[A-Za-z0-9_-]{35,38}|(?<=YC)[a-zA-Z0-9_-]{38}|(?<=t1\\.)[A-Za-z0-9_-]{20,300}={0,2}\\.[A-Za-z0-9_-]{86}={0,2})(?![\\w-])',
    {
      catches: [`${'AQVN'}${base62(36)}`, `${'t1'}.${base62(60)}.${base62(86)}`],
      judge: (text) => /[a-z]/.test(text) && /\d/.test(text) && /[A-Z]/.test(text.slice(4)),
    },
  ),
  format('heroku_key', 'Heroku', 'HRKU-', '[A-Za-z0-9_-]{36,64}'),
  named('heroku_legacy_key', 'Heroku', 'heroku', UUID),
  format('flyio_token', 'Fly.io', '(?:fo1_|fm[12][ar]?_)', '[A-Za-z0-9+/_-]{40,500}={0,3}'),
  named('vercel_token', 'Vercel', 'vercel', '[A-Za-z0-9]{24}'),
  format('netlify_token', 'Netlify', 'nf[cpub]_', '[A-Za-z0-9_-]{36,44}'),
  named('netlify_legacy_token', 'Netlify', 'netlify', '[A-Za-z0-9=_-]{40,46}'),
  format('render_key', 'Render', 'rnd_', '[A-Za-z0-9]{28,36}'),
  named('railway_token', 'Railway', 'railway', UUID),
  format('supabase_token', 'Supabase', 'sbp_', '(?:v0_)?[a-f0-9]{40}'),
  format('supabase_secret_key', 'Supabase', 'sb_secret_', '[A-Za-z0-9_-]{22,40}'),
  format('planetscale_token', 'PlanetScale', 'pscale_(?:tkn|pw|oauth)_', '[A-Za-z0-9=._-]{32,64}'),
  format('neon_key', 'Neon', 'napi_', '[a-z0-9]{50,70}'),
  named('upstash_token', 'Upstash', 'upstash', '[A-Za-z0-9+/=_-]{50,120}'),
  format('aiven_password', 'Aiven', 'AVNS_', '[A-Za-z0-9_-]{16,24}'),
  format('mongodb_atlas_secret', 'MongoDB Atlas', 'mdb_sa_sk_', '[A-Za-z0-9_-]{30,50}'),
  format('clickhouse_secret', 'ClickHouse Cloud', '4b1d', '[A-Za-z0-9]{38}\\b'),
  format('databricks_token', 'Databricks', 'dapi', '[a-f0-9]{32}(?:-[0-9])?\\b'),
  named('snowflake_password', 'Snowflake', 'snowflake', '[A-Za-z0-9!@#$%^&*_-]{16,64}', {
    body: 'address',
    judge: (text) => isPassword(text) && /\d/.test(text) && /[A-Za-z]/.test(text),
    catches: [`snowflake_password = "${base62(20)}"`],
  }),
  named('confluent_secret', 'Confluent', 'confluent', '[A-Za-z0-9/+]{64}|[A-Z0-9]{16}'),
  format('vault_token', 'HashiCorp Vault', 'hv[sbr]\\.', '[A-Za-z0-9_-]{24,300}', {
    passes: ['hvs.your-token-goes-here-instead'],
  }),
  named('vault_legacy_token', 'HashiCorp Vault', 'vault', '[sb]\\.[A-Za-z0-9]{24}'),
  format('terraform_token', 'HCP Terraform', '\\.atlasv1\\.', '(?<secret>[A-Za-z0-9_=-]{60,70})', {
    within: true,
    catches: [`${base62(14)}.${'atlasv1'}.${base62(67)}`],
  }),
  format(
    'doppler_token',
    'Doppler',
    'dp\\.(?:pt|st|sa|ct|scim|audit)\\.',
    '(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  ),
  format('pulumi_token', 'Pulumi', 'pul-', '[a-f0-9]{40}\\b'),
  format('infracost_key', 'Infracost', 'ico-', '[A-Za-z0-9]{32}\\b'),
  format('prefect_key', 'Prefect', 'pnu_', '[a-z0-9A-Z]{36}'),
  format(
    'tailscale_key',
    'Tailscale',
    'tskey-(?:auth|api|client|scim|webhook)-',
    '[A-Za-z0-9_]{6,20}-[A-Za-z0-9]{20,50}',
  ),
  format('infisical_token', 'Infisical', 'st\\.', '[a-f0-9]{24}\\.[a-f0-9]{32}\\.[a-f0-9]{32}'),
  format('onepassword_token', '1Password', 'ops_eyJ', '[A-Za-z0-9+/_-]{100,2000}={0,3}', { reach: 2200 }),
  format(
    'onepassword_secret_key',
    '1Password',
    'A3-',
    '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}',
  ),
  format('openshift_token', 'OpenShift', 'sha256~', '[A-Za-z0-9_-]{43}'),
  format('harness_token', 'Harness', '[ps]at\\.', '[A-Za-z0-9_-]{22}\\.[a-f0-9]{24}\\.[A-Za-z0-9]{20}'),
  format('akamai_token', 'Akamai', 'akab-', '[a-z0-9]{16}-[a-z0-9]{16}'),
  named('fastly_token', 'Fastly', 'fastly', '[A-Za-z0-9_-]{32}'),
  named(
    'bunny_key',
    'bunny.net',
    'bunny',
    `${UUID}|[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}-[a-f0-9]{4}-[a-f0-9]{4}`,
  ),
  named('ngrok_token', 'ngrok', 'ngrok', '[A-Za-z0-9]{20,32}_[A-Za-z0-9]{18,24}'),
  named('wireguard_key', 'WireGuard', 'privatekey|presharedkey', '[A-Za-z0-9+/]{43}=', {
    catches: [`PrivateKey = ${base64(43)}=`],
  }),
  named(
    'kubernetes_bootstrap_token',
    'Kubernetes',
    'kubeadm|bootstrap|kubernetes',
    '[a-z0-9]{6}\\.[a-z0-9]{16}',
    {
      catches: [`kubeadm join --token ${base62(6).toLowerCase()}.${base62(16).toLowerCase()}`],
    },
  ),
];
