import Type from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { isPersonId } from '../../store/people.ts';
import { startDryRun } from '../policy/dry-run.ts';
import { FATES } from '../policy/tally.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { count, fields, orNull, since, sinceIn, Time, words } from './parameters.ts';
import { PolicyText } from './policies.ts';
import { mayUnseal } from './unsealing.ts';

const HOUR = 3_600_000;
/** The furthest that is looked back. */
const LONGEST = 7 * 24 * HOUR;

const Counts = Type.Object(Object.fromEntries(FATES.map((fate) => [fate, Type.Integer()])));
const Table = Type.Array(Type.Object({ name: Type.String() }, { additionalProperties: Type.Integer() }));

const DryRun = Type.Object(
  {
    id: Type.String(),
    policy: Type.String(),
    since: Time,
    until: Time,
    state: words(['running', 'done', 'cancelled', 'failed']),
    done: Type.Integer(),
    total: Type.Integer(),
    read: Type.Integer({ description: 'Exchanges of which sealed content was read' }),
    cut: Type.Boolean({ description: 'There were more; the newest were looked at' }),
    result: orNull(
      Type.Object({
        counts: Counts,
        unknown: Type.Record(Type.String(), Type.Integer()),
        by_guard: Table,
        by_caller: Table,
        by_model: Table,
        examples: Type.Record(
          Type.String(),
          Type.Array(
            Type.Object({
              id: Type.String(),
              time: Time,
              caller: Type.String(),
              model: Type.String(),
              was: Type.String(),
              by: orNull(Type.String()),
              why: orNull(Type.String()),
            }),
          ),
        ),
      }),
    ),
  },
  { $id: 'DryRun' },
);

const PATH = '/admin/v1/policy/dry-run';

/** What a policy would have done about what went through. */
export const dryRunEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: PATH,
    name: 'policy.dry_run',
    action: 'policy.try',
    // It may read what was sealed.
    changes: true,
    fresh: true,
    status: 202,
    summary: 'Begins a dry run of a policy against recent traffic; one at a time',
    body: fields({
      text: Type.Optional(PolicyText),
      version: Type.Optional(count(Number.MAX_SAFE_INTEGER)),
      since: Type.Optional(since({ default: '1h' })),
      content: Type.Optional(
        Type.Boolean({ default: true, description: 'Read sealed content, where you may and it is needed' }),
      ),
    }),
    answer: DryRun,
    act(call) {
      const { body, caller, gate } = call;
      const now = gate.clock.now();
      const from = sinceIn(body.since, now) ?? now - HOUR;
      if (from >= now || now - from > LONGEST)
        throw new Refusal('request_invalid', { field: '/since', hint: 'At most 7 days back.' });
      return startDryRun(gate, {
        policy: policyIn(call),
        since: from,
        until: now,
        person: caller.id,
        content: (team) => (body.content ?? true) && needsNobody(call) && mayUnseal(call, team),
      });
    },
  }),
  endpoint({
    method: 'GET',
    path: PATH,
    name: 'policy.dry_run_show',
    action: 'policy.try',
    changes: false,
    summary: 'How the last dry run stands, and what it came to',
    answer: DryRun,
    act: ({ gate }) => gate.dryRuns.get(),
  }),
  endpoint({
    method: 'POST',
    path: `${PATH}/cancel`,
    name: 'policy.dry_run_cancel',
    action: 'policy.try',
    changes: true,
    summary: 'Ends a dry run; what was judged so far stays',
    answer: DryRun,
    act: ({ gate }) => gate.dryRuns.cancel(),
  }),
];

function policyIn({ body, gate }: AdminCall<{ readonly text?: string; readonly version?: number }, unknown>) {
  if ((body.text === undefined) === (body.version === undefined))
    throw new Refusal('request_invalid', { hint: 'Give a text or a version.' });
  const source = body.version === undefined ? undefined : gate.store.policies.source(body.version);
  const text = source?.text ?? body.text ?? '';
  const { policy, flaws } = gate.drafts.check(text, source?.files);
  if (policy !== undefined) return policy;
  const [first] = flaws;
  const place = first && `${first.file}:${first.line}:${first.column} ${first.message}`;
  throw new Refusal('request_invalid', { field: '/text', hint: `The policy cannot be used: ${place}` });
}

/** As for reading one: who needs a second person for that has none for thousands. */
const needsNobody = ({ caller, gate, house }: AdminCall<unknown, unknown>): boolean =>
  gate.vault !== undefined && !(isPersonId(caller.id) && house.policy.twoPeople.has('content.read'));
