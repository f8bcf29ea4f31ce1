import { useState } from 'preact/hooks';
import { SEVERITIES } from '../../src/incidents/severity.ts';
import { post, type Session } from '../base/api.ts';
import { go } from '../base/route.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import type { Links } from './incident.ts';

/** What is known of it where it is opened. */
interface About {
  readonly title?: string | undefined;
  readonly severity?: string | undefined;
  readonly links?: Partial<Links> | undefined;
  readonly atlas?: readonly string[] | undefined;
  readonly owasp?: readonly string[] | undefined;
}

interface Props {
  readonly session: Session;
  readonly about?: About;
  readonly main?: true;
  readonly small?: true;
}

/** Opens an incident about what the page shows, and goes to it. Nothing, where the person may not. */
export function OpenIncident({ session, about = {}, main, small }: Props) {
  const [opening, setOpening] = useState(false);
  if (session.may?.includes('incidents.write') !== true) return null;
  const { title, severity = 'medium', links = {}, atlas = [], owasp = [] } = about;
  return (
    <>
      <button
        class={main ? 'main' : small ? 'small' : undefined}
        type="button"
        onClick={() => setOpening(true)}
      >
        Open an incident
      </button>
      {opening && (
        <Dialog title="Open an incident" onClose={() => setOpening(false)}>
          <Form
            send="Open it"
            more={
              <button type="button" onClick={() => setOpening(false)}>
                Cancel
              </button>
            }
            onSend={async (values) => {
              const { id } = await post<{ id: string }>('/admin/v1/incidents', {
                ...values,
                ...links,
                ...(atlas.length > 0 && { atlas }),
                ...(owasp.length > 0 && { owasp }),
              });
              setOpening(false);
              go(`incidents/${encodeURIComponent(id)}`);
            }}
          >
            <Field
              label="What happened"
              name="title"
              defaultValue={title}
              maxlength={200}
              hint="One line, without anything that nobody may read: it goes into the ledger."
              required
              autofocus
            />
            <Choice
              label="Severity"
              name="severity"
              value={severity}
              options={SEVERITIES.map((word) => [word, word])}
            />
          </Form>
        </Dialog>
      )}
    </>
  );
}
