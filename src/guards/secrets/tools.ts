import { format, named, UUID } from './define.ts';
import type { Rule } from './rule.ts';
import { base62, base64, hex } from './samples.ts';

/** Services that teams buy one by one: files, forms, surveys, videos, data and their upkeep. */
export const TOOLS: readonly Rule[] = [
  format('apify_token', 'Apify', 'apify_api_', '[A-Za-z0-9]{34,40}\\b'),
  format('axiom_token', 'Axiom', 'xa(?:at|pt)-', UUID),
  format('canva_secret', 'Canva', 'cnvca', '[A-Za-z0-9_-]{51}'),
  format('deno_token', 'Deno Deploy', 'dd[pow]_', '[A-Za-z0-9]{36}\\b'),
  format('dependency_track_key', 'Dependency-Track', 'odt_', '[A-Za-z0-9]{32,64}\\b'),
  format('firebase_server_key', 'Firebase', 'AAAA[A-Za-z0-9_-]{7}:APA91b', '[A-Za-z0-9_-]{100,180}', {
    body: 'word',
    catches: [`${'AAAA'}${base62(7)}:${'APA91b'}${base62(134)}`],
  }),
  // Its form begins like any word: as a start, it would hold back the last word of every stream.
  named('maxmind_key', 'MaxMind', 'maxmind|geoip', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk'),
  format('octopus_key', 'Octopus Deploy', 'API-', '[A-Z0-9]{26,32}\\b'),
  format(
    'onfido_token',
    'Onfido',
    'api_(?:live|sandbox)(?:_[a-z]{2})?\\.',
    '[A-Za-z0-9_-]{11}\\.[A-Za-z0-9_-]{32}',
  ),
  format('rootly_key', 'Rootly', 'rootly_', '[a-f0-9]{64}'),
  format(
    'softlayer_key',
    'SoftLayer',
    'softlayer\\.com/',
    '(?:soap|rest|xmlrpc)/v[0-9.]{1,4}/(?<secret>[a-f0-9]{64})',
    {
      within: true,
      catches: [`https://api.${'softlayer'}.com/soap/v3/${hex(64)}`],
    },
  ),
  format('zoho_token', 'Zoho', '1000\\.', '[a-f0-9]{32}\\.[a-f0-9]{32}\\b'),
  named('airbrake_key', 'Airbrake', 'airbrake', '[a-f0-9]{32}|[a-f0-9]{40}'),
  named('cloudant_key', 'Cloudant', 'cloudant', '[a-f0-9]{64}|[a-z]{24}'),
  named('codacy_token', 'Codacy', 'codacy', '[A-Za-z0-9]{20}|[a-f0-9]{32}'),
  named('coveralls_token', 'Coveralls', 'coveralls', '[A-Za-z0-9]{33}'),
  named('freshbooks_secret', 'FreshBooks', 'freshbooks', '[a-f0-9]{64}'),
  named('gandi_key', 'Gandi', 'gandi', '[A-Za-z0-9]{24}|[a-f0-9]{40}'),
  named('ipstack_key', 'ipstack', 'ipstack', '[a-f0-9]{32}'),
  named('influxdb_token', 'InfluxDB', 'influx', '[A-Za-z0-9_-]{86}==', {
    catches: [`INFLUX_TOKEN=${base62(86)}==`],
  }),
  named('jumpcloud_key', 'JumpCloud', 'jumpcloud', '[a-f0-9]{40}|[A-Za-z0-9]{40}'),
  named('loggly_token', 'Loggly', 'loggly', UUID),
  named('looker_secret', 'Looker', 'looker', '[A-Za-z0-9]{24}'),
  named('optimizely_token', 'Optimizely', 'optimizely', '2:[A-Za-z0-9_-]{50,56}|[A-Za-z0-9-]{54}', {
    body: 'word',
    catches: [`optimizely_token = "${'2'}:${base62(54)}"`],
  }),
  named('smartsheet_token', 'Smartsheet', 'smartsheet', '[A-Za-z0-9]{37}|[a-z0-9]{26}'),
  named('speechmatics_key', 'Speechmatics', 'speechmatics', '[A-Za-z0-9]{32}'),
  named('statuspage_key', 'Statuspage', 'statuspage', UUID),
  named('tableau_token', 'Tableau', 'tableau', '[A-Za-z0-9+/]{22}==:[A-Za-z0-9]{32}', {
    body: 'word',
    catches: [`tableau_token = "${base64(22)}==:${base62(32)}"`],
  }),
  named('todoist_token', 'Todoist', 'todoist', '[a-f0-9]{40}'),
  named('unsplash_key', 'Unsplash', 'unsplash', '[A-Za-z0-9_-]{43}'),
  named('wistia_token', 'Wistia', 'wistia', '[a-f0-9]{64}'),
  named('zerotier_token', 'ZeroTier', 'zerotier', '[A-Za-z0-9]{32}'),
];
