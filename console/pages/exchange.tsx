import { useEffect, useState } from 'preact/hooks';
import { getText, type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { count, dollars, moment, span } from '../base/format.ts';
import { Link, pathTo } from '../base/route.tsx';
import { Sealed } from '../content/sealed.tsx';
import type { Links } from '../incidents/incident.ts';
import { OpenIncident } from '../incidents/open.tsx';
import { Prove } from '../proof/prove.tsx';
import { Badge } from '../ui/badge.tsx';
import { Fact } from '../ui/fact.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { Listed } from './listed.ts';
import { type Entry, type Guard, type Step, wayOf } from './way.ts';

/** One request as it went down the data path, and the proof that what is said of it here is in the signed ledger. */
export function Exchange({ id, session }: { readonly id: string; readonly session: Session }) {
  const found = useData<Listed>(`/admin/v1/exchanges/${encodeURIComponent(id)}`);
  return (
    <Page
      title="Exchange"
      says={<code>{id}</code>}
      actions={
        <>
          <OpenIncident session={session} about={{ links: linksOf(id, found.data) }} />
          <Link to="exchanges">All exchanges</Link>
        </>
      }
    >
      <Show of={found}>
        {(exchange) => <Whole exchange={exchange} session={session} key={exchange.seq} />}
      </Show>
    </Page>
  );
}

/** What an incident about it is linked to. */
const linksOf = (id: string, exchange: Listed | undefined): Partial<Links> => ({
  exchanges: [id],
  ...(exchange?.caller && { callers: [exchange.caller] }),
  ...(exchange?.model && { models: [exchange.model] }),
});

interface Line {
  readonly text: string;
  readonly entry: Entry;
}

function Whole({ exchange, session }: { readonly exchange: Listed; readonly session: Session }) {
  const [lines, setLines] = useState<readonly [first: Line, last: Line]>();
  const [problem, setProblem] = useState('');
  const { began, seq } = exchange;
  useEffect(() => {
    const stopping = new AbortController();
    const line = async (number: number): Promise<Line> => {
      const text =
        (await getText(`/admin/v1/ledger/entries/${number}?count=1`, stopping.signal)).split('\n', 1)[0] ??
        '';
      return { text, entry: JSON.parse(text) as Entry };
    };
    Promise.all([line(began), line(seq)]).then(setLines, (error) => {
      if (!stopping.signal.aborted) setProblem(wordsOf(error));
    });
    return () => stopping.abort();
  }, [began, seq]);
  return (
    <>
      <dl class="facts">
        <Fact name="When" value={moment(exchange.time)} />
        <Fact name="Outcome" value={<Badge word={exchange.outcome} />} />
        {exchange.code !== '' && <Fact name="Code" value={<code>{exchange.code}</code>} />}
        <Fact
          name="Caller"
          value={
            <Link to={exchange.caller === '' ? 'callers' : `callers/${encodeURIComponent(exchange.caller)}`}>
              {exchange.name || 'nobody known'}
            </Link>
          }
        />
        <Fact
          name="Model"
          value={<Link to={pathTo('exchanges', { model: exchange.model })}>{exchange.model || '–'}</Link>}
        />
        {exchange.upstream !== '' && (
          <Fact
            name="Upstream"
            value={<Link to={pathTo('exchanges', { upstream: exchange.upstream })}>{exchange.upstream}</Link>}
          />
        )}
        <Fact name="Status" value={exchange.status} />
        <Fact name="Took" value={span(exchange.ms)} />
        <Fact name="Of it guards" value={span(exchange.guarding)} />
        <Fact name="Tokens" value={`${count(exchange.input)} in, ${count(exchange.output)} out`} />
        <Fact name="Cost" value={dollars(exchange.cost)} />
      </dl>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {lines && (
        <>
          <Way steps={wayOf(lines[0].entry, lines[1].entry)} />
          <Sealed
            request={exchange.id}
            kept={lines[1].entry.content}
            steps={wayOf(lines[0].entry, lines[1].entry)}
            session={session}
          />
        </>
      )}
      {lines?.map(({ text, entry }, at) =>
        at === 1 && entry.seq === lines[0].entry.seq ? null : (
          <section class="entry" key={entry.seq} aria-label={`Entry ${entry.seq}`}>
            <div class="table-head">
              <h2>
                Entry {entry.seq} <span class="quiet">{entry.kind}</span>
              </h2>
            </div>
            <Prove seq={entry.seq} entry={text} />
            <details>
              <summary>As it stands in the ledger</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1) */}
              <pre tabIndex={0}>{JSON.stringify(entry, null, 2)}</pre>
            </details>
          </section>
        ),
      )}
    </>
  );
}

function Way({ steps }: { readonly steps: readonly Step[] }) {
  const guards = steps.flatMap((step) => step.guards.map((guard) => ({ ...guard, step: step.name })));
  return (
    <>
      <section aria-labelledby="way">
        <h2 id="way">The way it went</h2>
        <ol class="way">
          {steps.map(({ name, state, facts, guards: posts }) => (
            <li key={name} class={state.replace(' ', '-')}>
              <b>{name}</b>
              <span class="state">{state}</span>
              {facts.map((fact) => (
                <span class="fact" key={fact}>
                  {fact}
                </span>
              ))}
              {posts.length > 0 && <span class="fact">{found(posts)}</span>}
            </li>
          ))}
        </ol>
      </section>
      <Table
        title="Guards"
        rows={guards}
        id={({ step, name }) => `${step} ${name}`}
        empty={<p>No guard was reached.</p>}
        columns={[
          { name: 'step', label: 'Where', value: ({ step }) => step },
          { name: 'guard', label: 'Guard', value: ({ name }) => name },
          {
            name: 'state',
            label: 'State',
            value: ({ state }) => state,
            shown: ({ state }) => <Badge word={state} />,
          },
          { name: 'texts', label: 'Texts', value: ({ texts }) => texts, number: true },
          {
            name: 'findings',
            label: 'Found',
            value: ({ findings }) =>
              findings.map(({ reason, path, start, end }) => `${reason} ${path}:${start}-${end}`).join('; '),
            shown: (guard) => <Findings guard={guard} />,
          },
        ]}
      />
    </>
  );
}

const found = (guards: readonly Guard[]): string => {
  const sum = guards.reduce((all, { findings, more }) => all + findings.length + more, 0);
  return `${guards.length} guards, ${sum} findings`;
};

function Findings({ guard: { findings, more, why } }: { readonly guard: Guard }) {
  if (findings.length === 0 && why.length === 0) return <span class="quiet">nothing</span>;
  return (
    <ul class="findings">
      {findings.map(({ reason, path, start, end, action }) => (
        <li key={`${path} ${start} ${reason}`}>
          <b>{reason}</b> at <code>{path}</code> {start}–{end}: {action}
        </li>
      ))}
      {more > 0 && <li>and {more} more</li>}
      {why.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
