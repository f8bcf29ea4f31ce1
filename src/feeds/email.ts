import { clean, clipped, factsOf } from './clean.ts';
import type { Format } from './format.ts';
import { headline, type Notice } from './notice.ts';

/** Characters of a subject. */
const SUBJECT = 120;

/**
 * A letter: what it is about in its subject, on one line whatever the notices say (CWE-93), and the same as text and HTML. It has
 * no picture, link or form in it.
 */
export const email: Format = {
  name: 'email',
  contentType: 'text/plain',
  most: 50,
  lines: false,
  write: (notices, { host, ledger }) => {
    const [first] = notices;
    const more = notices.length > 1 ? ` and ${notices.length - 1} more` : '';
    const foot = `Sent by Gatehouse on ${clean(host)}; entries of the ledger ${clean(ledger)}.`;
    return {
      subject: `[gatehouse ${first?.level ?? 'informational'}] ${clipped(first === undefined ? '' : headline(first), SUBJECT)}${more}`,
      text: `${notices.map(textOf).join('\n\n')}\n\n-- \n${foot}\n`,
      html: `<!doctype html><html lang="en"><meta charset="utf-8"><body>${notices.map(htmlOf).join('')}<p>${escaped(foot)}</p></body></html>`,
    };
  },
};

function rowsOf({ seq, leaf, time, kind, level, facts }: Notice): [string, string][] {
  const given = factsOf(facts).map(([name, value]): [string, string] => [name, String(value)]);
  return [
    ['level', level],
    ['time', clean(time)],
    ['kind', clean(kind)],
    ...given,
    ['ledger entry', String(seq)],
    ['leaf hash', clean(leaf)],
  ];
}

const titleOf = ({ title, over }: Notice): string => `${over ? 'Over: ' : ''}${clean(title)}`;

function textOf(notice: Notice): string {
  const rows = rowsOf(notice).map(([name, value]) => `  ${name}: ${value}`);
  return [titleOf(notice), ...rows].join('\n');
}

function htmlOf(notice: Notice): string {
  const rows = rowsOf(notice).map(
    ([name, value]) => `<tr><th align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<h2>${escaped(titleOf(notice))}</h2><table>${rows.join('')}</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
