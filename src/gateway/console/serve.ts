import type { Passage } from '../passage.ts';
import { CODINGS, type Coding, type ConsoleFile, consoleFiles, PAGE } from './files.ts';

/** Where hashed files are; every other path below `/console/` is the page. */
const ASSETS = '/console/a/';

/**
 * Nothing but the console's own script and style runs, it talks to nobody but this gateway, and no page may hold it in a frame.
 * Text cannot become markup either: Trusted Types (W3C) make `innerHTML` throw.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SAFE = {
  'content-security-policy': POLICY,
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** The name has a hash of what is in the file; the page names them, so it is asked for again each time. */
const FOREVER = 'public, max-age=31536000, immutable';
const EACH_TIME = 'no-cache';

/**
 * The console's files: the same for everybody, so they need no credential and leave no entry. All that they show comes from the
 * admin API. Nothing of them is on the control socket, where nobody signs in.
 * @returns true where the request was for one of them, and is answered now
 */
export function answerConsole({ ask, answer }: Passage): boolean {
  const { method, path, local } = ask;
  if (local || (method !== 'GET' && method !== 'HEAD')) return false;
  if (path !== '/console' && !path.startsWith('/console/')) return false;
  answer.add(SAFE);
  if (path === '/console') {
    answer.say(308, '', { location: '/console/' });
    return true;
  }
  const asset = path.startsWith(ASSETS);
  const file = consoleFiles().get(asset ? path.slice(ASSETS.length) : PAGE);
  if (file === undefined)
    answer.say(404, asset ? NO_FILE : NOT_BUILT, { 'content-type': 'text/plain; charset=utf-8' });
  else send({ ask, answer }, file, asset ? FOREVER : EACH_TIME);
  return true;
}

const NO_FILE = 'There is no such file.\n';
const NOT_BUILT = 'The console was not built. In a clone: npm run console\n';

function send({ ask, answer }: Pick<Passage, 'ask' | 'answer'>, file: ConsoleFile, keep: string): void {
  const { 'accept-encoding': accepted, 'if-none-match': known } = ask.req.headers;
  const coding = codingFor(accepted);
  // Each coding is a representation of its own (RFC 9110, section 8.8.1).
  const tag = `"${file.tag}-${coding}"`;
  const headers = {
    'cache-control': keep,
    etag: tag,
    vary: 'accept-encoding',
    'content-type': file.type,
    ...(coding !== 'identity' && { 'content-encoding': coding }),
  };
  if (known?.split(',').some((one) => one.trim() === tag) === true)
    answer.file(304, new Uint8Array(), headers);
  else answer.file(200, file.coded.get(coding) ?? new Uint8Array(), headers);
}

/** The smallest of those that the client takes; a coding with `q=0` it does not take (RFC 9110, section 12.5.3). */
export function codingFor(accepted: string | string[] | undefined): Coding {
  const taken = new Set(
    String(accepted ?? '')
      .split(',')
      .map((one) =>
        one
          .trim()
          .toLowerCase()
          .split(/\s*;\s*/),
      )
      .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ''))
      .map(([name]) => name),
  );
  return CODINGS.find((coding) => taken.has(coding)) ?? 'identity';
}
