import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Filters } from '../ui/filters.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Secret } from '../ui/secret.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly source: string;
  readonly created: string;
  readonly disabled: string | null;
}

/** People who sign in, and what they may do by their roles. */
export function People({ session, place: { query } }: PageProps) {
  const people = useData<{ people: Person[] }>('/admin/v1/people');
  const [inviting, setInviting] = useState(false);
  const [changing, setChanging] = useState<Person>();
  const [link, setLink] = useState<{ readonly title: string; readonly text: string }>();
  const filter = query.get('q') ?? '';
  const mayWrite = session.may?.includes('people.write') === true;
  const act = (person: Person, what: string, said: string) =>
    post<{ link?: string }>(`/admin/v1/people/${encodeURIComponent(person.id)}/${what}`).then(
      ({ link: made }) => {
        if (made === undefined) announce(said);
        else setLink({ title: `The link for ${person.name}`, text: window.location.origin + made });
        people.again();
      },
      (error) => announce(wordsOf(error)),
    );
  return (
    <Page
      title="People"
      says="Who signs in. Factors are theirs alone to set, by a link that is good once."
      actions={
        mayWrite && (
          <button class="main" type="button" onClick={() => setInviting(true)}>
            Invite somebody
          </button>
        )
      }
    >
      <Filters
        fields={[{ name: 'q', label: 'Name, login or role' }]}
        values={{ q: filter }}
        onFilter={(values) => go(pathTo('people', values))}
      />
      <Show of={people}>
        {({ people: all }) => (
          <Table
            title="People"
            rows={all.filter(({ name, login, roles }) =>
              [name, login, ...roles].some((word) => word.includes(filter)),
            )}
            id={({ id }) => id}
            empty={
              <p>
                Nobody fits. Invite somebody: they choose a passphrase and a second factor behind the link.
              </p>
            }
            columns={[
              { name: 'name', label: 'Name', value: ({ name }) => name },
              { name: 'login', label: 'Login', value: ({ login }) => login },
              { name: 'team', label: 'Team', value: ({ team }) => team },
              { name: 'roles', label: 'Roles', value: ({ roles }) => roles.join(', ') },
              { name: 'source', label: 'Vouched for by', value: ({ source }) => source },
              {
                name: 'state',
                label: 'State',
                value: ({ disabled }) => (disabled === null ? 'active' : 'disabled'),
                shown: ({ disabled }) => <Badge word={disabled === null ? 'active' : 'disabled'} />,
              },
              {
                name: 'created',
                label: 'Since',
                value: ({ created }) => created,
                shown: ({ created }) => moment(created),
              },
              ...(mayWrite
                ? [
                    {
                      name: 'id',
                      label: 'Act',
                      value: ({ id }: Person) => id,
                      shown: (person: Person) => (
                        <div class="acts">
                          {ACTS.filter(({ on }) => on === (person.disabled === null)).map(
                            ({ what, title, said }) => (
                              <button
                                class="small"
                                type="button"
                                key={what}
                                onClick={() => act(person, what, `${person.name} ${said}`)}
                              >
                                {title}
                                <span class="unseen"> {person.name}</span>
                              </button>
                            ),
                          )}
                          <button class="small" type="button" onClick={() => setChanging(person)}>
                            Change<span class="unseen"> {person.name}</span>
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
      {inviting && (
        <Dialog title="Invite somebody" onClose={() => setInviting(false)}>
          <Form
            send="Make the link"
            onSend={async (values) => {
              const { link: made } = await post<{ link: string }>('/admin/v1/people', fieldsOf(values));
              setInviting(false);
              setLink({ title: `The link for ${values.name}`, text: window.location.origin + made });
              people.again();
            }}
          >
            <Field label="Name" name="name" required autofocus />
            <Field label="Login" name="login" hint="Made of the name where it is empty." />
            <Field label="Team" name="team" placeholder="default" />
            <Field label="Roles" name="roles" hint="admin, operator, developer, reviewer, auditor" required />
          </Form>
        </Dialog>
      )}
      {changing && (
        <Dialog title={`Change ${changing.name}`} onClose={() => setChanging(undefined)}>
          <Form
            send="Change"
            onSend={async (values) => {
              await post(`/admin/v1/people/${encodeURIComponent(changing.id)}/update`, fieldsOf(values));
              setChanging(undefined);
              announce(`${values.name} is changed.`);
              people.again();
            }}
          >
            <Field label="Name" name="name" defaultValue={changing.name} required autofocus />
            <Field label="Team" name="team" defaultValue={changing.team} required />
            <Field label="Roles" name="roles" defaultValue={changing.roles.join(', ')} />
          </Form>
        </Dialog>
      )}
      {link && <Secret {...link} onKept={() => setLink(undefined)} />}
    </Page>
  );
}

const ACTS = [
  { what: 'sign-out', title: 'Sign out', said: 'has no session any more.', on: true },
  { what: 'reset', title: 'Reset', said: 'has a new link.', on: true },
  { what: 'disable', title: 'Disable', said: 'is switched off.', on: true },
  { what: 'enable', title: 'Enable', said: 'is switched on.', on: false },
] as const;

const fieldsOf = ({ roles = '', ...values }: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== '')),
  roles: roles.split(/[\s,]+/).filter((role) => role !== ''),
});
