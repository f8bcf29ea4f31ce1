import { announce } from '../base/announce.tsx';
import { type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { Choice } from '../ui/choice.tsx';
import { Copy } from '../ui/copy.tsx';
import { Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import type { Change, Incident } from './incident.ts';

/** A playbook as far as it was followed (`GET …/playbook`). */
interface Followed {
  readonly name: string;
  readonly title: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly id: string;
    readonly text: string;
    readonly action: string | null;
    readonly done: boolean;
  }[];
  readonly checks: readonly {
    readonly rules: readonly string[];
    readonly quiet_ms: number;
    readonly last: string | null;
    readonly holds: boolean;
  }[];
  readonly messages: readonly { readonly to: string; readonly text: string }[];
}

interface Props {
  readonly incident: Incident;
  readonly session: Session;
  readonly change: Change;
}

/** What is to be done about incidents of its kind, and how much of it is done. */
export const Playbook = (props: Props) =>
  props.incident.playbook === null ? <NoPlaybook {...props} /> : <Follow {...props} />;

function Follow({ incident, session, change }: Props) {
  // Messages and checks are of the incident as it is now.
  const path = `/admin/v1/incidents/${encodeURIComponent(incident.id)}/playbook`;
  const found = useData<Followed>(path, incident.version);
  const may = (action: string) => session.may?.includes(action) === true && incident.state !== 'closed';
  const act = (what: string, body: object, said: string) =>
    change(what, body, said).catch((error) => announce(wordsOf(error)));
  return (
    <section class="card" aria-labelledby="playbook">
      <Show of={found}>
        {({ title, roles, steps, checks, messages }) => (
          <>
            <div class="table-head">
              <h2 id="playbook">Playbook: {title}</h2>
              <span class="quiet">
                {steps.filter(({ done }) => done).length} of {steps.length} done
              </span>
            </div>
            <dl class="duty">
              {Object.entries(roles).map(([role, who]) => (
                <div key={role}>
                  <dt>{role}</dt>
                  <dd>{who}</dd>
                </div>
              ))}
            </dl>
            <ol class="steps">
              {steps.map(({ id, text, action, done }) => (
                <li key={id} class={done ? 'done' : undefined}>
                  <label>
                    <input
                      type="checkbox"
                      checked={done}
                      disabled={!may('incidents.write')}
                      onChange={() =>
                        act(
                          'step',
                          { step: id, done: !done },
                          done ? `${id} is open again.` : `${id} is done.`,
                        )
                      }
                    />{' '}
                    {text}
                  </label>
                  {action !== null && may('incidents.contain') && (
                    <button
                      class="small"
                      type="button"
                      onClick={() => act('run', { step: id }, `${action.replaceAll('_', ' ')} is in force.`)}
                    >
                      Have it done: {action.replaceAll('_', ' ')}
                    </button>
                  )}
                </li>
              ))}
            </ol>
            {checks.length > 0 && (
              <>
                <h3>What must hold before it is over</h3>
                <ul class="checks">
                  {checks.map(({ rules, quiet_ms, last, holds }) => (
                    <li key={rules.join()}>
                      <span class={`badge ${holds ? 'good' : 'warn'}`}>{holds ? 'holds' : 'not yet'}</span>{' '}
                      <code>{rules.join(', ')}</code> quiet for {Math.round(quiet_ms / 3_600_000)} h; last{' '}
                      {last === null ? 'never' : moment(last)}
                    </li>
                  ))}
                </ul>
              </>
            )}
            {messages.length > 0 && (
              <>
                <h3>What is said to whom</h3>
                {messages.map(({ to, text }) => (
                  <details key={to}>
                    <summary>To {to}</summary>
                    <p class="message">{text}</p>
                    <Copy text={text} what={`the message to ${to}`} />
                  </details>
                ))}
              </>
            )}
          </>
        )}
      </Show>
    </section>
  );
}

function NoPlaybook({ session, change }: Props) {
  const all = useData<{ playbooks: { name: string; title: string }[] }>('/admin/v1/playbooks');
  return (
    <section class="card" aria-labelledby="playbook">
      <h2 id="playbook">Playbook</h2>
      <p class="quiet">
        None fits it by itself: it says who is on duty, what is done, and what is said to whom.
      </p>
      {session.may?.includes('incidents.write') && (
        <Show of={all}>
          {({ playbooks }) => (
            <Form
              send="Follow it"
              onSend={({ playbook }) => change('change', { playbook }, 'It has a playbook now.')}
            >
              <Choice
                label="Playbook"
                name="playbook"
                options={playbooks.map(({ name, title }) => [name, title])}
              />
            </Form>
          )}
        </Show>
      )}
    </section>
  );
}
