import type { Case } from './case.ts';

const HEAD = `# Bypass suite

Ways in which gateways like this one were gone round, or could be. Each case is an attack, named by its public origin, and
a harmless twin that must pass as it is. An attack passes if the forbidden text reaches the model server or the client, in
any encoding that one of them would undo; if a refused request was sent all the same; or if the ledger calls a guard that
did not run a success. The same attacks on text are also run without guards, where each must get through: that proves that
the judge would see it.

\`\`\`console
$ node --test test/bypass/bypass.test.ts
\`\`\`

Places where text can stand are run once for each guard (\`patterns\` blocks, \`secrets\` masks, \`bounds\` blocks what
nobody sees), plain and streamed, and streams are cut in several ways. This page is written from the cases
(\`UPDATE_DOCS=1\`).

## Known limits

- Text in an encoding of its own (Base64, ROT13, other languages) is a text like any other to these three guards.
- A text split over several messages, or begun in the prompt and ended in the reply, is not put together again.
- JSON inside of a message's content (structured output) is read as it stands: escapes in it are not decoded, as they are
  in tool arguments.
- What a model server puts into measurements (embeddings, log probabilities, times), or spreads over the ids of many
  events, is not read as text.
- Content whose type the policy allows (\`media\`) is not read at all, and recorded as not inspected.

## What is covered

`;

/** The page about what is covered: themes, how many cases, and where they come from. */
export function coverage(cases: readonly Case[]): string {
  const rows: string[] = [];
  let total = 0;
  for (const [theme, list] of Map.groupBy(cases, (one) => one.theme)) {
    total += list.length;
    const places = new Set(list.map(({ id }) => id.split(' / ').slice(0, 3).join(' / ')));
    const origins = [...new Set(list.flatMap(({ origin }) => origin.split('; ')))].sort();
    rows.push(
      `### ${theme}: ${list.length} cases in ${places.size} places\n\n${origins.map((one) => `- ${one}`).join('\n')}\n`,
    );
  }
  return `${HEAD}${total} cases in ${rows.length} themes.\n\n${rows.join('\n')}`;
}
