import { readFileSync, writeFileSync } from 'node:fs';
import { ledgerOf } from '../harness/cli.ts';
import { ATTACKS } from './attacks.ts';
import type { House } from './house.ts';
import { lasted, type Narrator, short } from './narrator.ts';
import type { Report, Times } from './report.ts';
import { until } from './until.ts';
import { type Door, type Visit, visit } from './widget.ts';

interface Incident {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly rule: string | null;
  readonly playbook: string;
  readonly links: { readonly detections: readonly number[] };
  readonly ms_to: Times;
}

interface Listed {
  readonly incidents: readonly { readonly id: string }[];
}

/** What an honest visitor asks. */
const HONEST: Visit = { text: 'Which feeder lasts longest?', client: 'openai', stream: true };

/** The playbook of this incident suspends a caller. */
const PLAYBOOK = 'prompt-injection';

/** Detections have seen the attempts and opened incidents; the one about the series is what is worked on. */
export async function noticed(
  house: House,
  tell: Narrator,
): Promise<{ readonly id: string; readonly alerts: Report['alerts'] }> {
  tell.act('It is noticed');
  const id = await until('an incident', async () => {
    const { incidents } = await house.seen<Listed>('incident', 'list');
    for (const { id: one } of incidents)
      if ((await house.seen<Incident>('incident', 'show', one)).playbook === PLAYBOOK) return one;
    return undefined;
  });
  const alerts = ledgerOf(house.folder)
    .filter(({ kind }) => kind === 'detect.alert')
    .map(({ rule, level, count, title }) => ({
      rule: String(rule),
      level: String(level),
      count: Number(count),
      title: String(title),
    }));
  for (const { rule, level, count, title } of alerts)
    tell.say(`${level.padEnd(9)} ${rule.padEnd(28)} ${title} (${count})`);
  const { title, severity, playbook } = await house.seen<Incident>('incident', 'show', id);
  tell.say();
  tell.say(`Opened by itself: ${id}, ${severity}, “${title}”, with the playbook ${playbook}.`);
  return { id, alerts: alerts.map(({ rule, level, count }) => ({ rule, level, count })) };
}

/** One command of the playbook, and nobody comes in by that key any more; others do. */
export async function contained(
  house: House,
  id: string,
  chat: Door,
  desk: Door,
  tell: Narrator,
): Promise<string[]> {
  tell.act('It is contained');
  await house.must('incident', 'run', id, 'suspend');
  tell.say(`gatehouse incident run ${id} suspend`);
  const attack = await visit(chat, ATTACKS[0] ?? HONEST);
  tell.say(`the attacker, who knows nothing of it: ${tell.good(attack.refused ?? short(attack.text, 60))}`);
  const other = await visit(desk, HONEST);
  tell.say(`the shop’s own desk, with another key: ${tell.good(short(other.text, 80))}`);
  return [
    ...(attack.refused === undefined ? ['a suspended caller was answered'] : []),
    ...(other.refused === undefined ? [] : [`another caller was refused: ${other.refused}`]),
  ];
}

/** The cause is gone, the chat is open again, and the incident is closed and told of. */
export async function recovered(
  house: House,
  id: string,
  chat: Door,
  tell: Narrator,
): Promise<{ readonly incident: Report['incident']; readonly failures: string[] }> {
  tell.act('It is looked into, and over');
  const { links } = await house.seen<Incident>('incident', 'show', id);
  const seen = links.detections.slice(0, 3).map(String);
  await house.must('incident', 'evidence', id, '--entry', ...seen);
  tell.say(`the entries of its alerts are locked as evidence: ${seen.join(', ')}`);
  await house.must(
    'incident',
    'comment',
    id,
    'One visitor, nineteen tries. The chat asks for nothing any more that it need not know.',
  );
  await house.must('incident', 'move', id, 'eradicated');
  await house.must('incident', 'undo', id, '1');
  await house.must('incident', 'move', id, 'recovered');
  const honest = await visit(chat, HONEST);
  tell.say(
    `the chat is open again, and a customer asks: ${tell.good(honest.refused ?? short(honest.text, 80))}`,
  );
  const again = await visit(chat, ATTACKS[0] ?? HONEST);
  tell.say(`the attacker tries once more: ${tell.good(again.refused ?? 'answered')}`);
  const closed = await house.json<Incident>('incident', 'close', id);
  for (const other of (await house.seen<Listed>('incident', 'list')).incidents)
    await house.must('incident', 'close', other.id, '--with', 'duplicate');
  for (const [form, file] of [
    [[], 'post-mortem.md'],
    [['--html'], 'post-mortem.html'],
  ] as const)
    writeFileSync(house.path(file), (await house.must('incident', 'postmortem', id, ...form)).out);
  const { detect, contain, recover } = closed.ms_to;
  const time = (ms: number | null) => (ms === null ? 'never' : lasted(ms));
  tell.say();
  tell.say(
    `Closed. Detected after ${time(detect)}, contained after ${time(contain)}, recovered after ${time(recover)}.`,
  );
  tell.say('Its post-mortem is written as Markdown and HTML (--keep keeps them). It says:');
  for (const line of impactOf(readFileSync(house.path('post-mortem.md'), 'utf8')))
    tell.say(tell.faint(`  ${line}`));
  const { title, playbook, ms_to } = closed;
  return {
    incident: { id, title, playbook, ms_to },
    failures: [
      ...(closed.state === 'closed' ? [] : [`the incident is ${closed.state}`]),
      ...(honest.refused === undefined ? [] : [`a customer was refused afterwards: ${honest.refused}`]),
      ...(again.refused === undefined ? ['the first attack was answered afterwards'] : []),
      ...Object.entries(ms_to).flatMap(([what, ms]) =>
        ms === null ? [`nobody knows when it came to ${what}`] : [],
      ),
    ],
  };
}

/** What a post-mortem says of the impact: rows of its table. */
const impactOf = (markdown: string): string[] =>
  (markdown.split('## Impact')[1]?.split('##')[0] ?? '').split('\n').flatMap((line) => {
    const [, name, value] = /^\| ([\w ]+) \| (.+) \|$/.exec(line) ?? [];
    return name === undefined ? [] : [`${name.padEnd(18)} ${short((value ?? '').replaceAll('\\', ''), 100)}`];
  });
