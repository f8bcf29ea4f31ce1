import { isGlob } from '../base/glob.ts';
import type { Detection } from '../lifecycle/detect.ts';
import type { FirstKeys } from '../lifecycle/first-run.ts';
import type { Settings } from '../settings/settings.ts';
import type { CliIo } from './io.ts';

interface Welcome {
  readonly address: string;
  readonly settings: Settings;
  readonly files: { readonly settings: string; readonly policy: string; readonly data: string };
  readonly first: FirstKeys | undefined;
  readonly detection: Detection | undefined;
  /** Bytes of a line that a crash had left unfinished. */
  readonly repaired: number;
  readonly json: boolean;
}

/** What a person sees when the gateway is up: where it answers, the keys of a first run, a command to try. */
export function welcome(io: CliIo, told: Welcome): void {
  const { address, first, files } = told;
  if (told.json) {
    const line = { address, config: files.settings, policy: files.policy, data: files.data };
    io.out(JSON.stringify({ ...line, ...(first && { keys: { admin: first.admin, app: first.app } }) }));
    return;
  }
  const bold = (text: string) => (io.colour ? `\u001b[1m${text}\u001b[0m` : text);
  const upstreams = Object.values(told.settings.upstreams);
  const practice = upstreams.filter((upstream) => upstream.practice);
  const lines = [`${bold('Gatehouse')} answers at ${bold(address)}`, ''];
  if (first !== undefined) {
    lines.push(...keyLines(first, bold), '');
    lines.push('To sign in as a person:  gatehouse people invite --name NAME --roles admin', '');
  }
  for (const { name, url } of told.detection?.silent ?? []) {
    lines.push(`${name} at ${url} did not answer, so it is not set up: add it to ${files.settings}.`, '');
  }
  if (practice.length > 0) {
    const why = practice.length === upstreams.length ? 'No model server is set up, so the' : 'The';
    const names = practice.map(
      ({ dialect, models }) => `${models.map(({ name }) => name).join(', ')} (${dialect})`,
    );
    lines.push(
      `${why} practice model answers: a simulation, weak on purpose.`,
      `Its names: ${names.join(', ')}.`,
      '',
    );
  }
  lines.push('Try it:', '', example(told), '');
  if (first === undefined)
    lines.push('(GATEHOUSE_KEY is the key of a program; a new one: gatehouse callers rotate app)', '');
  if (practice.length > 0) lines.push('Then ask it: "What is your codename?" and see a guard at work.', '');
  if (told.repaired > 0)
    lines.push(
      `An entry that a crash had left unfinished was cut off the ledger (${told.repaired} bytes).`,
      '',
    );
  lines.push(`Settings ${files.settings} · policy ${files.policy} · data ${files.data} · Ctrl-C stops`);
  io.out(lines.join('\n'));
}

/** The only time that keys are shown. */
export const keyLines = ({ app, admin }: FirstKeys, bold = (text: string) => text): string[] => [
  'Your keys, shown this once:',
  `  for programs    ${bold(app)}`,
  `  to administer   ${bold(admin)}`,
];

/** A request that works when it is pasted into a shell. */
function example({ address, settings, first }: Welcome): string {
  const upstream = Object.values(settings.upstreams)[0];
  const named = upstream?.models.find(({ name }) => !isGlob(name))?.name;
  const key = first?.app ?? '$GATEHOUSE_KEY';
  const insecure = settings.listen.tls === undefined ? '' : ' -k';
  if (upstream?.dialect === 'anthropic') {
    const body = {
      model: named ?? 'claude-haiku-4-5',
      max_tokens: 200,
      messages: [{ role: 'user', content: 'Hello!' }],
    };
    return [
      `  curl${insecure} ${address}/v1/messages \\`,
      `    -H "x-api-key: ${key}" -H "anthropic-version: 2023-06-01" -H "content-type: application/json" \\`,
      `    -d '${JSON.stringify(body)}'`,
    ].join('\n');
  }
  if (upstream?.dialect === 'gemini') {
    const body = { contents: [{ parts: [{ text: 'Hello!' }] }] };
    return [
      `  curl${insecure} ${address}/v1beta/models/${named ?? 'gemini-flash-latest'}:generateContent \\`,
      `    -H "x-goog-api-key: ${key}" -H "content-type: application/json" \\`,
      `    -d '${JSON.stringify(body)}'`,
    ].join('\n');
  }
  const body = { model: named ?? 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello!' }] };
  return [
    `  curl${insecure} ${address}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer ${key}" -H "content-type: application/json" \\`,
    `    -d '${JSON.stringify(body)}'`,
  ].join('\n');
}
