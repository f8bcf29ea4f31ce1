import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { LIVE_STATES, useEvents } from '../base/events.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { EXCHANGE_COLUMNS } from './exchanges.tsx';
import type { PageProps } from './index.tsx';
import { type LiveEvent, Minute } from './minute.ts';
import { groupsOf, hasMinutes, pointsOf, type Traffic } from './traffic.ts';
import { Charts, Figures, Groups } from './traffic-shown.tsx';

const RANGES = {
  live: 'the last minute',
  '1h': 'an hour',
  '6h': '6 hours',
  '24h': 'a day',
  '7d': 'a week',
} as const;
type Range = keyof typeof RANGES;

const isRange = (word: string): word is Range => Object.hasOwn(RANGES, word);

/** A minute of life on one screen, or longer; the range stands in the address. */
export function Now({ place: { query }, session }: PageProps) {
  const asked = query.get('range') ?? 'live';
  const range: Range = isRange(asked) ? asked : 'live';
  const own = { since: query.get('since') ?? '', until: query.get('until') ?? '' };
  const isOwn = own.since !== '' || own.until !== '';
  return (
    <Page
      title="Now"
      actions={
        <label class="range">
          Show{' '}
          <select
            data-filter
            value={isOwn ? '' : range}
            onChange={(event) => {
              const { value } = event.currentTarget;
              go(pathTo('', { range: value === 'live' ? '' : value }));
            }}
          >
            {isOwn && <option value="">from … to …</option>}
            {Object.entries(RANGES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <details open={isOwn}>
        <summary>Another time</summary>
        <Filters
          fields={[
            { name: 'since', label: 'Since', hint: '3h, 2026-01-31T14:00Z' },
            { name: 'until', label: 'Until', hint: 'now' },
          ]}
          values={own}
          onFilter={(values) => go(pathTo('', values))}
        />
      </details>
      {isOwn ? (
        <Past
          since={own.since || '7d'}
          until={own.until}
          session={session}
          key={`${own.since} ${own.until}`}
        />
      ) : range === 'live' ? (
        <Live />
      ) : (
        <Past since={range} until="" session={session} key={range} />
      )}
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
      <Charts seconds={seconds} per="a second" around={(time) => [time - 5, time + 5]} />
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

interface PastProps {
  readonly since: string;
  /** Empty: until now. */
  readonly until: string;
  readonly session: Session;
}

function Past({ since, until, session }: PastProps) {
  const by = hasMinutes(since, Date.now()) ? 'minute' : 'hour';
  const step = by === 'minute' ? 60 : 3600;
  const traffic = useData<{ rows: Traffic[] }>(pathTo('/admin/v1/traffic', { by, since, until }));
  const hours = useData<{ rows: Traffic[] }>(pathTo('/admin/v1/traffic', { by: 'hour', since, until }));
  const mayRead = session.may?.includes('callers.read') === true;
  const known = useData<{ callers: { id: string; name: string }[] }>(
    mayRead ? '/admin/v1/callers' : undefined,
  );
  const names = new Map(known.data?.callers.map(({ id, name }) => [id, name]));
  return (
    <Show of={traffic}>
      {({ rows }) => {
        const { points, latency } = pointsOf(rows, by);
        const time = { since, until };
        return (
          <>
            <Figures seconds={points} length={points.length * step} latency={latency} {...time} />
            <Charts
              seconds={points}
              per={by === 'minute' ? 'a minute' : 'an hour'}
              around={(at) => [at, at + step]}
            />
            <div class="pair">
              <Groups title="Models" of="model" rows={groupsOf(rows, ({ model }) => model)} {...time} />
              <Show of={hours}>
                {(all) => (
                  <Groups
                    title="Callers"
                    of="caller"
                    rows={groupsOf(all.rows, ({ caller = '' }) => caller, names)}
                    {...time}
                  />
                )}
              </Show>
            </div>
            {by === 'minute' && <p class="quiet">Callers are added up by whole hours.</p>}
          </>
        );
      }}
    </Show>
  );
}
