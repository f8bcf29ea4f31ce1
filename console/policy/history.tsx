import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { type Compared, Comparison } from './pieces.tsx';

interface Version {
  readonly version: number;
  readonly since: string;
  readonly hash: string;
  readonly origin: string;
  readonly person: string | null;
  readonly name: string | null;
  readonly reason: string | null;
  readonly restored: number | null;
  readonly kept: boolean;
  readonly running: boolean;
}

const PATH = '/admin/v1/policy/versions';

/** Every policy that was in force: what it was, and the way back. */
export function PolicyHistory({ may }: { readonly may: ReadonlySet<string> }) {
  const found = useData<{ readonly versions: readonly Version[] }>(`${PATH}?limit=200`);
  const [compared, setCompared] = useState<{ readonly version: number; readonly found: Compared }>();
  const [back, setBack] = useState<Version>();
  const [problem, setProblem] = useState('');
  const compare = (version: number) =>
    post<Compared>('/admin/v1/policy/diff', { from: version, to: 'running' }).then(
      (one) => setCompared({ version, found: one }),
      (error) => setProblem(wordsOf(error)),
    );
  return (
    <Show of={found}>
      {({ versions }) => (
        <>
          <Table
            title="Versions"
            rows={versions}
            id={({ version }) => String(version)}
            current={({ running }) => running}
            empty={<p>No policy is known yet. Each one that comes into force is listed here.</p>}
            columns={[
              { name: 'version', label: 'Version', value: ({ version }) => version, number: true },
              {
                name: 'since',
                label: 'Since',
                value: ({ since }) => since,
                shown: ({ since }) => moment(since),
              },
              {
                name: 'how',
                label: 'How',
                value: ({ origin, restored }) => (restored === null ? origin : `${origin} (${restored})`),
              },
              { name: 'name', label: 'By', value: ({ name }) => name },
              { name: 'reason', label: 'Why', value: ({ reason }) => reason },
              {
                name: 'hash',
                label: 'Hash',
                value: ({ hash }) => hash,
                shown: ({ hash }) => <code>{hash.slice(0, 12)}</code>,
              },
              {
                name: 'running',
                label: 'In force',
                value: ({ running }) => String(running),
                shown: (version) =>
                  version.running ? (
                    'now'
                  ) : (
                    <span class="row">
                      {version.kept && (
                        <button class="small" type="button" onClick={() => compare(version.version)}>
                          Compare<span class="unseen"> version {version.version}</span>
                        </button>
                      )}
                      {version.kept && may.has('policy.write') && (
                        <button class="small" type="button" onClick={() => setBack(version)}>
                          Bring back<span class="unseen"> version {version.version}</span>
                        </button>
                      )}
                    </span>
                  ),
              },
            ]}
          />
          {problem !== '' && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          {compared && (
            <Comparison names={[`Version ${compared.version}`, 'The one in force']} found={compared.found} />
          )}
          {back && (
            <Dialog title={`Bring back version ${back.version}`} onClose={() => setBack(undefined)}>
              <Form
                send="Bring back"
                more={
                  <button type="button" onClick={() => setBack(undefined)}>
                    Cancel
                  </button>
                }
                onSend={async ({ reason = '' }) => {
                  await post(`${PATH}/${back.version}/restore`, { reason });
                  announce(`Version ${back.version} is in force again.`);
                  setBack(undefined);
                  setCompared(undefined);
                  found.again();
                }}
              >
                <Field
                  label="Why"
                  name="reason"
                  hint="It stands in the ledger."
                  maxLength={200}
                  required
                  autofocus
                />
              </Form>
            </Dialog>
          )}
        </>
      )}
    </Show>
  );
}
