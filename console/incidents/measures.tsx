import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { type Session, wordsOf } from '../base/api.ts';
import { moment } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import { Table } from '../ui/table.tsx';
import { Contain } from './contain.tsx';
import { type Change, type Incident, isHeld, type Names, type Taken } from './incident.ts';

interface Props {
  readonly incident: Incident;
  readonly names: Names;
  readonly session: Session;
  readonly change: Change;
}

/** What was done against it, and what can be. */
export function Measures({ incident, names, session, change }: Props) {
  const [containing, setContaining] = useState(false);
  const may = (action: string) => session.may?.includes(action) === true;
  const undo = ({ number, action }: Taken) =>
    change('undo', { measure: number }, `${action.replaceAll('_', ' ')} is undone.`).catch((error) =>
      announce(wordsOf(error)),
    );
  const target = ({ on }: Taken) =>
    Object.entries(on)
      .map(([name, value]) => `${name} ${name === 'caller' ? (names.get(value) ?? value) : value}`)
      .join(', ');
  return (
    <div class="card">
      <Table
        title="Measures"
        rows={incident.measures}
        id={({ number }) => String(number)}
        empty={
          <p>Nothing was done against it yet. A measure acts at once, in every process, and can be undone.</p>
        }
        columns={[
          {
            name: 'action',
            label: 'What',
            value: (taken) => `${taken.action} ${target(taken)}`,
            shown: (taken) => (
              <>
                <b>{taken.action.replaceAll('_', ' ')}</b>
                <span class="fact">{target(taken)}</span>
              </>
            ),
          },
          {
            name: 'state',
            label: 'State',
            value: ({ state }) => state,
            shown: (taken) => (
              <>
                <Badge word={taken.state} />
                <span class="fact quiet">{lasts(taken)}</span>
              </>
            ),
          },
          {
            name: 'time',
            label: 'When',
            value: ({ time }) => time,
            shown: ({ time, by }) => (
              <>
                {moment(time)}
                <span class="fact quiet">by {by.name}</span>
              </>
            ),
          },
          ...(may('incidents.undo')
            ? [
                {
                  name: 'number',
                  label: 'Act',
                  value: ({ number }: Taken) => number,
                  shown: (taken: Taken) =>
                    isHeld(taken) ? (
                      <button class="small" type="button" onClick={() => undo(taken)}>
                        Undo<span class="unseen"> {taken.action.replaceAll('_', ' ')}</span>
                      </button>
                    ) : null,
                },
              ]
            : []),
        ]}
      />
      {may('incidents.contain') && incident.state !== 'closed' && (
        <button class="main" type="button" onClick={() => setContaining(true)}>
          Contain …
        </button>
      )}
      {containing && (
        <Contain incident={incident} names={names} change={change} onClose={() => setContaining(false)} />
      )}
    </div>
  );
}

/** For how long it holds, or held. */
function lasts({ until, undone, expired, reversible }: Taken): string {
  if (undone !== null) return expired ? `its time was over ${moment(undone)}` : moment(undone);
  if (until !== null) return `until ${moment(until)}`;
  return reversible ? 'until it is undone' : 'for good';
}
