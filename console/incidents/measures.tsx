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
            value: ({ action }) => action,
            shown: ({ action }) => action.replaceAll('_', ' '),
          },
          { name: 'on', label: 'On', value: target },
          {
            name: 'state',
            label: 'State',
            value: ({ state }) => state,
            shown: ({ state, expired }) => (
              <>
                <Badge word={state} />
                {expired && <span class="fact">its time was over</span>}
              </>
            ),
          },
          { name: 'by', label: 'By', value: ({ by }) => by.name },
          { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
          {
            name: 'until',
            label: 'Until',
            value: ({ until }) => until,
            shown: ({ until, undone, reversible }) =>
              undone === null
                ? until === null
                  ? reversible
                    ? 'undone'
                    : 'for good'
                  : moment(until)
                : moment(undone),
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
