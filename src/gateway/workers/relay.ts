import http from 'node:http';
import { Refusal } from '../../base/refusal.ts';
import { ACTING, actingFor } from '../admin/acting.ts';
import type { Answer } from '../answer.ts';
import { readBody } from '../body.ts';
import { identifyCaller } from '../identify.ts';
import type { Passage } from '../passage.ts';
import { readTags } from '../tags.ts';

/** Longest body of an administrative request, and longest answer, in bytes. */
const LONGEST_BODY = 1024 * 1024;
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Headers that an administrative act may depend on. */
const CARRIED = ['content-type', 'x-gatehouse-purpose', 'x-gatehouse-consent', 'x-gatehouse-subject'];

/**
 * Has an administrative act done by the primary process, which holds the ledger whole: here the caller is identified,
 * there they are authorized, and the act is done and recorded. A caller who is not known is refused and recorded here.
 */
export const relayOver =
  (socketPath: string) =>
  async (passage: Passage): Promise<void> => {
    const { ask, answer } = passage;
    const caller = await identifyCaller(passage);
    const { 'content-length': length = '0', 'transfer-encoding': coding } = ask.req.headers;
    const empty = length === '0' && coding === undefined;
    const body = empty ? undefined : await readBody(passage, LONGEST_BODY);
    // What is there twice would arrive as one.
    readTags(ask.req.rawHeaders);
    const headers: Record<string, string> = { host: 'localhost', [ACTING]: actingFor(caller, ask.peer) };
    for (const name of CARRIED) {
      const value = ask.req.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const path = ask.req.url ?? '';
    const { status, text, type, id } = await askPrimary(
      { socketPath, method: ask.method, path, headers },
      body,
      answer,
    );
    if (answer.started) return answer.end('');
    answer.say(status, text, { 'content-type': type, 'x-request-id': id, 'request-id': id });
  };

/** Events are passed on as they come, until either side goes. */
function askPrimary(options: http.RequestOptions, body: Buffer | undefined, answer: Answer) {
  return new Promise<{ status: number; text: string; type: string; id: string }>((resolve, reject) => {
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
        const header = (name: string) => String(res.headers[name] ?? '');
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: res.statusCode ?? 500,
          text,
          type: header('content-type'),
          id: header('x-request-id'),
        });
      });
    });
    answer.onGone(() => req.destroy());
    req.on('error', refuse);
    req.end(body);
  });
}
