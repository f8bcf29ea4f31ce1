import { type Incident, isOn } from './incident.ts';
import { describe } from './measure.ts';
import type { Playbook } from './playbook.ts';
import { counted, type Moment } from './timeline.ts';
import { timesOf } from './times.ts';

/** What went through while it lasted, of the callers and models that it is about. */
export interface Impact {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly requests: number;
  /** Requests by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Names of callers, by their requests. */
  readonly callers: Readonly<Record<string, number>>;
  readonly models: Readonly<Record<string, number>>;
  /** What guards found, `guard.rule`: in how many requests, and how many of those were blocked. */
  readonly found: Readonly<Record<string, { readonly requests: number; readonly blocked: number }>>;
  /** US dollars. */
  readonly cost: string;
  /** There was more than was looked at. */
  readonly more: boolean;
}

/** A page of any form: what {@link writeMarkdown} and {@link writeHtml} write. */
export interface Page {
  readonly title: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly lines?: readonly string[] | undefined;
  /** The first row is its head. */
  readonly table?: readonly (readonly string[])[] | undefined;
}

/**
 * A draft of the post-mortem: all that entries can say, and the questions that only people can answer. The same incident gives
 * the same draft. Comments are not in it: who may read it need not be who may read them.
 */
export function postMortem(
  incident: Incident,
  timeline: readonly Moment[],
  impact: Impact,
  playbook: Playbook | undefined,
): Page {
  return {
    title: `Post-mortem: ${incident.title}`,
    sections: [
      summary(incident),
      { heading: 'Timeline', table: [['time', 'entry', 'by', 'what'], ...timeline.map(line)] },
      impactOf(impact),
      worked(incident, impact),
      measures(incident),
      ...(playbook === undefined ? [] : [steps(incident, playbook)]),
      evidence(incident),
      { heading: 'Open questions', lines: questions(incident, impact) },
    ],
  };
}

function summary(incident: Incident): Section {
  const { id, severity, state, resolution, owner, opened, openedBy, atlas, owasp, drill } = incident;
  const { detect, contain, recover } = timesOf(incident);
  const rows: [string, string][] = [
    ['incident', id],
    ...(drill === undefined ? [] : [['drill', `${drill}: nothing of this was meant`] as [string, string]]),
    ['severity', severity],
    ['state', resolution === undefined ? state : `${state}: ${resolution}`],
    ['owner', owner ?? 'nobody'],
    ['opened', `${when(opened)} by ${openedBy.name}`],
    ['techniques', [...atlas, ...owasp].join(', ') || 'not said'],
    ['time to detect', lasted(detect)],
    ['time to contain', lasted(contain)],
    ['time to recover', lasted(recover)],
  ];
  return { heading: 'Summary', table: [['', ''], ...rows] };
}

const line = ({ seq, time, by, what }: Moment): string[] => [when(time), String(seq), by, what];

function impactOf({ since, until, requests, outcomes, callers, models, found, cost, more }: Impact): Section {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} (${count})`)
      .join(', ') || 'none';
  return {
    heading: 'Impact',
    table: [
      ['', ''],
      ['from', when(since)],
      ['until', when(until)],
      ['requests', more ? `more than ${requests}` : String(requests)],
      ['how they ended', list(outcomes)],
      ['callers', list(callers)],
      ['models', list(models)],
      ['classes of data and attacks that guards found', list(mapped(found, ({ requests }) => requests))],
      ['cost', `$${cost}`],
    ],
  };
}

const mapped = <A, B>(of: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value)]));

function worked(incident: Incident, { found }: Impact): Section {
  const guards = Object.entries(found)
    .filter(([, { blocked }]) => blocked > 0)
    .map(([reason, { blocked }]) => `${reason} blocked ${counted(blocked, 'request')}.`);
  const rule = incident.rule === undefined ? [] : [`The rule ${incident.rule} told of it.`];
  const held = incident.measures.filter(({ state }) => state !== 'failed');
  const all = [
    ...rule,
    ...guards,
    ...(held.length === 0 ? [] : [`${counted(held.length, 'measure')} held.`]),
  ];
  return { heading: 'What worked', lines: all.length === 0 ? ['Nothing that entries tell of.'] : all };
}

const measures = ({ measures }: Incident): Section => ({
  heading: 'Measures',
  ...(measures.length === 0
    ? { lines: ['None.'] }
    : {
        table: [
          ['measure', 'what', 'from', 'until', 'state'],
          ...measures.map((taken) => [
            String(taken.number),
            describe(taken),
            when(taken.time),
            taken.undone === undefined ? '' : when(taken.undone),
            taken.expired ? `${taken.state}, its time was over` : taken.state,
          ]),
        ],
      }),
});

const steps = (incident: Incident, { name, steps }: Playbook): Section => ({
  heading: `Playbook ${name}`,
  table: [
    ['step', 'done', 'what'],
    ...steps.map(({ id, text }) => [id, incident.steps.includes(id) ? 'yes' : 'no', text]),
  ],
});

const evidence = ({ evidence }: Incident): Section => ({
  heading: 'Evidence',
  ...(evidence.length === 0
    ? { lines: ['None was locked.'] }
    : {
        table: [
          ['locked', 'entries', 'files', 'SHA-256 of the manifest'],
          ...evidence.map(({ time, entries, files, manifest }) => [
            when(time),
            String(entries.length),
            String(files.length),
            manifest,
          ]),
        ],
      }),
});

function questions(incident: Incident, impact: Impact): string[] {
  const { owner, measures, links, rule, evidence } = incident;
  return [
    'What was the cause, and what keeps it from coming back?',
    ...(rule === undefined ? ['No rule told of it: which one would have?'] : []),
    ...(owner === undefined ? ['Nobody was in charge: who should have been?'] : []),
    ...(measures.some(({ state }) => state === 'failed') ? ['A measure could not be done: why?'] : []),
    ...(measures.some(isOn) ? ['A measure is still in force: when does it end?'] : []),
    ...((impact.outcomes.completed ?? 0) > 0
      ? [
          `${counted(impact.outcomes.completed ?? 0, 'request')} went through while it lasted: what was in them?`,
        ]
      : []),
    ...(links.callers.length === 0 ? ['Whose doing was it?'] : []),
    ...(evidence.length === 0 ? ['No evidence was locked: is any needed?'] : []),
    'Whom must we tell, and did we?',
  ];
}

const when = (time: number): string => new Date(time).toISOString();

/** `1 h 2 min`, `3.4 s`. */
export function lasted(ms: number | undefined): string {
  if (ms === undefined) return 'not known';
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
