import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { RecoveryCodes } from '../people/enrol.tsx';
import { hasPasskeys, type Makes, makePasskey } from '../people/passkey.ts';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';

interface OwnSession {
  readonly id: string;
  readonly open: boolean;
  readonly factors: readonly string[];
  readonly network: string;
  readonly created: string;
  readonly seen: string;
  readonly expires: string;
}

interface Factor {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly created: string;
  readonly used: string | null;
  readonly left?: number;
}

const KINDS: Readonly<Record<string, string>> = {
  passphrase: 'Passphrase',
  totp: 'Authenticator app',
  recovery: 'Recovery codes',
  passkey: 'Passkey',
};

/** Second factors: the last of them cannot be taken away. */
const isSecond = ({ kind }: { readonly kind: string }): boolean => kind === 'passkey' || kind === 'totp';

/** What people see to for themselves: their factors and their sessions. */
export function Account({ session }: { readonly session: Session }) {
  const sessions = useData<{ sessions: OwnSession[]; current: string }>('/auth/v1/sessions');
  const factors = useData<{ factors: Factor[] }>('/auth/v1/factors');
  const [codes, setCodes] = useState<readonly string[]>();
  const [dialog, setDialog] = useState<'passkey' | 'passphrase'>();
  const act = (path: string, body: unknown, said: string) =>
    post(path, body).then(
      () => {
        announce(said);
        sessions.again();
        factors.again();
      },
      (error) => announce(wordsOf(error)),
    );
  const { person } = session;
  return (
    <Page
      title="Your account"
      says={`${person.name} (${person.login}), ${person.roles.join(', ') || 'no role'}`}
    >
      <Show of={factors}>
        {({ factors: own }) => (
          <Table
            title="Factors"
            rows={own}
            id={({ id }) => id}
            empty={<p>You have no factors here: somebody else vouches for you.</p>}
            columns={[
              { name: 'kind', label: 'Kind', value: ({ kind }) => KINDS[kind] ?? kind },
              {
                name: 'name',
                label: 'Name',
                value: ({ name, left }) => (left === undefined ? name : `${left} left`),
              },
              {
                name: 'created',
                label: 'Set',
                value: ({ created }) => created,
                shown: ({ created }) => moment(created),
              },
              {
                name: 'used',
                label: 'Last used',
                value: ({ used }) => used,
                shown: ({ used }) => moment(used),
              },
              {
                name: 'id',
                label: 'Act',
                value: ({ id }) => id,
                shown: ({ id, kind, name }) =>
                  isSecond({ kind }) && own.filter(isSecond).length > 1 ? (
                    <button
                      class="small"
                      type="button"
                      onClick={() => act('/auth/v1/factors/remove', { factor: id }, `${name} is removed.`)}
                    >
                      Remove<span class="unseen"> {name}</span>
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </Show>
      {person.source === 'local' && (
        <div class="row">
          {hasPasskeys() && (
            <button type="button" onClick={() => setDialog('passkey')}>
              Add a passkey
            </button>
          )}
          <button
            type="button"
            onClick={() =>
              post<{ recovery_codes: string[] }>('/auth/v1/recovery-codes').then(
                ({ recovery_codes: fresh }) => setCodes(fresh),
                (error) => announce(wordsOf(error)),
              )
            }
          >
            New recovery codes
          </button>
          <button type="button" onClick={() => setDialog('passphrase')}>
            Change passphrase
          </button>
        </div>
      )}
      <Show of={sessions}>
        {({ sessions: own, current }) => (
          <Table
            title="Sessions"
            rows={own.filter(({ open }) => open)}
            id={({ id }) => id}
            empty={<p>None is open.</p>}
            columns={[
              {
                name: 'session',
                label: 'Session',
                value: ({ id }) => id,
                shown: ({ id }) => (id === current ? <b>this one</b> : <code>{id}</code>),
              },
              { name: 'factors', label: 'Shown', value: ({ factors: shown }) => shown.join(', ') },
              { name: 'network', label: 'From', value: ({ network }) => network || 'this machine' },
              {
                name: 'seen',
                label: 'Last seen',
                value: ({ seen }) => seen,
                shown: ({ seen }) => moment(seen),
              },
              {
                name: 'expires',
                label: 'Ends',
                value: ({ expires }) => expires,
                shown: ({ expires }) => moment(expires),
              },
              {
                name: 'act',
                label: 'Act',
                value: ({ open }) => (open ? 'open' : 'ended'),
                shown: ({ id }) =>
                  id === current ? (
                    <Badge word="open" />
                  ) : (
                    <button
                      class="small"
                      type="button"
                      onClick={() => act('/auth/v1/sessions/end', { session: id }, 'The session has ended.')}
                    >
                      End<span class="unseen"> {id}</span>
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Show>
      {codes && (
        <Dialog title="New recovery codes" onClose={() => setCodes(undefined)}>
          <RecoveryCodes
            codes={codes}
            onKept={() => {
              setCodes(undefined);
              factors.again();
            }}
          />
        </Dialog>
      )}
      {dialog === 'passkey' && (
        <Dialog title="Add a passkey" onClose={() => setDialog(undefined)}>
          <Form
            send="Make it"
            onSend={async ({ name }) => {
              const { options } = await post<Makes>('/auth/v1/passkeys/begin');
              await post('/auth/v1/passkeys', { name, credential: await makePasskey(options) });
              setDialog(undefined);
              announce('The passkey is added.');
              factors.again();
            }}
          >
            <Field
              label="Name"
              name="name"
              hint="So that you know it again: the name of the device."
              required
              autofocus
            />
          </Form>
        </Dialog>
      )}
      {dialog === 'passphrase' && (
        <Dialog title="Change passphrase" onClose={() => setDialog(undefined)}>
          <Form
            send="Change it"
            onSend={async ({ passphrase, next }) => {
              await post('/auth/v1/passphrase', { passphrase, next });
              setDialog(undefined);
              announce('The passphrase is changed; all other sessions have ended.');
              sessions.again();
            }}
          >
            <Field
              label="Passphrase now"
              name="passphrase"
              type="password"
              autocomplete="current-password"
              required
              autofocus
            />
            <Field
              label="New passphrase"
              name="next"
              type="password"
              autocomplete="new-password"
              hint="12 characters or more."
              minlength={12}
              required
            />
          </Form>
        </Dialog>
      )}
    </Page>
  );
}
