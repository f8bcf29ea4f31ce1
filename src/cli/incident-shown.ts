import type { JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { lasted } from '../incidents/post-mortem.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly owner: string | null;
  readonly drill: string | null;
  readonly opened: string;
  readonly version: number;
}

interface Shown extends Row {
  readonly rule: string | null;
  readonly playbook: string | null;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  readonly next_states: readonly string[];
  readonly links: Readonly<Record<'exchanges' | 'callers' | 'models', readonly string[]>>;
  readonly measures: readonly {
    readonly number: number;
    readonly action: string;
    readonly on: Readonly<Record<string, string>>;
    readonly state: string;
    readonly until: string | null;
  }[];
  readonly ms_to: Readonly<Record<'detect' | 'contain' | 'recover', number | null>>;
}

interface Followed {
  readonly title: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly id: string;
    readonly text: string;
    readonly action: string | null;
    readonly done: boolean;
  }[];
  readonly checks: readonly {
    readonly rules: readonly string[];
    readonly quiet_ms: number;
    readonly holds: boolean;
  }[];
  readonly messages: readonly { readonly to: string; readonly text: string }[];
}

export function writeList(io: CliIo, answer: JsonObject): void {
  const { incidents } = answer as unknown as { readonly incidents: readonly Row[] };
  const rows = incidents.map(({ id, severity, state, resolution, owner, drill, opened, title }) => [
    id,
    opened.slice(0, 16),
    severity,
    resolution ?? state,
    plain(owner ?? '–'),
    plain(drill === null ? title : `[drill] ${title}`),
  ]);
  io.out(
    rows.length === 0
      ? 'No incidents. Open one: gatehouse incident open TITLE'
      : table([['ID', 'OPENED', 'SEVERITY', 'STATE', 'OWNER', 'TITLE'], ...rows]),
  );
}

export function writeIncident(io: CliIo, answer: JsonObject): void {
  const found = answer as unknown as Shown;
  const { id, title, severity, state, resolution, owner, rule, playbook, links, measures, ms_to, drill } =
    found;
  const rows: readonly (readonly [string, string])[] = [
    ['incident', id],
    ...(drill === null ? [] : [['drill', drill] as const]),
    ['title', title],
    ['severity', severity],
    ['state', resolution === null ? state : `${state}: ${resolution}`],
    ['may go to', found.next_states.join(', ')],
    ['owner', owner ?? 'nobody'],
    ['told by', rule ?? 'a person'],
    ['playbook', playbook ?? 'none'],
    ['techniques', [...found.atlas, ...found.owasp].join(', ') || 'not said'],
    ['callers', links.callers.join(', ') || 'none'],
    ['models', links.models.join(', ') || 'none'],
    ['exchanges', links.exchanges.join(', ') || 'none'],
    ...measures.map((taken): readonly [string, string] => [
      `measure ${taken.number}`,
      [
        taken.action,
        ...Object.values(taken.on),
        `(${taken.state}${taken.until === null ? '' : `, until ${taken.until}`})`,
      ].join(' '),
    ]),
    ...(['detect', 'contain', 'recover'] as const).map((what): readonly [string, string] => [
      `time to ${what}`,
      lasted(ms_to[what] ?? undefined),
    ]),
    ['version', String(found.version)],
  ];
  io.out(table(rows.map(([name, value]) => [name, plain(value)])));
}

export function writeTimeline(io: CliIo, answer: JsonObject): void {
  const { timeline, comments } = answer as unknown as {
    readonly timeline: readonly { time: string; seq: number; by: string; what: string }[];
    readonly comments: readonly { time: string; by: { name: string }; text: string | null }[];
  };
  const rows = timeline.map(({ time, seq, by, what }) => [time, String(seq), plain(by), plain(what)]);
  io.out(`\n${table([['TIME', 'ENTRY', 'BY', 'WHAT'], ...rows])}`);
  for (const { time, by, text } of comments)
    io.out(
      `\n${time} ${plain(by.name)}:\n${text === null ? '(erased)' : text.split('\n').map(plain).join('\n')}`,
    );
}

export function writeFollowed(io: CliIo, answer: JsonObject): void {
  const { title, roles, steps, checks, messages } = answer as unknown as Followed;
  io.out(plain(title));
  for (const [role, who] of Object.entries(roles)) io.out(`  ${role}: ${plain(who)}`);
  for (const { id, text, action, done } of steps)
    io.out(`[${done ? 'x' : ' '}] ${id}${action === null ? '' : ` (${action})`}: ${plain(text)}`);
  for (const { rules, quiet_ms, holds } of checks)
    io.out(
      `${holds ? 'holds' : 'does not hold yet'}: no alert of ${rules.join(', ')} for ${lasted(quiet_ms)}`,
    );
  for (const { to, text } of messages) io.out(`\nTo ${plain(to)}:\n${plain(text)}`);
}
