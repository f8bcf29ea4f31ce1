import { cleanJson, clipped, factsOf } from './clean.ts';
import type { Format } from './format.ts';
import { headline, type Notice } from './notice.ts';

/** Fields of a section, and characters that a header, a text and the fallback may have (Block Kit reference). */
const [FIELDS, HEADER, TEXT, FALLBACK] = [10, 150, 2000, 3000];

const MARKS = { informational: '🔵', low: '🟢', medium: '🟡', high: '🟠', critical: '🔴' } as const;

/**
 * A message of Slack (Block Kit), for whatever takes the same. Values are `plain_text`, in which nothing is a link or a mention;
 * the fallback is mrkdwn, in which three characters are escaped (https://docs.slack.dev/messaging/formatting-message-text).
 */
export const slack: Format = {
  name: 'slack',
  contentType: 'application/json',
  // Three blocks each; a message has 50 at the most.
  most: 10,
  lines: false,
  write: (notices) => ({
    text: cleanJson({
      text: escaped(clipped(notices.map(headline).join(' · '), FALLBACK)),
      unfurl_links: false,
      blocks: notices.flatMap(blocksOf),
    }),
  }),
};

function blocksOf({ seq, leaf, time, kind, level, title, over, facts }: Notice) {
  const fields = factsOf(facts).slice(0, FIELDS);
  return [
    { type: 'header', text: said(`${MARKS[level]} ${over ? 'Over: ' : ''}${title}`, HEADER) },
    ...(fields.length === 0
      ? []
      : [{ type: 'section', fields: fields.map(([name, value]) => said(`${name}: ${value}`, TEXT)) }]),
    {
      type: 'context',
      elements: [said(`${level} · ${kind} · ${time} · ledger entry ${seq}, ${leaf}`, TEXT)],
    },
  ];
}

const said = (text: string, most: number) => ({
  type: 'plain_text',
  text: clipped(text, most),
  emoji: false,
});

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
