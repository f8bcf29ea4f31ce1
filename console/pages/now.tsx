import { useEffect, useRef, useState } from 'preact/hooks';
import { useData } from '../base/data.ts';
import { LIVE_STATES, useEvents } from '../base/events.ts';
import { clock, count, dollars, percent, span } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Chart } from '../ui/chart.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { EXCHANGE_COLUMNS, OUTCOMES } from './exchanges.tsx';
import type { PageProps } from './index.tsx';
import { type Group, type LiveEvent, Minute, type Second } from './minute.ts';
import { pointsOf, type Traffic } from './traffic.ts';

const RANGES = {
  live: 'the last minute',
  '1h': 'an hour',
  '6h': '6 hours',
  '24h': 'a day',
  '7d': 'a week',
} as const;
type Range = keyof typeof RANGES;

const isRange = (word: string): word is Range => word in RANGES;

/** A minute of life on one screen, or longer; the range stands in the address. */
export function Now({ place: { query } }: PageProps) {
  const asked = query.get('range') ?? 'live';
  const range: Range = isRange(asked) ? asked : 'live';
  return (
    <Page
      title="Now"
      actions={
        <label class="range">
          Show{' '}
          <select
            data-filter
            value={range}
            onChange={(event) => {
              const { value } = event.currentTarget;
              go(pathTo('', { range: value === 'live' ? '' : value }));
            }}
          >
            {Object.entries(RANGES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {range === 'live' ? <Live /> : <Past range={range} key={range} />}
    </Page>
  );
}

/** Milliseconds between pictures: events are gathered, and drawn in a frame of the browser's. */
const PICTURE = 500;

function Live() {
  const minute = useRef(new Minute());
  const [now, setNow] = useState(Date.now);
  const state = useEvents<LiveEvent>('/admin/v1/live', (event) => minute.current.add(event, Date.now()));
  const [still, setStill] = useState(false);
  const paused = useRef(false);
  paused.current = still;
  useEffect(() => {
    let frame = 0;
    const drawing = setInterval(() => {
      cancelAnimationFrame(frame);
      if (!paused.current) frame = requestAnimationFrame(() => setNow(Date.now()));
    }, PICTURE);
    return () => {
      clearInterval(drawing);
      cancelAnimationFrame(frame);
    };
  }, []);
  const seconds = minute.current.seconds(now);
  return (
    <>
      <div class="row">
        <span class="quiet" role="status">
          {LIVE_STATES[state]}
        </span>
        <button class="small" type="button" aria-pressed={still} onClick={() => setStill(!still)}>
          {still ? 'Go on' : 'Hold still'}
        </button>
      </div>
      <Figures seconds={seconds} length={60} latency={minute.current.latency(now)} since="1m" />
      <Charts seconds={seconds} per="a second" />
      <div class="pair">
        <Groups title="Models" of="model" rows={minute.current.models(now)} since="1h" />
        <Groups title="Callers" of="caller" rows={minute.current.callers(now)} since="1h" />
      </div>
      <Table
        title="Newest exchanges"
        columns={EXCHANGE_COLUMNS.filter(({ name }) => name !== 'upstream')}
        rows={minute.current.newest}
        id={({ seq }) => String(seq)}
        empty={
          <>
            <p>Nothing has come in this minute.</p>
            <p>
              Requests appear here as they end. Point a client at this gateway, with the key of a{' '}
              <Link to="callers">caller</Link>, or look at{' '}
              <Link to={pathTo('', { range: '24h' })}>the last day</Link>.
            </p>
          </>
        }
      />
    </>
  );
}

function Past({ range }: { readonly range: Exclude<Range, 'live'> }) {
  const by = range === '7d' ? 'hour' : 'minute';
  const traffic = useData<{ rows: Traffic[] }>(pathTo('/admin/v1/traffic', { by, since: range }));
  return (
    <Show of={traffic}>
      {({ rows }) => {
        const { points, models, latency } = pointsOf(rows, by);
        return (
          <>
            <Figures
              seconds={points}
              length={by === 'minute' ? points.length * 60 : points.length * 3600}
              latency={latency}
              since={range}
            />
            <Charts seconds={points} per={by === 'minute' ? 'a minute' : 'an hour'} />
            <Groups title="Models" of="model" rows={models} since={range} />
          </>
        );
      }}
    </Show>
  );
}

interface FiguresProps {
  readonly seconds: readonly Second[];
  /** Of all of them, in seconds. */
  readonly length: number;
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
  readonly since: string;
}

function Figures({ seconds, length, latency, since }: FiguresProps) {
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
            <Link to={pathTo('exchanges', { outcome, since })}>
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

function Charts({ seconds, per }: { readonly seconds: readonly Second[]; readonly per: string }) {
  const times = seconds.map(({ time }) => time);
  return (
    <>
      <div class="pair">
        <Chart
          title={`Requests ${per}`}
          times={times}
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
              shown: ({ time }) => clock(time * 1000),
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
}

const Groups = ({ title, of, rows, since }: GroupsProps) => (
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
        shown: ({ id, name }) => <Link to={pathTo('exchanges', { [of]: id, since })}>{name || 'none'}</Link>,
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
