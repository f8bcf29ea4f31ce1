import http from 'node:http';
import { Refusal } from '../../base/refusal.ts';
import { ACTING, actingFor } from '../admin/acting.ts';
import { identifyAdministrator } from '../admin/admin.ts';
import type { Answer } from '../answer.ts';
import { readBody } from '../body.ts';
import type { Passage } from '../passage.ts';
import { ASKED_BY, ASKED_OVER } from '../people/authenticate.ts';
import { isAuthPath } from '../people/paths.ts';
import { CSRF } from '../people/session.ts';
import { readTags } from '../tags.ts';

/** Longest body of an administrative request, and longest answer, in bytes. */
const LONGEST_BODY = 1024 * 1024;
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Headers that are not passed on with what somebody signs in with: they are of the connection, or of the body. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers of an answer that are passed on. */
const ANSWERED = [
  'content-type',
  'x-request-id',
  'request-id',
  'retry-after',
  'www-authenticate',
  'set-cookie',
  'location',
  'cache-control',
  'clear-site-data',
  'content-security-policy',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-resource-policy',
];

/** Headers that an administrative act may depend on. */
const CARRIED = ['content-type', 'x-gatehouse-purpose', 'x-gatehouse-consent', 'x-gatehouse-subject'];

/**
 * Has an administrative act done by the primary process, which holds the ledger whole: here the caller is identified,
 * there they are authorized, and the act is done and recorded. A caller who is not known is refused and recorded here.
 */
export const relayOver =
  (socketPath: string) =>
  (passage: Passage): Promise<void> =>
    isAuthPath(passage.ask.path) ? relaySigningIn(passage, socketPath) : relayAct(passage, socketPath);

async function relayAct(passage: Passage, socketPath: string): Promise<void> {
  const { ask, answer } = passage;
  const caller = await identifyAdministrator(passage);
  const body = await bodyOf(passage);
  // What is there twice would arrive as one.
  readTags(ask.req.rawHeaders, [CSRF]);
  const headers: Record<string, string> = { host: 'localhost', [ACTING]: actingFor(caller, ask.peer) };
  for (const name of CARRIED) {
    const value = ask.req.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const path = ask.req.url ?? '';
  const {
    status,
    text,
    headers: said,
  } = await askPrimary({ socketPath, method: ask.method, path, headers }, body, answer);
  if (answer.started) return answer.end('');
  answer.say(status, text, said);
}

/** Signing in is counted, and its steps are kept, in one place: the primary is told all that the client said, and who said it. */
async function relaySigningIn(passage: Passage, socketPath: string): Promise<void> {
  const { ask, answer } = passage;
  const headers: http.OutgoingHttpHeaders = {
    [ASKED_BY]: ask.peer,
    [ASKED_OVER]: ask.secure ? 'https' : 'http',
  };
  for (const [name, value] of Object.entries(ask.req.headers))
    if (!OF_THE_CONNECTION.has(name) && (name === CSRF || !name.startsWith('x-gatehouse-')))
      headers[name] = value;
  const body = await bodyOf(passage);
  const {
    status,
    text,
    headers: said,
  } = await askPrimary({ socketPath, method: ask.method, path: ask.req.url ?? '', headers }, body, answer);
  answer.say(status, text, said);
}

/** Undefined: there is none. */
async function bodyOf(passage: Passage): Promise<Buffer | undefined> {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = passage.ask.req.headers;
  return length === '0' && coding === undefined ? undefined : readBody(passage, LONGEST_BODY);
}

/** Events are passed on as they come, until either side goes. */
function askPrimary(options: http.RequestOptions, body: Buffer | undefined, answer: Answer) {
  return new Promise<{ status: number; text: string; headers: Record<string, string | string[]> }>(
    (resolve, reject) => {
      const refuse = (cause?: unknown) => reject(new Refusal('internal', { cause }));
      const req = http.request(options, (res) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const events = res.headers['content-type']?.startsWith('text/event-stream') === true;
        res.on('data', (chunk: Buffer) => {
          if (events) {
            const slow = answer.tell(chunk.toString());
            if (slow === undefined) return;
            res.pause();
            slow.then(() => res.resume()).catch(() => res.destroy());
            return;
          }
          size += chunk.length;
          if (size > LONGEST_ANSWER) res.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        res.on('error', refuse);
        res.on('end', () => {
          const headers = ANSWERED.flatMap((name) => {
            const value = res.headers[name];
            return value === undefined ? [] : [[name, value]];
          });
          const text = Buffer.concat(chunks).toString();
          resolve({ status: res.statusCode ?? 500, text, headers: Object.fromEntries(headers) });
        });
      });
      answer.onGone(() => req.destroy());
      req.on('error', refuse);
      req.end(body);
    },
  );
}
