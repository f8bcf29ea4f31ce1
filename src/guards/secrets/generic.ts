import { CONTROLS } from './define.ts';
import { FOREIGN, FOREIGN_START, isForeign } from './foreign.ts';
import { kindOf } from './names.ts';
import { isPassword } from './real.ts';
import { type Body, type Hit, RANK, type Rule } from './rule.ts';
import { base62, hex } from './samples.ts';
import { isPasswordValue, isSecretValue, judged, type Setting } from './values.ts';

/** Where a name that tells of a secret may begin; `names.ts` decides on the whole of it. Short ones stand by themselves. */
const STEMS =
  '(?:pass|pwd|pswd|psw|secret|token|key|auth|cred|bearer|salt|session|cookie|signature|hmac|jwt|csrf|license|mnemonic|kennwort|senha|contrase.a|clave|has.o|parola|wachtwoord|l.senord|salasana|adgangskode|heslo|sandi|mot de passe|mdp|cl. d.api|geheim|jeton|segreto|schl.ssel|chiave|(?:\\b|_)(?:pw|pin|psk|dsn|otp|sas|pat|sig|sid|sessid)\\b)';
const STARTS = `(?:${STEMS}|${FOREIGN_START})`;
const NAME = `(?:${STEMS}[\\w.-]{0,32}|${FOREIGN})`;
const CLOSE = '["\'`\\])*\\\\]{0,4}';
const SIGN = '(?:=>|:=|->|<-|={1,3}|\\?=|\\|\\|=|!=|::?=?|\\+=|%3D|：|—|–)';
const TYPED = ' ?: ?[A-Za-z&*?<>\\[\\], ]{2,28}=|\\[[0-9]{0,4}\\] ?=| string =';
const VERB =
  '\\s(?:is|was|are|to|as|equals|es|est|ist|lautet|jest|är|er|é|è|on|=|は|是|为|為)(?: now| set to| still| currently)?:?';
const FOR = "(?: (?:for|to|of|on|in|at|para|pour|für|de|del|per|di|voor|dla) [\\w .@'/-]{1,40})?";
const OPEN = '(?:[A-Za-z_.:&@]{0,20}\\(?)?\\\\{0,3}';

const quotedStart = (quote: string): string =>
  `${NAME}(?:${FOR}${CLOSE}(?:\\s{0,10}(?:${SIGN}|,|\\(|>|-)|${TYPED}|${VERB})?)\\s{0,8}${OPEN}${quote}`;
const BARE_START = `${NAME}(?:${FOR}${CLOSE}(?:\\s{0,10}(?:${SIGN}|(?:</key>\\s{0,12}<string)?>)|${TYPED}|${VERB}))[ \\t*]{0,8}`;

/** A value without quotes ends at a space, and without the sign of the sentence behind it. */
const BARE = `(?<secret>[^${CONTROLS}\\s"'<>\`\\\\;]{4,400}?)(?=[.,:)\\]}*]*(?:[\\s"'<>\`\\\\;]|$))`;
const IN_QUERY = `(?<=[?&][\\w.-]{1,40}=)(?<secret>[^${CONTROLS}\\s"'<>\`\\\\;&]{4,400})`;

/** The whole name: what stands before the match belongs to it, and a word before that (`api key`). */
function nameOf({ matched, at, before }: Hit): string {
  const own = /^[\p{L}\p{M}\w.-]+(?: de passe| d.api)?/iu.exec(matched.slice(0, at))?.[0] ?? '';
  return before.slice(beginOf(before, Math.max(0, before.length - FARTHEST))) + own;
}

/** A name is looked for so far before a match. */
const FARTHEST = 48;
const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
const isNaming = (code: number): boolean =>
  isLetter(code) || (code >= 48 && code <= 57) || code === 95 || code === 46 || code === 45;

/** Where the last name of a text begins, and the word before it. */
function beginOf(text: string, least: number): number {
  let at = text.length;
  while (at > least && isNaming(text.charCodeAt(at - 1))) at--;
  const name = at;
  if (text[name - 1] !== ' ') return name;
  for (at = name - 1; at > least && isLetter(text.charCodeAt(at - 1)); ) at--;
  return at < name - 1 ? at : name;
}

const settingOf = ({ matched, at }: Hit, quoted: boolean): Setting => {
  if (quoted) return 'quoted';
  return /[=:>|]|%3D|->|<-/.test(matched.slice(0, at)) ? 'bare' : 'prose';
};

/** Within the name of a resource `secret:` is a kind of one. */
const inResource = ({ before }: Hit): boolean => /\barn:[\w:/-]*$/.test(before);

function assigned(quoted: boolean): (hit: Hit) => boolean | string {
  return (hit) => {
    if (inResource(hit)) return false;
    const name = nameOf(hit);
    if (isForeign(name)) return isPasswordValue(hit.secret, settingOf(hit, quoted)) && 'generic_password';
    return judged(name, hit.secret, settingOf(hit, quoted)) ?? false;
  };
}

interface Spec {
  readonly start: string;
  /** All that stands before the secret, where `start` is only the beginning of it. */
  readonly lead?: string;
  readonly rest: string;
  readonly body: Body;
  /** Default: 4, as a password has. */
  readonly least?: number;
  readonly judge: Rule['judge'];
  readonly catches: readonly string[];
  readonly passes?: readonly string[];
}

export const generic = (
  id: string,
  { start, lead, rest, body, least = 4, judge, catches, passes = [] }: Spec,
): Rule => ({
  id,
  provider: 'any',
  start,
  ...(lead === undefined ? {} : { lead }),
  spares: true,
  atWord: false,
  ignoreCase: true,
  form: new RegExp(`${lead ?? start}${rest}`, 'yi'),
  body,
  least,
  reach: 620,
  rank: RANK.generic,
  judge,
  catches,
  passes,
});

const password = (value: string): boolean | string => isPasswordValue(value, 'bare') && 'generic_password';
const strong = (value: string): boolean =>
  isPasswordValue(value, 'prose') &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  value.length >= 7 &&
  !/^[\d.,:/-]+\w?$|^\d+(?:\.\d+)+/.test(value);

/** Flags and words after which a value follows with nothing between. */
const FLAG =
  /(?:^|[\s"'[,(])--?[\w-]*$|(?:^|\s)(?:set|setx|env|export|config set|arg|login \S+|echo)\s+[\w.-]*$/i;

function spaced(hit: Hit): boolean | string {
  const { before, secret } = hit;
  const name = nameOf(hit);
  const kind = kindOf(name);
  if (FLAG.test(before)) return judged(name, secret, 'bare') ?? false;
  if (kind === 'password') return strong(secret) && 'generic_password';
  return (
    kind !== undefined && isSecretValue(secret, 'prose', name) && /\d/.test(secret) && secret.length >= 20
  );
}

/** Which flag takes the password, and whether it follows the user's name. */
const TOOLS =
  /(?:^|[\s;|&"'`/(])(?:mysql\w*|mariadb\w*|sshpass|docker login|podman login|redis-cli|mongo\w*|psexec\w*|az|htpasswd|ldap\w+|smbclient|rpcclient|crackmapexec|evil-winrm|unrar|7za?|zip|rabbitmq\w*|sqlcmd|bcp|sqlplus|curl|wget|http|cqlsh|isql|impacket\S*|helm|oc|gpg|openssl|net|bcrypt|useradd|chpasswd|vncpasswd|sqoop|influx|clickhouse-client|mosquitto_\w+|plink|pscp|winrs|nxc)\b[^\n|;]*$/i;

function shortFlag({ before, matched, at, secret }: Hit): boolean | string {
  if (!TOOLS.test(before)) return false;
  const flag = matched.slice(0, at);
  if (/-(?:u|U)/.test(flag)) return false;
  return (
    isPassword(secret) && !/^\d{1,5}(?::\d+)?$/.test(secret) && !/^[-/.]/.test(secret) && password(secret)
  );
}

const userAndPassword = ({ secret, before }: Hit): boolean | string =>
  /(?:curl|wget|http|smbclient|rpcclient|plink)\b[^\n|;]*$/i.test(before) &&
  isPassword(secret) &&
  !/^[\d/]/.test(secret) &&
  'generic_password';

function scheme({ matched, secret, before, at }: Hit): boolean | string {
  const header = /authorization["']?\s{0,3}[:=,]?>?\s{0,3}["'`]?$/i.test(before);
  if (/^basic/i.test(matched.slice(0, at))) {
    const [user, ...rest] = Buffer.from(secret, 'base64').toString().split(':');
    const word = rest.join(':');
    return (
      /^[\x20-\x7e]+$/.test(word) && user !== undefined && /^[\x20-\x7e]*$/.test(user) && isPassword(word)
    );
  }
  const own = header || /^(?:bearer|ssws|geniekey)/i.test(matched);
  return own && isSecretValue(secret, header ? 'quoted' : 'bare', 'token');
}

/** How people announce the name of an account. */
const LOGIN =
  '(?:log ?in|sign ?in|credentials?|creds|account|user(?:name)?|usr|uid|anmelden|connexion|usuario|utilisateur|benutzer)';

export const GENERIC: readonly Rule[] = [
  generic('generic_password', {
    start: ':(?:543[0-9]|3306|\\*):',
    lead: ':(?:543[0-9]|3306|\\*):[\\w*-]{1,63}:[\\w*.-]{1,63}:',
    rest: BARE,
    body: 'address',
    judge: ({ secret }) => password(secret),
    catches: [`db.internal:5432:main:app:Winter${hex(5)}`],
    passes: ['listen 0.0.0.0:5432:main:web:tcp'],
  }),
  generic('generic_secret', {
    start: STARTS,
    lead: quotedStart('"'),
    rest: `(?<secret>[^${CONTROLS}"\\\\]{4,500})\\\\?"`,
    body: 'double',
    judge: assigned(true),
    catches: [
      `"client_secret": "${base62(40)}"`,
      `const authToken = "${base62(32)}"`,
      `SetEnv("API_KEY", "${hex(32)}")`,
    ],
    passes: [
      '"password": "Please enter your password"',
      'const token = "access_token"',
      '"public_key": "anything"',
    ],
  }),
  generic('generic_secret', {
    start: STARTS,
    lead: quotedStart("['`]"),
    rest: `(?<secret>[^${CONTROLS}'\`\\\\]{4,500})\\\\?['\`]`,
    body: 'single',
    judge: assigned(true),
    catches: [`SECRET_KEY = '${base62(50)}'`, `define('AUTH_KEY', '${base62(64)}');`],
    passes: ["password = 'changeme'", "token: '<your token>'"],
  }),
  generic('generic_secret', {
    start: STARTS,
    lead: BARE_START,
    rest: `(?:${IN_QUERY}|${BARE})`,
    body: 'address',
    judge: assigned(false),
    catches: [`SECRET_TOKEN=${base62(30)}`, `my API key is ${base62(24)}`, `x-api-key: ${base62(24)}`],
    passes: [
      'password: ${DB_PASSWORD}',
      'the token is expired',
      'password must contain 12 characters',
      'max_tokens=4096',
    ],
  }),
  generic('generic_secret', {
    start: STARTS,
    lead: `${NAME}["'<>/\\s,;:={}()|-]{1,40}(?:serializeas="string"|name>|key>|string>)?[>\\s<"'{]{0,16}(?:[\\n{]\\s{0,12}["']?type["']?\\s{0,10}[:=]\\s{0,3}["']?[a-z]{1,12}["']?,?\\s{1,12}["']?)?(?:default|string)?(?:value|val|default)["'>]?\\s{0,3}[:=>]{1,2}\\s{0,3}["']?`,
    rest: BARE,
    body: 'address',
    judge: assigned(true),
    catches: [`- name: API_TOKEN\n  value: "${base62(32)}"`, `<add key="ApiKey" value="${base62(32)}" />`],
  }),
  generic('generic_secret', {
    start: STARTS,
    lead: `(?:${STEMS}[\\w-]{0,24})[ \\t]{1,3}["']?`,
    rest: BARE,
    body: 'address',
    judge: spaced,
    catches: [`deploy --api-token ${base62(32)} now`],
    passes: ['the password should contain a digit', 'use the token bucket algorithm2 here'],
  }),
  generic('generic_secret', {
    start: '(?:bearer|basic|splunk|bot|ssws|geniekey|apikey|token)[ :]',
    lead: '(?:bearer|basic|splunk|bot|ssws|geniekey|apikey|token)[ :]{1,2}["\']?',
    rest: '(?<secret>[A-Za-z0-9_.~+/=-]{8,600})',
    body: 'address',
    judge: scheme,
    catches: [
      `Authorization: Bearer ${base62(36)}`,
      `curl -H 'Authorization: Basic ${Buffer.from(`bob:${base62(12)}`).toString('base64')}'`,
    ],
    passes: ['a bearer certificate', 'basic authentication'],
  }),
  generic('generic_password', {
    start: '\\s-{1,2}[pawb]',
    lead: '\\s-{1,2}(?:p|a|w|P|b)["\' ]{0,2}',
    rest: BARE,
    body: 'address',
    judge: shortFlag,
    catches: [`mysql -u root -p'Summer${hex(4)}!x'`, `sshpass -p Winter${hex(4)}# ssh bob@host`],
    passes: ['mkdir -p build/output2', 'docker run -p 8080:80 nginx'],
  }),
  generic('generic_password', {
    start: '\\s-(?:u|-user)',
    lead: '\\s-(?:u|U|-user) ?["\']?[\\w.@+-]{1,60}[:%]',
    rest: BARE,
    body: 'address',
    judge: userAndPassword,
    catches: [`curl -u bob:Summer${hex(4)} https://api.example.net`],
    passes: ['docker run -u 1000:1000 image'],
  }),
  generic('generic_password', {
    start: LOGIN,
    lead: `${LOGIN}(?: (?:with|as|is|are|using|to [\\w.-]{1,30}|for [\\w.-]{1,30})){0,2}["']?[ :=]{1,3}["'\`]?[\\w.@+\\\\-]{2,48}["'\`]? ?(?:[/:|,]|with|and|mit|y|et) ?(?:pass(?:word)?|pw|pwd)?[ :=]{0,3}["'\`]?`,
    rest: BARE,
    body: 'address',
    judge: ({ secret }) => strong(secret) && !/\/\d|^\d{2,5}\//.test(secret) && 'generic_password',
    catches: [`login with admin / Blue${hex(5)}%x`],
    passes: ['log in as root / admin', 'user agent: curl/8.5.0'],
  }),
  generic('generic_password', {
    start: '(?:log_?in|connect|credential|auth|sign_?in|add_?user|mysqli|pdo)',
    lead: '(?:log_?in|connect\\w{0,12}|credentials?|auth\\w{0,16}|sign_?in|add_?user|mysqli\\w{0,12}|pdo)[ =]{0,3}\\(?(?:[\\w.]{1,30}, ?){0,2}["\'][^"\'\\n]{1,60}["\'], ?["\'](?:[^"\'\\n]{1,40}["\'], ?["\'])?',
    rest: BARE,
    body: 'address',
    judge: ({ secret }) => strong(secret) && 'generic_password',
    catches: [`client.login("bob", "Winter${hex(5)}!")`],
  }),
  generic('generic_password', {
    start: '(?:identified |net use|securestring|snmp-server community)',
    lead: '(?:identified (?:with \\w{1,30} )?by|net user \\S{1,40}|net use [^\\n]{1,60}/user:\\S{1,40}|snmp-server community|securestring(?: -string)?)\\s{1,3}["\']?',
    rest: BARE,
    body: 'address',
    judge: ({ secret }) => password(secret),
    catches: [`CREATE USER bob IDENTIFIED BY 'Winter${hex(5)}'`],
  }),
];
