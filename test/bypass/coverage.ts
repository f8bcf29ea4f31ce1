import type { Case } from './case.ts';
import { evasionPage } from './evasion-page.ts';
import type { Evasions } from './evasions.ts';
import { ELSEWHERE, FAILURES, failuresOf } from './failures.ts';
import { SURFACES } from './surfaces.ts';

const HEAD = `# What is covered: ways round a gateway

Ways in which gateways like this one were gone round, or could be. Each case is an attack, named by its public origin, and
a harmless twin that must pass as it is. An attack passes if the forbidden text reaches the model server or the client, in
any encoding that one of them would undo; if a request that must be refused is answered or sent; or if the ledger calls a
guard that did not run a success. The same attacks on text are also run without guards, where each must get through: that
proves that the judge would see it. Afterwards the whole log and ledger are searched for the forbidden texts and all keys.

\`\`\`console
$ node --test 'test/bypass/*.test.ts'
\`\`\`

Places where text can stand are run once for each guard (\`patterns\` blocks, \`secrets\` masks, \`bounds\` blocks what
nobody sees), plain and streamed, and streams are cut in several ways. Places in chats are run again with models of the
other dialects. Attacks on the door itself are run at every door: each endpoint of each dialect, plain and streamed. This
page is written from the cases (\`UPDATE_DOCS=1\`).

Models that classify or score have a contract instead of guards. At their doors, \`oip\` (tensors of the Open Inference
Protocol) and \`rows\`, the forbidden text stands in a feature of a few known words; numbers, shapes, encodings, parameters
and what servers answer have themes of their own. Sealed models, versions and what was revoked are in
\`predictions.test.ts\` beside them.

## Known limits

- Text in an encoding of its own (Base64, ROT13, other languages) is a text like any other to these three guards, but that
  \`secrets\` undoes encodings (not ciphers) where the text is no stream. What the
  guard \`injection\` makes of it stands [below](#ways-round-the-guards-that-weigh).
- A text split over several messages, or begun in the prompt and ended in the reply, is not put together again by them.
- JSON inside of a message's content (structured output) is read as it stands: escapes in it are not decoded, as they are
  in tool arguments.
- What a model server puts into measurements (embeddings, log probabilities, times), or spreads over the ids of many
  events, is not read as text.
- No guard reads texts in tensors: a contract holds them to categories, or, where it names none, lets them pass. Models that
  talk belong at the endpoints for chats.
- Content whose type the policy allows (\`media\`) is not read at all, and recorded as not inspected.
`;

/** The page about what is covered: failures of others, attacks by door, and where they come from. */
export function coverage(cases: readonly Case[], evasions: Evasions): string {
  const themes = Map.groupBy(cases, ({ theme }) => theme);
  return [
    HEAD,
    `## Failures of others\n\n${failures(cases)}`,
    `Listed in the same places, and no way round a gateway:\n\n${table(['', 'looked at in'], ELSEWHERE)}`,
    `## Attacks, by door\n\n${cases.length} attacks in ${themes.size} themes. Plain + streamed; the last column is for what no door makes a difference to.\n\n${doors(themes)}`,
    evasionPage(evasions),
    `## Where they come from\n\n${origins(themes)}`,
  ].join('\n');
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

function failures(cases: readonly Case[]): string {
  const by = new Map(FAILURES.map((one) => [one, [] as Case[]]));
  for (const one of cases) for (const failure of failuresOf(one)) by.get(failure)?.push(one);
  const rows = [...by].map(([{ id, failed, holds }, list]) => {
    const themes = [...new Set(list.map(({ theme }) => theme))].join(', ');
    return [id, failed, holds, `${list.length}: ${themes}`];
  });
  return table(['failure', 'what went wrong there', 'what holds here', 'cases'], rows);
}

function doors(themes: ReadonlyMap<string, readonly Case[]>): string {
  const names = SURFACES.map(({ name }) => name);
  const rows = [...themes].map(([theme, list]) => {
    const count = (door: string | undefined) => list.filter((one) => one.door === door).length;
    const cells = names.map((name) => {
      const [plain, streamed] = [count(name), count(`${name} stream`)];
      return plain + streamed === 0 ? '' : streamed === 0 ? plain : `${plain} + ${streamed}`;
    });
    return [theme, ...cells, count(undefined) || ''];
  });
  return table(['theme', ...names, 'once'], rows);
}

const origins = (themes: ReadonlyMap<string, readonly Case[]>): string =>
  [...themes]
    .map(([theme, list]) => {
      const all = [...new Set(list.flatMap(({ origin }) => origin.split('; ')))].sort();
      return `### ${theme}\n\n${all.map((one) => `- ${one}\n`).join('')}`;
    })
    .join('\n');
