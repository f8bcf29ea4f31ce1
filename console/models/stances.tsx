import { announce } from '../base/announce.tsx';
import { post, type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { Link, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { Alarm } from './model.ts';

interface Props {
  readonly session: Session;
  /** Only these. */
  readonly caller?: string;
  readonly model?: string;
}

/** Whom monitors raised an alarm about, where they stand on the ladder, and what people decide about them. */
export function Stances({ session, caller = '', model = '' }: Props) {
  const found = useData<{ alarms: Alarm[] }>(pathTo('/admin/v1/alarms', { caller, model }));
  const may = session.may?.includes('alarms.write') === true;
  const decide = (alarm: Alarm, act: string, said: string) =>
    post(`/admin/v1/alarms/${encodeURIComponent(alarm.caller.id)}/${act}`, { model: alarm.model }).then(
      () => {
        announce(said);
        found.again();
      },
      (error) => announce(wordsOf(error)),
    );
  return (
    <Show of={found}>
      {({ alarms }) => (
        <Table
          title="Alarms and the ladder"
          rows={alarms}
          id={(alarm) => `${alarm.model} ${alarm.caller.id}`}
          empty={
            <p>
              No monitor raised an alarm. Whom one is about climbs the ladder of the policy, and is listed
              here until they are forgotten or cleared.
            </p>
          }
          columns={[
            {
              name: 'caller',
              label: 'Caller',
              value: (alarm) => alarm.caller.name || alarm.caller.id,
              shown: (alarm) => (
                <Link to={`callers/${encodeURIComponent(alarm.caller.id)}`}>
                  {alarm.caller.name || alarm.caller.id}
                </Link>
              ),
            },
            { name: 'model', label: 'Model', value: (alarm) => alarm.model },
            {
              name: 'stance',
              label: 'Is answered by',
              value: ({ stance }) => stance,
              shown: ({ stance, held }) => (
                <>
                  <Badge word={stance} />
                  {held && <span class="fact">put there by a person</span>}
                </>
              ),
            },
            { name: 'waits_for', label: 'Waits for', value: ({ waits_for: rung }) => rung ?? '' },
            { name: 'alarms', label: 'Alarms', value: (alarm) => alarm.alarms, number: true },
            { name: 'strange', label: 'Strange since', value: ({ strange }) => strange, number: true },
            {
              name: 'latest',
              label: 'Newest',
              value: ({ latest }) => latest?.monitor ?? '',
              shown: ({ latest }) =>
                latest === null ? (
                  ''
                ) : (
                  <>
                    {latest.monitor}
                    <span class="fact quiet">{moment(latest.time)}</span>
                  </>
                ),
            },
            ...(may
              ? [
                  {
                    name: 'id',
                    label: 'Act',
                    value: (alarm: Alarm) => alarm.caller.id,
                    shown: (alarm: Alarm) => (
                      <div class="acts">
                        {alarm.waits_for !== null && (
                          <button
                            class="small main"
                            type="button"
                            onClick={() =>
                              decide(alarm, 'approve', `${alarm.caller.name} comes to ${alarm.waits_for}.`)
                            }
                          >
                            Approve {alarm.waits_for}
                            <span class="unseen"> of {alarm.caller.name}</span>
                          </button>
                        )}
                        <button
                          class="small"
                          type="button"
                          onClick={() => decide(alarm, 'raise', `${alarm.caller.name} is a rung higher.`)}
                        >
                          Raise<span class="unseen"> {alarm.caller.name}</span>
                        </button>
                        <button
                          class="small"
                          type="button"
                          onClick={() =>
                            decide(alarm, 'clear', `Nothing stands against ${alarm.caller.name} any more.`)
                          }
                        >
                          Clear<span class="unseen"> {alarm.caller.name}</span>
                        </button>
                      </div>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Show>
  );
}
