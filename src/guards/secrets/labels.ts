import type { Span } from '../../base/spans.ts';

/** Kinds of secrets as data sets call them, by the last part of the reason. */
const TYPES: Readonly<Record<string, string>> = {
  openai_key: 'OPENAI_KEY',
  anthropic_key: 'ANTHROPIC_KEY',
  huggingface_token: 'HF_TOKEN',
  aws_access_key: 'AWS_ACCESS_KEY',
  aws_secret_key: 'AWS_SECRET_KEY',
  google_api_key: 'GOOGLE_API_KEY',
  azure_storage_key: 'AZURE_STORAGE_KEY',
  digitalocean_token: 'DIGITALOCEAN',
  github_token: 'GITHUB_TOKEN',
  github_fine_grained_token: 'GITHUB_FINE_GRAINED',
  gitlab_token: 'GITLAB_TOKEN',
  npm_token: 'NPM_TOKEN',
  pypi_token: 'PYPI_TOKEN',
  slack_token: 'SLACK_TOKEN',
  slack_webhook: 'SLACK_WEBHOOK',
  telegram_token: 'TELEGRAM_TOKEN',
  twilio_account: 'TWILIO_SID',
  sendgrid_key: 'SENDGRID_KEY',
  stripe_key: 'STRIPE_KEY',
  shopify_token: 'SHOPIFY',
  jwt: 'JWT',
  private_key: 'PRIVATE_KEY',
  url_password: 'DB_URL',
  generic_password: 'PASSWORD',
  generic_secret: 'GENERIC_SECRET',
};

/** What a data set calls the secret of a reason (`secrets.openai_key`); else the last part of it in capital letters. */
export function secretType(reason: string): string {
  const id = reason.slice(reason.lastIndexOf('.') + 1);
  return TYPES[id] ?? id.toUpperCase();
}

/** Of keys with a part that is known to all, or in their middle, the finding begins behind that; as data sets have it, here. */
const BEGINS: Readonly<Record<string, RegExp>> = {
  terraform_token: /[\w-]*\.atlasv1\.$/,
  azure_client_secret: /[\w~-]*$/,
  discord_token: /[\w-]*\.$/,
  telegram_token: /(?:bot)?\d*:$/,
  password_digest: /\{\w*\}$/,
};

/** What somebody may post to who knows it: a data set has all of the address. */
const WEBHOOK = /_webhook$/;
const ADDRESS = /[\w:/.-]*$/;

/** So far back at the most. */
const FARTHEST = 200;

const NO_ADDRESS = /[\s"'<>`]/;

/**
 * The span of a finding as data sets have it: of an address with a password in it the whole address, though only the password
 * is masked. All else stands as it was found.
 */
export function secretSpan(text: string, { reason, start, end }: Span & { readonly reason: string }): Span {
  const begin =
    BEGINS[reason.slice(reason.lastIndexOf('.') + 1)] ?? (WEBHOOK.test(reason) ? ADDRESS : undefined);
  if (begin !== undefined) {
    const before = text.slice(Math.max(0, start - FARTHEST), start);
    return { start: start - (begin.exec(before)?.[0].length ?? 0), end };
  }
  if (!reason.endsWith('.url_password')) return { start, end };
  let from = text.lastIndexOf('://', start);
  while (from > 0 && /[A-Za-z0-9+.-]/.test(text[from - 1] ?? '')) from--;
  let to = end;
  while (to < text.length && !NO_ADDRESS.test(text[to] ?? '')) to++;
  while (/[,.;)\]}]/.test(text[to - 1] ?? '')) to--;
  return { start: from, end: to };
}
