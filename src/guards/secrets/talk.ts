import { format, named, UUID } from './define.ts';
import { looksReal } from './real.ts';
import type { Rule } from './rule.ts';
import { base62, digits, hex, sampleOf, upper } from './samples.ts';

/** Chat, mail, telephones, and social networks. */
export const TALK: readonly Rule[] = [
  format(
    'slack_token',
    'Slack',
    '(?:xoxe\\.)?xox[abceoprs]-',
    '(?:[A-Za-z0-9]{1,20}-){0,4}[A-Za-z0-9]{10,250}',
    {
      catches: [
        `${'xoxb'}-${digits(12)}-${digits(12, 2)}-${base62(24)}`,
        `${'xoxe'}.${'xoxp'}-1-${base62(140)}`,
      ],
      passes: ['xoxb-your-token-here', 'xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx'],
    },
  ),
  format('slack_app_token', 'Slack', 'xapp-[0-9]-', '[A-Z0-9]{8,14}-[0-9]{10,15}-[a-f0-9]{64}', {
    catches: [`${'xapp'}-1-A${upper(10)}-${digits(13)}-${hex(64)}`],
  }),
  format(
    'slack_webhook',
    'Slack',
    'hooks\\.slack(?:-gov)?\\.com/(?:services|workflows|triggers)/',
    '(?<secret>[A-Za-z0-9+/]{36,90})',
    {
      catches: [`https://${'hooks'}.slack.com/services/T${upper(8)}/B${upper(8, 2)}/${base62(24)}`],
      passes: [`https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`],
    },
  ),
  format(
    'discord_token',
    'Discord',
    '[MNO][A-Za-z0-9_-]{7}',
    '(?<secret>[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40})',
    {
      // The account's number, which is no secret.
      lead: '[MNO][A-Za-z0-9_-]{23,27}\\.',
      judge: (_, matched) => looksReal(matched),
      catches: [`${'MT'}${base62(24)}.${base62(6)}.${base62(38)}`],
    },
  ),
  format(
    'discord_webhook',
    'Discord',
    'discord(?:app)?\\.com/api/',
    '(?<secret>[0-9]{17,20}/[A-Za-z0-9_-]{60,80})',
    {
      lead: 'discord(?:app)?\\.com/api/(?:v[0-9]{1,2}/)?webhooks/',
      catches: [`https://${'discord'}.com/api/webhooks/${digits(18)}/${base62(68)}`],
    },
  ),
  named('discord_secret', 'Discord', 'discord', '[A-Za-z0-9_-]{32}'),
  format('telegram_token', 'Telegram', '(?:bot)?[0-9]{8}', '(?<secret>A[A-Za-z0-9_-]{33,35})(?![\\w-])', {
    lead: '(?:bot)?[0-9]{8,10}:',
    judge: (_, matched) => looksReal(matched),
    catches: [`${digits(9)}:${'AA'}${base62(33)}`],
    passes: ['123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  }),
  format(
    'teams_webhook',
    'Microsoft Teams',
    'https://',
    `(?<secret>webhookb2/${UUID}@${UUID}/[A-Za-z]{5,20}/[a-f0-9]{32}/${UUID})`,
    {
      lead: 'https://[a-z0-9-]{1,40}\\.webhook\\.office\\.com/',
      body: 'address',
      catches: [
        `https://${'acme'}.webhook.office.com/webhookb2/${sampleOf(UUID)}@${sampleOf(UUID, 2)}/IncomingWebhook/${hex(32)}/${sampleOf(UUID, 3)}`,
      ],
    },
  ),
  format(
    'google_chat_webhook',
    'Google Chat',
    'https://chat\\.googleapis\\.com/v1/spaces/',
    '(?<secret>[A-Za-z0-9_-]{8,20}/messages\\?key=[\\w-]{30,45}&token=[\\w%-]{30,60})',
    {
      body: 'address',
      catches: [
        `https://${'chat'}.googleapis.com/v1/spaces/${base62(11)}/messages?key=${base62(39)}&token=${base62(43)}`,
      ],
    },
  ),
  format(
    'zapier_webhook',
    'Zapier',
    'https://hooks\\.zapier\\.com/hooks/catch/',
    '(?<secret>[0-9]{4,10}/[a-z0-9]{5,12})',
  ),
  format(
    'feishu_webhook',
    'Feishu',
    'https://open\\.(?:feishu\\.cn|larksuite\\.com)/open-apis/bot/v2/hook/',
    `(?<secret>${UUID})`,
  ),
  format(
    'dingtalk_webhook',
    'DingTalk',
    'oapi\\.dingtalk\\.com/robot/send',
    '\\?access_token=(?<secret>[a-f0-9]{64})',
    { body: 'address' },
  ),
  format(
    'wecom_webhook',
    'WeCom',
    'qyapi\\.weixin\\.qq\\.com/cgi-bin/webhook/send',
    `\\?key=(?<secret>${UUID})`,
    { body: 'address' },
  ),
  format('twilio_account', 'Twilio', 'AC', '[a-f0-9]{32}\\b', { passes: [`AC${'0'.repeat(32)}`] }),
  format('twilio_key', 'Twilio', 'SK', '[a-f0-9]{32}\\b'),
  format('twilio_pair', 'Twilio', 'AC', '(?<secret>[a-f0-9]{32})\\b', {
    lead: 'AC[a-f0-9]{32}["\'`,;: \\t]{1,6}',
    body: 'armor',
    catches: [`${'AC'}${'0'.repeat(32)}", "${hex(32)}`],
  }),
  named('twilio_token', 'Twilio', 'twilio', '[a-f0-9]{32}'),
  format('sendgrid_key', 'SendGrid', 'SG\\.', '[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}', {
    passes: ['SG.your-key.your-secret-goes-here-instead-of-this-text'],
  }),
  format('mailgun_key', 'Mailgun', 'key-', '[a-f0-9]{32}\\b'),
  named('mailgun_token', 'Mailgun', 'mailgun', '[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}|pubkey-[a-f0-9]{32}'),
  named(
    'mailchimp_key',
    'Mailchimp',
    'mailchimp|mandrill|mc_api',
    '[a-f0-9]{32}-us[0-9]{1,2}|md-[A-Za-z0-9_-]{22}',
  ),
  format('brevo_key', 'Brevo', 'x(?:keysib|smtpsib)-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'),
  format('resend_key', 'Resend', 're_', '[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}\\b', {
    judge: (text) => /\d/.test(text) && /[A-Z]/.test(text),
  }),
  named('postmark_token', 'Postmark', 'postmark', UUID),
  named('sparkpost_key', 'SparkPost', 'sparkpost', '[a-f0-9]{40}'),
  named('mailjet_key', 'Mailjet', 'mailjet', '[a-f0-9]{32}'),
  format('klaviyo_key', 'Klaviyo', 'pk_', '[a-f0-9]{34}\\b'),
  format('clickup_token', 'ClickUp', 'pk_[0-9]{6,9}_', '[A-Z0-9]{32}'),
  named('intercom_token', 'Intercom', 'intercom', '[A-Za-z0-9=_]{60}'),
  named('zendesk_token', 'Zendesk', 'zendesk', '[A-Za-z0-9]{40}'),
  named('freshdesk_key', 'Freshdesk', 'freshdesk|freshservice', '[A-Za-z0-9]{20}'),
  format('hubspot_token', 'HubSpot', 'pat-(?:na|eu|ap)[0-9]-', UUID),
  named('hubspot_key', 'HubSpot', 'hubspot|hapikey', UUID),
  named('messagebird_key', 'MessageBird', 'messagebird', '[A-Za-z0-9]{25}'),
  named('vonage_secret', 'Vonage', 'vonage|nexmo', '[A-Za-z0-9]{16}'),
  named('plivo_token', 'Plivo', 'plivo', '[A-Za-z0-9]{40}'),
  named('sinch_secret', 'Sinch', 'sinch', '[A-Za-z0-9+/]{22}==|[a-f0-9]{32}'),
  named('zoom_secret', 'Zoom', 'zoom', '[A-Za-z0-9]{32}|[A-Za-z0-9]{22}'),
  named('mattermost_token', 'Mattermost', 'mattermost', '[a-z0-9]{26}'),
  named('gitter_token', 'Gitter', 'gitter', '[A-Za-z0-9_-]{40}'),
  named('pushbullet_token', 'Pushbullet', 'pushbullet', 'o\\.[A-Za-z0-9]{32}'),
  named('pushover_token', 'Pushover', 'pushover', '[A-Za-z0-9]{30}'),
  format('twitter_bearer_token', 'X (Twitter)', 'A{10}', '[A-Za-z0-9%]{60,120}', {
    catches: [`${'A'.repeat(22)}${base62(80)}`],
  }),
  named(
    'twitter_secret',
    'X (Twitter)',
    'twitter|consumer_secret|consumersecret',
    '[A-Za-z0-9]{50}|[A-Za-z0-9]{45}|[A-Za-z0-9]{25}|[0-9]{15,20}-[A-Za-z0-9]{20,40}',
  ),
  format('facebook_token', 'Facebook', '(?:EAA[A-Z]|IG[A-Z]{2,4})', '[A-Za-z0-9]{80,300}(?![\\w+/])', {
    catches: [`${'EAA'}C${base62(120)}`],
  }),
  named('facebook_secret', 'Facebook', 'facebook|fb_|meta_app', '[a-f0-9]{32}'),
  format('linkedin_token', 'LinkedIn', 'WPL_AP[01]\\.', '[A-Za-z0-9]{14,20}\\.[A-Za-z0-9+/]{6,12}={0,2}'),
  named('linkedin_secret', 'LinkedIn', 'linkedin', '[A-Za-z0-9]{16}'),
  named('twitch_secret', 'Twitch', 'twitch', '(?:oauth:)?[a-z0-9]{30}', { body: 'word' }),
  named('spotify_secret', 'Spotify', 'spotify', '[a-f0-9]{32}'),
  named('reddit_secret', 'Reddit', 'reddit', '[A-Za-z0-9_-]{27,30}'),
  named('youtube_key', 'YouTube', 'youtube', '[A-Za-z0-9_-]{35,39}'),
  named(
    'line_token',
    'LINE',
    'line_channel|line_bot|line_notify|line_access',
    '[A-Za-z0-9+/]{170,176}=?|[A-Za-z0-9]{43}|[a-f0-9]{32}',
  ),
];
