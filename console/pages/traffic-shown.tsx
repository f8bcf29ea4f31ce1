import { clock, count, dollars, percent, span } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Chart } from '../ui/chart.tsx';
import { Table } from '../ui/table.tsx';
import { OUTCOMES } from './exchanges.tsx';
import type { Group, Second } from './minute.ts';

interface FiguresProps {
  readonly seconds: readonly Second[];
  /** Of all of them, in seconds. */
  readonly length: number;
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
  readonly since: string;
  readonly until?: string;
}

/** What all of it came to; each outcome leads to its exchanges. */
export function Figures({ seconds, length, latency, since, until = '' }: FiguresProps) {
  const sum = (of: (second: Second) => number) => seconds.reduce((all, second) => all + of(second), 0);
  const requests = sum((second) => second.requests);
  return (
    <dl class="figures">
      <div>
        <dt>Requests a second</dt>
        <dd>{count(length === 0 ? 0 : requests / length)}</dd>
      </div>
      {OUTCOMES.map((outcome) => (
        <div key={outcome}>
          <dt>{outcome}</dt>
          <dd>
            <Link to={pathTo('exchanges', { outcome, since, until })}>
              {count(sum(({ outcomes }) => outcomes[outcome] ?? 0))}
            </Link>
          </dd>
        </div>
      ))}
      <div>
        <dt>Latency p50</dt>
        <dd>{span(latency.p50)}</dd>
      </div>
      <div>
        <dt>Latency p95</dt>
        <dd>{span(latency.p95)}</dd>
      </div>
      <div>
        <dt>Of it guards</dt>
        <dd>
          {percent(
            shareOf(
              sum(({ guarding }) => guarding),
              sum(({ ms }) => ms),
            ),
          )}
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>{dollars(sum(({ cost }) => cost))}</dd>
      </div>
    </dl>
  );
}

/** Milliseconds that guards were at work for a request; null where there was none. */
const guarded = ({ guarding, requests }: Second): number | null =>
  requests === 0 ? null : guarding / requests;

/** Null where nothing took any time. */
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

interface ChartsProps {
  readonly seconds: readonly Second[];
  readonly per: string;
  /** Between which seconds the exchanges of a point lie. */
  readonly around: (time: number) => readonly [since: number, until: number];
}

/** Requests and latency over time; a point, or its row in the table, leads to its exchanges. */
export function Charts({ seconds, per, around }: ChartsProps) {
  const times = seconds.map(({ time }) => time);
  const exchangesAt = (time: number): string => {
    const [since = '', until = ''] = around(time).map((at) => new Date(at * 1000).toISOString());
    return pathTo('exchanges', { since, until });
  };
  const pick = (time: number) => go(exchangesAt(time));
  return (
    <>
      <div class="pair">
        <Chart
          title={`Requests ${per}`}
          times={times}
          onPick={pick}
          format={count}
          lines={OUTCOMES.map((outcome) => ({
            label: outcome,
            colour: outcome,
            values: seconds.map(({ outcomes }) => outcomes[outcome] ?? 0),
          }))}
        />
        <Chart
          title="Latency"
          times={times}
          onPick={pick}
          format={span}
          lines={[
            { label: 'p50', colour: 'p50', values: seconds.map(({ p50 }) => p50) },
            { label: 'p95', colour: 'p95', values: seconds.map(({ p95 }) => p95) },
            { label: 'guards, mean', colour: 'guards', values: seconds.map(guarded) },
          ]}
        />
      </div>
      <details>
        <summary>The numbers of these charts</summary>
        <Table
          title={`Traffic ${per}`}
          rows={seconds.filter(({ requests }) => requests > 0)}
          id={({ time }) => String(time)}
          empty={<p>Nothing came in this time.</p>}
          columns={[
            {
              name: 'time',
              label: 'When',
              value: ({ time }) => new Date(time * 1000).toISOString(),
              shown: ({ time }) => <Link to={exchangesAt(time)}>{clock(time * 1000)}</Link>,
            },
            { name: 'requests', label: 'Requests', value: ({ requests }) => requests, number: true },
            ...OUTCOMES.map((outcome) => ({
              name: outcome,
              label: outcome,
              value: ({ outcomes }: Second) => outcomes[outcome] ?? 0,
              number: true as const,
            })),
            {
              name: 'p50',
              label: 'p50',
              value: ({ p50 }) => p50,
              shown: ({ p50 }) => span(p50),
              number: true,
            },
            {
              name: 'p95',
              label: 'p95',
              value: ({ p95 }) => p95,
              shown: ({ p95 }) => span(p95),
              number: true,
            },
            {
              name: 'guarding',
              label: 'Guards, mean',
              value: guarded,
              shown: (second) => span(guarded(second)),
              number: true,
            },
            {
              name: 'cost',
              label: 'Cost',
              value: ({ cost }) => cost,
              shown: ({ cost }) => dollars(cost),
              number: true,
            },
          ]}
        />
      </details>
    </>
  );
}

interface GroupsProps {
  readonly title: string;
  readonly of: 'model' | 'caller';
  readonly rows: readonly Group[];
  readonly since: string;
  readonly until?: string;
}

/** Those with the most requests. */
export const Groups = ({ title, of, rows, since, until = '' }: GroupsProps) => (
  <Table
    title={title}
    rows={rows}
    id={({ id }) => id}
    empty={<p>{title} appear here when they are asked or ask.</p>}
    columns={[
      {
        name: of,
        label: title,
        value: ({ name }) => name || 'none',
        shown: ({ id, name }) => (
          <Link to={pathTo('exchanges', { [of]: id, since, until })}>{name || 'none'}</Link>
        ),
      },
      { name: 'requests', label: 'Requests', value: ({ requests }) => requests, number: true },
      { name: 'stopped', label: 'Not completed', value: ({ stopped }) => stopped, number: true },
      {
        name: 'cost',
        label: 'Cost',
        value: ({ cost }) => cost,
        shown: ({ cost }) => dollars(cost),
        number: true,
      },
    ]}
  />
);
