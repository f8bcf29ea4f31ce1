import { generic } from './generic.ts';
import { entropy, makeup } from './real.ts';
import type { Hit, Rule } from './rule.ts';
import { base62, base64 } from './samples.ts';
import { isSecretValue } from './values.ts';

/** Bits per character that 32 letters and digits drawn at random have at least, but for one in some thousands. */
const MIN_ENTROPY = 4.2;

/** Names of what is random and public: digests, ids, coordinates of keys, pictures, addresses, positions in lists. */
const PUBLIC =
  /(?:(?:page|public|publishable|cache|csrf|xsrf|next|continuation|cursor|primary|partition)[\w-]*|hash|sha\d*|md5|integrity|digest|sum|print|etag|nonce|kid|jti|["'][nxye]|(?:^|[^a-z])id|uuid|guid|_id|Id|public|pub\w{0,8}|publishable|cert\w{0,10}|data|image|img|icon|font|src|href|ur[li]|path|class|cursor|page|next|version|commit|rev|ref|resolved|site-?key|address|anchor|state|challenge|marker|offset|body|content|payload|expected|signature|encoded|base64|ciphertext|encrypted|text|message|name)["'`\])]*\s{0,3}(?:[:=(,]|=>|:=|==)\s{0,3}\(?$/i;
const GIVEN = '(?:[=(,:]|=>)\\s{0,3}["\'`]';

/** Random text in quotes that is handed to something, with no word that says what it is. */
function drawnInCode({ secret, before, matched, at }: Hit): boolean {
  if (PUBLIC.test(before + matched.slice(0, at - 1))) return false;
  const { lower, upper, digits } = makeup(secret);
  return (
    Math.min(lower, upper, digits) > 2 &&
    lower + upper > digits &&
    entropy(secret) > MIN_ENTROPY &&
    (secret.match(/[/_-]/g)?.length ?? 0) < 5 &&
    isSecretValue(secret, 'quoted', 'key')
  );
}

/** What nothing but its letters tells. */
export const DRAWN: readonly Rule[] = [
  generic('generic_secret', {
    start: GIVEN,
    rest: '(?<secret>[A-Za-z0-9+/_-]{32,120}={0,2})["\'`]',
    body: 'base64',
    least: 32,
    judge: drawnInCode,
    catches: [`connect("${base64(40)}")`, `client = Client('${base62(44)}')`],
    passes: [`integrity: "${base64(43)}="`, `"kid": "${base62(43)}"`, `"n": "${base62(80)}"`],
  }),
];
