import { useState } from 'preact/hooks';
import { resolutionsFrom, STATES, type State } from '../../src/incidents/states.ts';
import { announce } from '../base/announce.tsx';
import { wordsOf } from '../base/api.ts';
import { moment } from '../base/format.ts';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Form } from '../ui/form.tsx';
import { type Change, type Incident, isHeld } from './incident.ts';

/** What each state means, and so what has to be true of it. */
const MEANS: Readonly<Record<State, string>> = {
  new: 'It was found.',
  triage: 'Somebody looks at it.',
  contained: 'It spreads no further. The first measure in force brings it here.',
  eradicated: 'Its cause is gone.',
  recovered: 'Everything is as it should be.',
  closed: 'Nothing is left to do, and no measure is in force.',
};

const ENDS: Readonly<Record<string, string>> = {
  resolved: 'Resolved: it was recovered',
  false_positive: 'False positive: there was nothing',
  duplicate: 'Duplicate: another incident is about it',
  accepted: 'Accepted: it stays as it is',
};

interface Props {
  readonly incident: Incident;
  /** Undefined: the person may only look. */
  readonly change: Change | undefined;
}

/** How far it has come, as steps; only where it may go from here can be gone to. */
export function Path({ incident, change }: Props) {
  const [closing, setClosing] = useState(false);
  const { state, next_states: next, reached, version } = incident;
  const held = incident.measures.filter(isHeld).length;
  const here = STATES.indexOf(state);
  const move = (to: State) => {
    if (to === 'closed') setClosing(true);
    else change?.('move', { to, version }, `It is ${to} now.`).catch((error) => announce(wordsOf(error)));
  };
  return (
    <section aria-labelledby="states">
      <h2 id="states" class="unseen">
        How far it is
      </h2>
      <ol class="states">
        {STATES.map((each, at) => (
          <li
            key={each}
            class={at === here ? 'now' : reached[each] !== undefined && at < here ? 'been' : 'ahead'}
            aria-current={at === here ? 'step' : undefined}
          >
            <b>{each}</b>
            <span class="means">{MEANS[each]}</span>
            {reached[each] !== undefined && <time dateTime={reached[each]}>{moment(reached[each])}</time>}
            {change && next.includes(each) && (
              <button
                class={at > here ? 'small main' : 'small'}
                type="button"
                disabled={each === 'closed' && held > 0}
                onClick={() => move(each)}
              >
                {at > here ? `Move to ${each}` : `Back to ${each}`}
              </button>
            )}
          </li>
        ))}
      </ol>
      {next.includes('closed') && held > 0 && (
        <p class="quiet">
          It cannot be closed while {held === 1 ? 'a measure is' : `${held} measures are`} in force: undo
          {held === 1 ? ' it' : ' them'} first.
        </p>
      )}
      {closing && (
        <Dialog title="Close the incident" onClose={() => setClosing(false)}>
          <Form
            send="Close it"
            more={
              <button type="button" onClick={() => setClosing(false)}>
                Cancel
              </button>
            }
            onSend={async ({ resolution }) => {
              await change?.('move', { to: 'closed', resolution, version }, 'It is closed.');
              setClosing(false);
            }}
          >
            <Choice
              label="What it came to"
              name="resolution"
              options={resolutionsFrom(state).map((word) => [word, ENDS[word] ?? word])}
            />
          </Form>
        </Dialog>
      )}
    </section>
  );
}
