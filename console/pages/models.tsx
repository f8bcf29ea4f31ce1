import { useData } from '../base/data.ts';
import { count, moment } from '../base/format.ts';
import { Link } from '../base/route.tsx';
import { labelOf, type Model, type Prediction, percent } from '../models/model.ts';
import { Served } from '../models/served.tsx';
import { Stances } from '../models/stances.tsx';
import { Badge } from '../ui/badge.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';
import '../models/models.css';

/** Sealed models, and how far each is on its way into use; models that are served, and whom their monitors watch. */
export function Models({ session }: PageProps) {
  const found = useData<{ models: Model[] }>('/admin/v1/registry');
  const served = useData<{ predictions: Prediction[] }>('/admin/v1/predictions');
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
              {
                name: 'model',
                label: 'Model',
                value: labelOf,
                shown: (model) => (
                  <Link to={`models/${encodeURIComponent(labelOf(model))}`}>{labelOf(model)}</Link>
                ),
              },
              {
                name: 'state',
                label: 'State',
                value: ({ state }) => state,
                shown: ({ state }) => <Badge word={state} />,
              },
              {
                name: 'scanned',
                label: 'Scan',
                value: ({ scan }) => scan?.verdict ?? '',
                shown: ({ scan }) => (scan === null ? 'not scanned' : <Badge word={scan.verdict} />),
              },
              { name: 'signer', label: 'Signed by', value: ({ signer }) => signer ?? 'nobody' },
              {
                name: 'approvals',
                label: 'Approved by',
                value: ({ approvals }) => approvals.map(({ owner }) => owner).join(', ') || 'nobody',
              },
              {
                name: 'robustness',
                label: 'Left right by attacks',
                value: ({ robustness }) => robustness.at(-1)?.worst.at(-1)?.robust.share ?? null,
                shown: ({ robustness }) => leftOf(robustness.at(-1)),
                number: true,
              },
              {
                name: 'bytes',
                label: 'Bytes',
                value: ({ bytes }) => bytes,
                shown: ({ bytes }) => count(bytes),
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
      <Show of={served}>
        {({ predictions }) => (
          <>
            {predictions.length === 0 && (
              <div class="empty-state">
                <p>
                  No model that classifies or scores is served. One is named under <code>predictions</code> in
                  gatehouse.yaml, with its input contract.
                </p>
              </div>
            )}
            {predictions.map((prediction) => (
              <Served key={prediction.name} prediction={prediction} />
            ))}
          </>
        )}
      </Show>
      {session.may?.includes('alarms.read') && <Stances session={session} />}
    </Page>
  );
}

/** At the largest budget. */
function leftOf(report: Model['robustness'][number] | undefined): string {
  const worst = report?.worst.at(-1);
  return worst === undefined ? 'not measured' : `${percent(worst.robust.share)} at ${worst.epsilon}`;
}
