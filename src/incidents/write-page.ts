import { createHash } from 'node:crypto';
import type { Page, Section } from './post-mortem.ts';

/** As Markdown (CommonMark with tables). Names and titles may hold anything: nothing in them is taken for a sign. */
export const writeMarkdown = ({ title, sections }: Page): string =>
  `${[`# ${inMarkdown(title)}`, ...sections.flatMap(markdownOf)].join('\n\n')}\n`;

function markdownOf({ heading, lines = [], table }: Section): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.map(inMarkdown).join(' | ')} |`;
  const [head = [], ...rows] = table ?? [];
  return [
    `## ${inMarkdown(heading)}`,
    ...(lines.length > 0 ? [lines.map((line) => `- ${inMarkdown(line)}`).join('\n')] : []),
    ...(table === undefined
      ? []
      : [[row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n')]),
  ];
}

/** Every sign that could mean something is written so that it means itself (CommonMark 0.31, section 2.4). */
const inMarkdown = (text: string): string =>
  oneLine(text).replace(/[\\`*_{}[\]()<>#+!|~&@$^=]|(?<=^|\s)[-+.]|(?<=:)\/\//g, (sign) =>
    [...sign].map((one) => (one === '<' ? '&lt;' : one === '&' ? '&amp;' : `\\${one}`)).join(''),
  );

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:auto;padding:1.5rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}
td:first-child{white-space:nowrap}h2{margin-top:2rem}`;

/** What browsers are to hold such a page to: its own style, which is known by its hash (CSP 3, section 6.7.3), and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** As one page that asks for nothing from anywhere: to be kept, or sent. */
export const writeHtml = ({ title, sections }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<title>${inHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${inHtml(title)}</h1>
${sections.map(htmlOf).join('\n')}
</main>
</body>
</html>
`;

function htmlOf({ heading, lines = [], table }: Section): string {
  const list =
    lines.length > 0 ? `<ul>\n${lines.map((line) => `<li>${inHtml(line)}</li>`).join('\n')}\n</ul>` : '';
  const [head = [], ...rows] = table ?? [];
  const cells = (all: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${all.map((cell) => `<${tag}>${inHtml(cell)}</${tag}>`).join('')}</tr>`;
  const heads = head.some((cell) => cell !== '') ? `<thead>${cells(head, 'th')}</thead>\n` : '';
  const body =
    table === undefined
      ? ''
      : `<div class="wide"><table>\n${heads}<tbody>\n${rows.map((row) => cells(row, 'td')).join('\n')}\n</tbody>\n</table></div>`;
  return `<section>\n<h2>${inHtml(heading)}</h2>\n${list}${body}\n</section>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const inHtml = (text: string): string => oneLine(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');

/** Control characters and those that turn the direction of a text have no business in a report. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');
