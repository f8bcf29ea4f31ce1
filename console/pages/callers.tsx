import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Acts, Switch } from '../callers/acts.tsx';
import type { Caller, Identity } from '../callers/caller.ts';
import { Keys } from '../callers/keys.tsx';
import { Make } from '../callers/make.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

type Known = Caller | Identity;

/** Programs, and the keys by which they are known; and those whom others vouch for. */
export function Callers({ session, place: { query } }: PageProps) {
  const callers = useData<{ callers: Caller[] }>('/admin/v1/callers');
  const identities = useData<{ identities: Identity[] }>('/admin/v1/identities');
  const filter = query.get('q') ?? '';
  const mayWrite = session.may?.includes('callers.write') === true;
  const fits = ({ id, name, team, roles }: Known) =>
    [id, name, team, ...roles].some((word) => word.toLowerCase().includes(filter.toLowerCase()));
  return (
    <Page
      title="Callers"
      says="Programs that may ask, and their keys. A key is shown once; here are only its marks."
      actions={mayWrite && <Make again={callers.again} />}
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
            rows={all.filter(fits)}
            id={({ id }) => id}
            empty={
              <p>
                No caller fits. Make one for each program: then each can be limited, and switched off, alone.
              </p>
            }
            columns={[
              ...columns<Caller>({ name: 'owner', label: 'Owner', value: ({ owner }) => owner }),
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
                      shown: (caller: Caller) => <Acts caller={caller} again={callers.again} />,
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Show>
      <Show of={identities}>
        {({ identities: all }) => (
          <Table
            title="Identities of issuers"
            rows={all.filter(fits)}
            id={({ id }) => id}
            empty={
              <p>
                Nobody came by a token of an issuer or by a certificate. Who does has no key here, and can be
                switched off all the same.
              </p>
            }
            columns={[
              ...columns<Identity>({
                name: 'source',
                label: 'Vouched for by',
                value: ({ source }) => source,
              }),
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
                      value: ({ id }: Identity) => id,
                      shown: (identity: Identity) => (
                        <Switch kind="identities" of={identity} again={identities.again} />
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Show>
    </Page>
  );
}

/** @param whose who answers for them, which each kind says in its own way */
const columns = <Row extends Known>(whose: Column<Row>): Column<Row>[] => [
  {
    name: 'name',
    label: 'Name',
    value: ({ name }) => name,
    shown: ({ id, name }) => <Link to={`callers/${encodeURIComponent(id)}`}>{name || id}</Link>,
  },
  { name: 'team', label: 'Team', value: ({ team }) => team },
  { name: 'roles', label: 'Roles', value: ({ roles }) => roles.join(', ') },
  whose,
  {
    name: 'state',
    label: 'State',
    value: ({ disabled }) => (disabled === null ? 'active' : 'disabled'),
    shown: ({ disabled }) => <Badge word={disabled === null ? 'active' : 'disabled'} />,
  },
];
