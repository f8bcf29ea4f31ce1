import { useState } from 'preact/hooks';
import { post } from '../base/api.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Secret } from '../ui/secret.tsx';
import { given } from './given.ts';

/** Makes callers, or invitations by which they make themselves. What is shown then is shown once. */
export function Make({ again }: { readonly again: () => void }) {
  const [asking, setAsking] = useState<'make' | 'invite'>();
  const [secret, setSecret] = useState<{ readonly title: string; readonly text: string }>();
  const close = () => setAsking(undefined);
  const cancel = (
    <button type="button" onClick={close}>
      Cancel
    </button>
  );
  const made = (title: string, text: string) => {
    close();
    setSecret({ title, text });
    again();
  };
  return (
    <>
      <button type="button" onClick={() => setAsking('invite')}>
        Invite
      </button>
      <button class="main" type="button" onClick={() => setAsking('make')}>
        Make a caller
      </button>
      {asking === 'make' && (
        <Dialog title="Make a caller" onClose={close}>
          <Form
            send="Make it"
            more={cancel}
            onSend={async (values) => {
              const { key } = await post<{ key: string }>('/admin/v1/callers', given(values));
              made(`The key of ${values.name}`, key);
            }}
          >
            <Field label="Name" name="name" required autofocus />
            <Field label="Team" name="team" placeholder="default" />
            <Field label="Owner" name="owner" hint="Who answers for it." />
            <Field label="Roles" name="roles" placeholder="app" />
            <Field label="Key ends" name="expires" placeholder="never" hint="90d, or 2027-01-31" />
          </Form>
        </Dialog>
      )}
      {asking === 'invite' && (
        <Dialog title="Invite programs" onClose={close}>
          <Form
            send="Make the invitation"
            more={cancel}
            onSend={async (values) => {
              const { token } = await post<{ token: string }>('/admin/v1/invitations', given(values));
              made('The invitation', token);
            }}
          >
            <p>Whoever has the token makes themself a caller at /register.</p>
            <Field label="Team" name="team" placeholder="default" autofocus />
            <Field label="Roles" name="roles" placeholder="app" />
            <Field label="Good until" name="expires" hint="7d, or 2027-01-31" />
          </Form>
        </Dialog>
      )}
      {secret && <Secret {...secret} onKept={() => setSecret(undefined)} />}
    </>
  );
}
