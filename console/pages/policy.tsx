import type { Session } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { Link, type Place } from '../base/route.tsx';
import { PolicyDraft } from '../policy/draft.tsx';
import { PolicyHistory } from '../policy/history.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';

interface Policy {
  readonly hash: string;
  readonly roles: readonly string[];
  readonly documents: readonly { readonly id: string; readonly effect: string }[];
  readonly guards: readonly {
    readonly name: string;
    readonly use: string;
    readonly action: Readonly<Record<string, string>>;
    readonly on_error: string;
    readonly budget_ms: number;
  }[];
  readonly quotas: readonly {
    readonly scope: string;
    readonly limits: readonly string[];
    readonly concurrency: number | null;
  }[];
  readonly budgets: readonly { readonly scope: string; readonly limits: readonly string[] }[];
}

interface Props {
  readonly place: Place;
  readonly session: Session;
}

const PARTS = [
  ['', 'In force'],
  ['edit', 'Edit'],
  ['history', 'History'],
] as const;

/** The policy: what is in force, a draft of the next one, and those that were. */
export function PolicyPage({ place, session }: Props) {
  const part = place.parts[1] ?? '';
  const may = new Set(session.may ?? []);
  return (
    <Page title="Policy" says="Who may do what, how much, and what is looked for in prompts and replies.">
      <nav class="row" aria-label="Parts of this page">
        {PARTS.map(([path, title]) => (
          <Link
            key={path}
            to={path === '' ? 'policy' : `policy/${path}`}
            {...(path === part && { 'aria-current': 'page' as const })}
          >
            {title}
          </Link>
        ))}
      </nav>
      {part === 'edit' ? (
        <PolicyDraft may={may} />
      ) : part === 'history' ? (
        <PolicyHistory may={may} />
      ) : (
        <InForce />
      )}
    </Page>
  );
}

function InForce() {
  const found = useData<Policy>('/admin/v1/policy');
  return (
    <Show of={found}>
      {({ hash, roles, documents, guards, quotas, budgets }) => (
        <>
          <dl class="facts">
            <div>
              <dt>Hash</dt>
              <dd>
                <code class="break">{hash}</code>
              </dd>
            </div>
            <div>
              <dt>Roles</dt>
              <dd>{roles.join(', ')}</dd>
            </div>
          </dl>
          <Table
            title="Guards"
            rows={guards}
            id={({ name }) => name}
            empty={<p>No guard is set: nothing is looked for in texts.</p>}
            columns={[
              { name: 'name', label: 'Guard', value: ({ name }) => name },
              { name: 'use', label: 'Kind', value: ({ use }) => use },
              {
                name: 'action',
                label: 'On a finding',
                value: ({ action }) =>
                  Object.entries(action)
                    .map(([where, what]) => `${where}: ${what}`)
                    .join(', '),
              },
              { name: 'on_error', label: 'Where it fails', value: ({ on_error: word }) => word },
              { name: 'budget', label: 'Time, ms', value: ({ budget_ms: ms }) => ms, number: true },
            ]}
          />
          <Table
            title="Limits"
            rows={[
              ...quotas.map(({ scope, limits, concurrency }) => ({
                scope,
                limit: [...limits, ...(concurrency === null ? [] : [`${concurrency} at once`])].join(', '),
              })),
              ...budgets.map(({ scope, limits }) => ({
                scope: `budget ${scope}`,
                limit: limits.join(', '),
              })),
            ]}
            id={({ scope, limit }) => `${scope} ${limit}`}
            empty={<p>No quota and no budget is set.</p>}
            columns={[
              { name: 'scope', label: 'Of', value: ({ scope }) => scope },
              { name: 'limit', label: 'Limit', value: ({ limit }) => limit },
            ]}
          />
          <Table
            title="Rules with conditions"
            rows={documents}
            id={({ id }) => id}
            empty={<p>None. Cedar documents say when, from where and what for.</p>}
            columns={[
              { name: 'id', label: 'Rule', value: ({ id }) => id },
              { name: 'effect', label: 'Effect', value: ({ effect }) => effect },
            ]}
          />
        </>
      )}
    </Show>
  );
}
