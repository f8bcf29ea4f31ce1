import { figure, table, times } from '../harness/table.ts';
import { describe } from './matrix.ts';
import type { ProfileLine } from './profile.ts';
import type { Results } from './results.ts';
import { type OwnName, TARGET_NAMES } from './targets.ts';

/** The results for people. */
export function report(results: Results): string {
  const { machine, versions, skipped, failures } = results;
  const blocks = [
    [
      `Gateway benchmark${results.quick ? ' (quick)' : ''}, ${results.date}`,
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, load ${machine.load}`,
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version ?? '–'}`)
        .join(', '),
      results.pinning,
      ...Object.values(skipped).map((why) => `Left out: ${why}.`),
    ].join('\n'),
    matrix(results),
    scaling(results),
    hold(results),
    openStreams(results),
    soak(results),
    results.profile === undefined ? '' : profile(results.profile),
    goals(results),
    failures.length === 0 ? '' : `FAILED\n${failures.map((failure) => `  ${failure}`).join('\n')}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function matrix({ matrix }: Results): string {
  if (matrix === undefined) return '';
  const head = [
    'setting',
    'target',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'busy',
    'CPU ×',
    'rps ×',
    'CPU ÷ Portkey',
    'rps × Portkey',
  ];
  const rows = matrix.flatMap((row) =>
    TARGET_NAMES.flatMap((name) => {
      const score = row.scores[name];
      if (score === undefined) return [];
      if (score.errors > 0) return [[describe(row), name, 'fails']];
      const own = name in row.over ? row.over[name as OwnName] : undefined;
      const peer = own?.portkey;
      return [
        [
          describe(row),
          name,
          figure(Math.round(score.rps)),
          figure(score.p50Ms),
          figure(score.p99Ms),
          figure(score.cpuUs),
          `${Math.round(100 * score.busy)} %`,
          ...(own === undefined
            ? []
            : [
                times(own.passthrough?.cpu),
                times(own.passthrough?.throughput),
                peer === undefined ? '–' : figure(1 / peer.cpu),
                times(peer?.throughput),
              ]),
        ],
      ];
    }),
  );
  return `Speed (× is over passthrough; CPU is the target's, per request; medians)\n\n${table(head, rows)}`;
}

/** What two workers bring, and what they cost, the primary that keeps their books included. */
function scaling({ matrix }: Results): string {
  const rows = (matrix ?? []).flatMap((row) => {
    const [one, two] = [row.scores.gatehouse, row.scores['gatehouse-2w']];
    const ratio = row.over['gatehouse-2w']?.gatehouse;
    if (one === undefined || two === undefined || ratio === undefined) return [];
    return [
      [
        describe(row),
        figure(Math.round(one.rps)),
        figure(Math.round(two.rps)),
        times(ratio.throughput),
        figure(one.cpuUs),
        figure(two.cpuUs),
        times(ratio.cpu),
        two.busy.toFixed(2),
      ],
    ];
  });
  if (rows.length === 0) return '';
  const head = ['setting', 'rps 1', 'rps 2w', 'rps ×', 'CPU µs 1', 'CPU µs 2w', 'CPU ×', 'cores used'];
  return `Two workers over one process (primary included; both share two cores with load generator and upstream)\n\n${table(head, rows)}`;
}

function hold({ hold }: Results): string {
  if (hold === undefined) return '';
  const rows = hold.map((each) => [
    each.target,
    String(each.events),
    figure(each.p50Ms),
    figure(each.p99Ms),
    `${(100 * each.held).toFixed(1)} %`,
  ]);
  return `Age of streamed text on arrival\n\n${table(['target', 'events', 'p50 ms', 'p99 ms', 'waited for the next'], rows)}`;
}

const mb = (kb: number): string => figure(kb / 1024);

function openStreams({ openStreams }: Results): string {
  if (openStreams === undefined) return '';
  const rows = openStreams.map((each) =>
    'error' in each
      ? [each.target, 'fails']
      : [each.target, String(each.streams), mb(each.idleKb), mb(each.openKb), figure(each.perStreamKb)],
  );
  return `Memory with open streams\n\n${table(['target', 'streams', 'idle MB', 'open MB', 'KB a stream'], rows)}`;
}

function soak({ soak }: Results): string {
  if (soak === undefined) return '';
  const rows = soak.map(({ target, requests, samplesKb, kbPer10k }) => [
    target,
    requests.toLocaleString('en-US'),
    mb(samplesKb[0] ?? Number.NaN),
    mb(samplesKb.at(-1) ?? Number.NaN),
    mb(Math.max(...samplesKb)),
    figure(kbPer10k),
  ]);
  return `Memory over many requests\n\n${table(['target', 'requests', 'first MB', 'last MB', 'highest MB', 'KB per 10,000'], rows)}`;
}

function profile({ setting, sampledUs, load, groups, functions }: NonNullable<Results['profile']>): string {
  const lines = (all: readonly ProfileLine[]) =>
    all.map(({ name, share }) => [name, `${(100 * share).toFixed(1)} %`]);
  return [
    `Where the time goes (${setting}; self time)`,
    `A request took ${figure((load.cpuMs / load.requests) * 1000)} µs of CPU while it was profiled; ${figure(sampledUs / load.requests)} µs of them are the main thread's, below.`,
    table(['part', 'share'], lines(groups)),
    table(['function', 'share'], lines(functions)),
  ].join('\n\n');
}

function goals({ goals }: Results): string {
  if (goals.length === 0) return '';
  const rows = goals.map(({ name, wanted, measured, reached }) => [
    name,
    wanted,
    measured,
    reached ? 'reached' : 'NOT REACHED',
  ]);
  return `Goals\n\n${table(['goal', 'wanted', 'measured', ''], rows)}`;
}
