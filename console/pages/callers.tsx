import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Filters } from '../ui/filters.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Secret } from '../ui/secret.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Key {
  readonly id: string;
  readonly state: string;
  readonly expires: string | null;
}

interface Caller {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly created: string;
  readonly disabled: string | null;
  readonly keys: readonly Key[];
}

type Asking =
  | { readonly act: 'make' }
  | { readonly act: 'invite' }
  | { readonly act: 'rotate' | 'revoke'; readonly caller: Caller };

/** Programs, and the keys by which they are known. */
export function Callers({ session, place: { query } }: PageProps) {
  const callers = useData<{ callers: Caller[] }>('/admin/v1/callers');
  const [asking, setAsking] = useState<Asking>();
  const [secret, setSecret] = useState<{ readonly title: string; readonly text: string }>();
  const filter = query.get('q') ?? '';
  const mayWrite = session.may?.includes('callers.write') === true;
  const change = (caller: Caller, act: string, said: string) =>
    post(`/admin/v1/callers/${encodeURIComponent(caller.id)}/${act}`).then(
      () => {
        announce(said);
        callers.again();
      },
      (error) => announce(wordsOf(error)),
    );
  const made = (title: string, text: string) => {
    setAsking(undefined);
    setSecret({ title, text });
    callers.again();
  };
  return (
    <Page
      title="Callers"
      says="Programs that may ask, and their keys. A key is shown once; here are only its marks."
      actions={
        mayWrite && (
          <>
            <button type="button" onClick={() => setAsking({ act: 'invite' })}>
              Invite
            </button>
            <button class="main" type="button" onClick={() => setAsking({ act: 'make' })}>
              Make a caller
            </button>
          </>
        )
      }
    >
      <Filters
        fields={[{ name: 'q', label: 'Name, team or role' }]}
        values={{ q: filter }}
        onFilter={(values) => go(pathTo('callers', values))}
      />
      <Show of={callers}>
        {({ callers: all }) => (
          <Table
            title="Callers and keys"
            rows={all.filter(({ name, team, roles }) =>
              [name, team, ...roles].some((word) => word.includes(filter)),
            )}
            id={({ id }) => id}
            empty={
              <p>
                No caller fits. Make one for each program: then each can be limited, and switched off, alone.
              </p>
            }
            columns={[
              {
                name: 'name',
                label: 'Name',
                value: ({ name }) => name,
                shown: ({ id, name }) => <Link to={pathTo('exchanges', { caller: id })}>{name}</Link>,
              },
              { name: 'team', label: 'Team', value: ({ team }) => team },
              { name: 'roles', label: 'Roles', value: ({ roles }) => roles.join(', ') },
              { name: 'owner', label: 'Owner', value: ({ owner }) => owner },
              {
                name: 'state',
                label: 'State',
                value: ({ disabled }) => (disabled === null ? 'active' : 'disabled'),
                shown: ({ disabled }) => <Badge word={disabled === null ? 'active' : 'disabled'} />,
              },
              {
                name: 'keys',
                label: 'Keys',
                value: ({ keys }) => keys.map(({ id, state }) => `${id} ${state}`).join('; '),
                shown: ({ keys }) => <Keys keys={keys} />,
              },
              ...(mayWrite
                ? [
                    {
                      name: 'id',
                      label: 'Act',
                      value: ({ id }: Caller) => id,
                      shown: (caller: Caller) => (
                        <div class="acts">
                          <Act name="Rotate" of={caller} onAct={() => setAsking({ act: 'rotate', caller })} />
                          <Act name="Revoke" of={caller} onAct={() => setAsking({ act: 'revoke', caller })} />
                          {caller.disabled === null ? (
                            <Act
                              name="Disable"
                              of={caller}
                              onAct={() => change(caller, 'disable', `${caller.name} is switched off.`)}
                            />
                          ) : (
                            <Act
                              name="Enable"
                              of={caller}
                              onAct={() => change(caller, 'enable', `${caller.name} is switched on.`)}
                            />
                          )}
                        </div>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Show>
      {asking && (
        <Ask asking={asking} onMade={made} onDone={callers.again} onClose={() => setAsking(undefined)} />
      )}
      {secret && <Secret {...secret} onKept={() => setSecret(undefined)} />}
    </Page>
  );
}

const Keys = ({ keys }: { readonly keys: readonly Key[] }) => (
  <ul class="findings">
    {keys.map(({ id, state, expires }) => (
      <li key={id}>
        <code>{id}</code> <Badge word={state} /> {expires !== null && `until ${moment(expires)}`}
      </li>
    ))}
  </ul>
);

const Act = ({
  name,
  of,
  onAct,
}: {
  readonly name: string;
  readonly of: Caller;
  readonly onAct: () => void;
}) => (
  <button class="small" type="button" onClick={onAct}>
    {name}
    <span class="unseen"> {of.name}</span>
  </button>
);

interface AskProps {
  readonly asking: Asking;
  readonly onMade: (title: string, text: string) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Fields that were left empty are not sent: then what the gateway does by itself holds. */
const given = (values: Readonly<Record<string, string>>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.trim() !== '')
      .map(([name, value]) => [
        name,
        name === 'roles' ? value.split(/[\s,]+/).filter((role) => role !== '') : value,
      ]),
  );

function Ask({ asking, onMade, onDone, onClose }: AskProps) {
  const cancel = (
    <button type="button" onClick={onClose}>
      Cancel
    </button>
  );
  if (asking.act === 'make')
    return (
      <Dialog title="Make a caller" onClose={onClose}>
        <Form
          send="Make it"
          more={cancel}
          onSend={async (values) => {
            const { key } = await post<{ key: string }>('/admin/v1/callers', given(values));
            onMade(`The key of ${values.name}`, key);
          }}
        >
          <Field label="Name" name="name" required autofocus />
          <Field label="Team" name="team" placeholder="default" />
          <Field label="Owner" name="owner" hint="Who answers for it." />
          <Field label="Roles" name="roles" placeholder="app" />
          <Field label="Key ends" name="expires" placeholder="never" hint="90d, or 2027-01-31" />
        </Form>
      </Dialog>
    );
  if (asking.act === 'invite')
    return (
      <Dialog title="Invite programs" onClose={onClose}>
        <Form
          send="Make the invitation"
          more={cancel}
          onSend={async (values) => {
            const { token } = await post<{ token: string }>('/admin/v1/invitations', given(values));
            onMade('The invitation', token);
          }}
        >
          <p>Whoever has the token makes themself a caller at /register.</p>
          <Field label="Team" name="team" placeholder="default" autofocus />
          <Field label="Roles" name="roles" placeholder="app" />
          <Field label="Good until" name="expires" hint="7d, or 2027-01-31" />
        </Form>
      </Dialog>
    );
  const { caller } = asking;
  const path = `/admin/v1/callers/${encodeURIComponent(caller.id)}/${asking.act}`;
  if (asking.act === 'rotate')
    return (
      <Dialog title={`A new key for ${caller.name}`} onClose={onClose}>
        <Form
          send="Make it"
          more={cancel}
          onSend={async (values) => {
            const { key } = await post<{ key: string }>(path, given(values));
            onMade(`The new key of ${caller.name}`, key);
          }}
        >
          <Field
            label="Old keys go on for"
            name="overlap"
            placeholder="24h"
            hint="0s ends them at once."
            autofocus
          />
          <Field label="New key ends" name="expires" placeholder="as the one before" />
        </Form>
      </Dialog>
    );
  return (
    <Dialog title={`Revoke all keys of ${caller.name}?`} onClose={onClose}>
      <Form
        send="Revoke them"
        more={cancel}
        onSend={async () => {
          await post(path);
          announce(`The keys of ${caller.name} are revoked.`);
          onDone();
          onClose();
        }}
      >
        <p>They end at once and for good. What is under way finishes.</p>
      </Form>
    </Dialog>
  );
}
