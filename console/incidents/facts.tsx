import { useState } from 'preact/hooks';
import { SEVERITIES } from '../../src/incidents/severity.ts';
import { announce } from '../base/announce.tsx';
import { wordsOf } from '../base/api.ts';
import { moment, span } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Fact } from '../ui/fact.tsx';
import { Field, Form } from '../ui/form.tsx';
import type { Change, Incident } from './incident.ts';

interface Props {
  readonly incident: Incident;
  /** How the person is called, who may take it. */
  readonly self: string;
  /** Undefined: the person may only look. */
  readonly change: Change | undefined;
}

/** What it is, who sees to it, and how long it took. */
export function Facts({ incident, self, change }: Props) {
  const [editing, setEditing] = useState(false);
  const {
    title,
    severity,
    owner,
    version,
    opened,
    origin,
    rule,
    drill,
    atlas,
    owasp,
    ms_to: took,
  } = incident;
  return (
    <>
      <div class="table-head">
        <h2 class="subject">{title}</h2>
        {drill !== null && <span class="tag">drill: {drill}</span>}
        <span class="grow" />
        {change && owner !== self && (
          <button
            type="button"
            onClick={() =>
              change('change', { owner: self, version }, 'It is yours now.').catch((error) =>
                announce(wordsOf(error)),
              )
            }
          >
            Take it
          </button>
        )}
        {change && (
          <button type="button" onClick={() => setEditing(true)}>
            Change …
          </button>
        )}
      </div>
      <dl class="facts">
        <Fact name="Severity" value={<Badge word={severity} />} />
        <Fact name="Owner" value={owner ?? 'nobody yet'} />
        <Fact name="Opened" value={moment(opened)} />
        <Fact name="From" value={rule === null ? origin : `the rule ${rule}`} />
        <Fact name="Noticed after" value={span(took.detect)} />
        <Fact name="Contained after" value={span(took.contain)} />
        <Fact name="Recovered after" value={span(took.recover)} />
        {atlas.length + owasp.length > 0 && (
          <Fact name="Techniques" value={<code>{[...atlas, ...owasp].join(', ')}</code>} />
        )}
      </dl>
      {editing && change && (
        <Dialog title="Change the incident" onClose={() => setEditing(false)}>
          <Form
            send="Change it"
            more={
              <button type="button" onClick={() => setEditing(false)}>
                Cancel
              </button>
            }
            onSend={async (values) => {
              const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
              await change('change', { ...Object.fromEntries(given), version }, 'It is changed.');
              setEditing(false);
            }}
          >
            <Field label="What happened" name="title" defaultValue={title} maxlength={200} required />
            <Choice
              label="Severity"
              name="severity"
              value={severity}
              options={SEVERITIES.map((word) => [word, word])}
            />
            <Field label="Owner" name="owner" defaultValue={owner ?? self} maxlength={200} />
          </Form>
        </Dialog>
      )}
    </>
  );
}
