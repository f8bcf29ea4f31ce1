import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matched } from './check-ledger.ts';
import type { Found } from './findings.ts';
import { run, STEADY } from './processes.ts';
import type { Scene } from './scene.ts';
import { KEY_PART, PROMPT_WORD, questionIn, REPLY_WORD } from './texts.ts';
import type { Trouble } from './trouble.ts';
import { quorumOptions } from './witnesses.ts';

/** The ledger is as it was signed and cosigned, and the mirror is the ledger. */
export async function checkProofs(scene: Scene, mirror: string, found: Found): Promise<void> {
  const whole = ['audit', 'verify', '--data', scene.data, ...quorumOptions(scene.parties)];
  for (const args of [whole, ['audit', 'verify', '--ledger', 'mirror']]) {
    const { code, out, err } = await run(scene.folder, args);
    if (code !== 0) found('a ledger does not verify', `${args.slice(2, 4).join(' ')}: ${out}${err}`);
  }
  const [original, copy] = [linesOf(join(scene.data, 'ledger')), linesOf(mirror)];
  const wrong = copy.findIndex((line, index) => line !== original[index]);
  if (wrong >= 0) found('the mirror differs from the ledger', `entry ${wrong}`);
}

const linesOf = (ledger: string): string[] =>
  readdirSync(ledger)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(ledger, name), 'utf8').split('\n'))
    .filter((line) => line !== '');

/** Nothing that was said, and no secret, stands anywhere in clear. The policy, which the store keeps, has patterns for it and not the words. */
export function checkSecrets(scene: Scene, mirror: string, found: Found): void {
  const secrets = [PROMPT_WORD, REPLY_WORD, KEY_PART, 'forbidden fruit', ...scene.secrets()];
  const needles = secrets.filter((secret) => secret !== '').map((secret) => Buffer.from(secret));
  for (const folder of [scene.data, mirror]) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) search(join(entry.parentPath, entry.name), needles, found);
  }
  search(scene.log, needles, found);
}

function search(file: string, needles: readonly Buffer[], found: Found): void {
  const bytes = readFileSync(file);
  needles.forEach((needle, index) => {
    if (bytes.includes(needle)) found('a secret or a text stands in a file', `${file}: number ${index}`);
  });
}

/** Lines of an error that nobody expected. */
const UNHANDLED =
  /unhandled|uncaught|\n\s+at |\b(Type|Range|Reference|Syntax)Error\b|ERR_[A-Z_]+|Warning:|"a request failed"/i;

const EXPECTED = new Set([
  'reload refused; nothing was changed',
  'a worker died and is replaced',
  // It was killed before it could listen; another one is started.
  'a worker could not be started',
  'a witness contradicts this ledger: rolled back, forked, or the witness lies',
]);

export function checkLog(scene: Scene, found: Found): void {
  for (const line of readFileSync(scene.log, 'utf8').split('\n')) {
    if (UNHANDLED.test(line)) found('an error that nobody handled is in the log', line.slice(0, 400));
    if (!line.startsWith('{')) continue;
    const { level, message } = JSON.parse(line) as { level: string; message: string };
    if (level === 'error' && !EXPECTED.has(message)) found('an error is in the log', line.slice(0, 400));
  }
}

interface Sealed {
  readonly content: readonly {
    readonly kind: string;
    readonly text: string | null;
    readonly failed?: string;
    readonly recorded: boolean;
  }[];
}

/** How many requests are looked at. */
const SAMPLE = 4;

/** What was sealed opens and is what was said, and what was erased is gone. While the gateway runs. */
export async function checkSealed(
  scene: Scene,
  trouble: Trouble,
  matched: readonly Matched[],
  found: Found,
): Promise<number> {
  const whole = matched.filter(
    ({ asked, told }) => asked.whole && told.begin !== undefined && asked.kind !== 'kept',
  );
  const isErased = ({ asked }: Matched) =>
    trouble.erasures.some(({ subject, from }) => subject === asked.subject && asked.ended < from);
  const isKept = ({ asked }: Matched) =>
    !trouble.erasures.some(({ subject, to }) => subject === asked.subject && asked.begun <= to);
  const sample = [spread(whole.filter(isErased)), spread(whole.filter(isKept))];
  for (const [erased, list] of sample.entries()) {
    for (const one of list) await checkOpened(scene, one, erased === 0, found);
  }
  return sample.flat().length;
}

/** A few of them, from all of the time. */
const spread = <T>(all: readonly T[]): T[] => {
  const step = Math.max(1, Math.floor(all.length / SAMPLE));
  return all.filter((_, index) => index % step === 0).slice(0, SAMPLE);
};

async function checkOpened(
  scene: Scene,
  { asked, told }: Matched,
  erased: boolean,
  found: Found,
): Promise<void> {
  const about = `${asked.id} ${asked.kind}: ${told.end.id}`;
  const args = ['vault', 'unseal', '--request', told.end.id ?? '', '--json', '--config', STEADY];
  const { code, out, err } = await run(scene.folder, args);
  if (code !== 0) return found('sealed content cannot be read', `${about}: ${err}`);
  const { content } = JSON.parse(out) as Sealed;
  if (content.some(({ recorded }) => !recorded)) found('the ledger does not name what was sealed', about);
  const opened = content.filter(({ text }) => typeof text === 'string');
  if (erased && opened.length > 0) found('what was erased can still be read', about);
  if (erased) return;
  const prompt = opened.find(({ kind }) => kind === 'prompt')?.text ?? '';
  const reply = opened.find(({ kind }) => kind === 'reply')?.text ?? '';
  if (questionIn(prompt)?.id !== asked.id || !reply.includes('echo'))
    found('sealed content is not what was said', about);
  if (`${prompt}${reply}`.includes(KEY_PART)) found('sealed content holds what a guard took out', about);
}
