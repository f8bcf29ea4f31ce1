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

/** All of an address up to what is secret in it: who knows a webhook may post to it. */
const ADDRESS = /[\w:/.-]*$/;

/** Where a finding has only a part of what data sets have, what stands before it. */
const BEFORE: Readonly<Record<string, RegExp>> = {
  terraform_token: /[\w-]*\.atlasv1\.$/,
  azure_client_secret: /[\w~-]*$/,
  discord_token: /[\w-]*\.$/,
  telegram_token: /(?:bot)?\d*:$/,
  password_digest: /\{\w*\}$/,
  url_password: /[A-Za-z0-9+.-]*:\/\/[^\s/:@"'<>]*:$/,
  discord_webhook: ADDRESS,
  slack_webhook: ADDRESS,
  teams_webhook: ADDRESS,
  google_chat_webhook: ADDRESS,
  zapier_webhook: ADDRESS,
  feishu_webhook: ADDRESS,
};

/** So much of a text is looked at before and after a finding: text from outside may be full of them. */
const FARTHEST = 160;

/**
 * The span of a finding as data sets have it: of an address with a password in it the whole address, though only the password
 * is masked. What is not there in plain writing stands as it was found.
 */
export function secretSpan(text: string, { reason, start, end }: Span & { readonly reason: string }): Span {
  const id = reason.slice(reason.lastIndexOf('.') + 1);
  const before = BEFORE[id]?.exec(text.slice(Math.max(0, start - FARTHEST), start))?.[0] ?? '';
  const after = id === 'url_password' && before !== '' ? restOf(text.slice(end, end + FARTHEST)) : 0;
  return { start: start - before.length, end: end + after };
}

/** How much of a text belongs to an address that has begun before it: not the sign of the sentence around it. */
function restOf(text: string): number {
  let end = /[\s"'<>`]/.exec(text)?.index ?? text.length;
  while (end > 0 && /[,.;)\]}]/.test(text[end - 1] ?? '')) end--;
  return end;
}
