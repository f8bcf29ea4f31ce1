import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';

interface Model {
  readonly id: string;
  readonly name: string;
  readonly version?: number | string;
  readonly state?: string;
  readonly signer?: string | null;
  readonly scan?: { readonly verdict?: string; readonly version?: string; readonly time?: string } | null;
  readonly approvals: readonly object[];
  readonly created: string;
  readonly revoked: string | null;
}

/** Sealed models, and how far each is on its way into use. */
export function Models() {
  const found = useData<{ models: Model[] }>('/admin/v1/registry');
  return (
    <Page
      title="Models"
      says="Models that are held sealed: scanned, signed, approved by people, and checked when used."
    >
      <Show of={found}>
        {({ models }) => (
          <Table
            title="Models"
            rows={models}
            id={({ id }) => id}
            empty={
              <p>
                None is sealed here. <code>gatehouse models add</code> scans one, seals it, and puts it into
                the registry.
              </p>
            }
            columns={[
              { name: 'id', label: 'Model', value: ({ id }) => id },
              {
                name: 'state',
                label: 'State',
                value: ({ state, revoked }) => (revoked === null ? (state ?? '') : 'revoked'),
                shown: ({ state, revoked }) => <Badge word={revoked === null ? (state ?? '–') : 'revoked'} />,
              },
              {
                name: 'scanned',
                label: 'Scanned',
                value: ({ scan }) => scan?.time ?? null,
                shown: ({ scan }) => moment(scan?.time),
              },
              {
                name: 'signer',
                label: 'Signed by',
                value: ({ signer }) => (signer === null || signer === undefined ? '' : String(signer)),
              },
              {
                name: 'approvals',
                label: 'Approvals',
                value: ({ approvals }) => approvals.length,
                number: true,
              },
              {
                name: 'created',
                label: 'Since',
                value: ({ created }) => created,
                shown: ({ created }) => moment(created),
              },
            ]}
          />
        )}
      </Show>
    </Page>
  );
}
