import { Refusal } from '../base/refusal.ts';
import { watchRefusal } from './abuse/heed.ts';
import { administer, isAdminPath, problemJson } from './admin/admin.ts';
import type { Answer } from './answer.ts';
import { type Ask, checkEdge } from './ask.ts';
import { coached } from './coach.ts';
import { answerConsole } from './console/serve.ts';
import { answerCors } from './cors.ts';
import { answerHealth } from './health.ts';
import { enter, type Gate, leave } from './house.ts';
import { nameOf } from './log.ts';
import type { Passage } from './passage.ts';
import { pass } from './path.ts';
import { authenticate } from './people/authenticate.ts';
import { isAuthPath } from './people/paths.ts';
import { isPredictPath } from './predict/endpoint.ts';
import { oipRefusal } from './predict/refuse.ts';
import { outcomeOf, Record } from './record.ts';
import { REGISTER, register } from './register.ts';
import { watchEnd } from './report.ts';
import { accepted } from './review/pending.ts';

/** Who does administrative acts and signs people in: this process, or in a worker its primary. */
export type Administration = (passage: Passage) => Promise<void>;

const here: Administration = (passage) =>
  isAuthPath(passage.ask.path) ? authenticate(passage) : administer(passage);

/** One request from its first byte to its last: whatever happens inside is recorded before its answer ends. */
export async function handle(
  ask: Ask,
  answer: Answer,
  gate: Gate,
  administration: Administration = here,
): Promise<void> {
  const house = enter(gate);
  const { id, method, peer } = ask;
  const record = new Record(gate.ledger, gate.clock.tick, { id, method, peer, policy: house.policy.hash });
  const trace = gate.telemetry?.begin(ask.req.headers.traceparent);
  const passage: Passage = { ask, answer, gate, house, record, trace };
  watchEnd(passage);
  try {
    checkEdge(ask, house.edge);
    if (answerCors(passage) || answerHealth(passage) || answerConsole(passage)) return;
    if (gate.closing) throw new Refusal('shutting_down');
    if (gate.open > house.settings.limits.requests) throw new Refusal('overloaded', { retryAfter: 1 });
    if (ask.local || isAdminPath(ask.path) || isAuthPath(ask.path)) await administration(passage);
    else if (ask.path === REGISTER) await register(passage);
    else await pass(passage);
  } catch (error) {
    await refuse(passage, error);
  } finally {
    leave(gate, house);
  }
}

/** Records the refusal and says it in the client's dialect. If it cannot be recorded, that is what is said. */
async function refuse(passage: Passage, error: unknown): Promise<void> {
  const { ask, answer, gate, house, record } = passage;
  let refusal = error instanceof Refusal ? error : new Refusal('internal', { cause: error });
  if (refusal.code === 'internal')
    gate.log('error', 'a request failed', { id: ask.id, error: nameOf(error) });
  if (answer.gone) refusal = new Refusal('client_gone');
  watchRefusal(passage, refusal);
  try {
    if (record.closed || record.callerId !== undefined || gate.strangers.admit()) {
      await record.end(outcomeOf(refusal, answer.started), { code: refusal.code, status: refusal.status });
    } else {
      gate.metrics.refused(refusal.code);
    }
  } catch (cause) {
    refusal = new Refusal('ledger_unavailable', { cause });
  }
  if (answer.gone || answer.closed) return;
  if (answer.started) return answer.destroy();
  const dialect = house.routes.dialectFor(ask.path, ask.req.headers);
  const admin = ask.local || isAdminPath(ask.path) || isAuthPath(ask.path) || ask.path === REGISTER;
  const said = coached(refusal, house.policy.coaching, ask.req.headers['accept-language']);
  const { status, headers, body } =
    accepted(refusal) ??
    (admin
      ? problemJson(refusal, ask.id)
      : isPredictPath(ask.path)
        ? oipRefusal(said, ask.id)
        : dialect.refuse(said, ask.id));
  // A body that was not read to its end would be taken for the next request.
  answer.say(status, body, ask.req.complete ? headers : { ...headers, connection: 'close' });
}
