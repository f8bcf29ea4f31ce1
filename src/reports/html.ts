import type { JudgedFile, JudgedFinding, ScanResult } from '../findings/result.ts';
import type { ReportKind, Surroundings } from './report.ts';
import { bytesOf, placeText, rangeText, sizeText, split, summary, VERDICTS } from './words.ts';

/** One page that asks for nothing from anywhere: to be kept, or sent. */
export const html: ReportKind = {
  name: 'html',
  about: 'one page to keep or to send, with a picture of what was read',
  write(result, surroundings) {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Gatehouse scan: ${esc(VERDICTS[result.verdict])}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1><span class="verdict ${result.verdict}">${esc(VERDICTS[result.verdict])}</span> Gatehouse scan</h1>
<p>${esc(summary(result))}. Version ${esc(result.tool.version)}.</p>
${result.files.map((file) => section(file, surroundings)).join('\n')}
${aside(result)}
</main>
</body>
</html>
`;
  },
};

function section(file: JudgedFile, surroundings: Surroundings): string {
  const { open, excused } = split(file.findings);
  const { read, unread } = bytesOf(file);
  const digest = file.sha256 === undefined ? '' : `<p class="digest">SHA-256 ${esc(file.sha256)}</p>`;
  const isOpen = file.verdict === 'clean' ? '' : ' open';
  return `<details${isOpen}>
<summary><span class="verdict ${file.verdict}">${esc(VERDICTS[file.verdict])}</span> <code>${esc(file.path)}</code> ${esc(sizeText(file.size))}</summary>
${bar(file)}
<p>${esc(sizeText(read))} read, ${esc(sizeText(unread))} not read${file.more > 0 ? `; ${file.more} more parts, all read` : ''}</p>
${digest}
${open.map((finding) => card(finding, surroundings)).join('\n')}
${excused.map(({ rule, excuse }) => `<p class="excused">excused until ${esc(excuse?.until ?? '')}: <code>${esc(rule)}</code> ${esc(excuse?.reason ?? '')}</p>`).join('\n')}
${parts(file)}
</details>`;
}

/** The file from its first byte to its last: what was understood, what is data, what nobody read. */
function bar({ path, size, parts: all }: JudgedFile): string {
  const ranges = all.find((part) => part.path.length === 1)?.ranges ?? [];
  if (size === 0 || ranges.length === 0) return '';
  const rects = ranges
    .map(
      ({ as, start, end }) =>
        `<rect class="${as}" x="${((start / size) * 1000).toFixed(2)}" width="${Math.max(1, ((end - start) / size) * 1000).toFixed(2)}" height="16"><title>${as}: bytes ${start} to ${end}</title></rect>`,
    )
    .join('');
  return `<svg class="bar" viewBox="0 0 1000 16" preserveAspectRatio="none" role="img" aria-label="what was read of ${esc(path)}">${rects}</svg>`;
}

function card({ rule, severity, place, message, evidence }: JudgedFinding, { rules }: Surroundings): string {
  const known = rules.get(rule);
  const facts = Object.entries(evidence ?? {})
    .map(([name, value]) => `<dt>${esc(name)}</dt><dd><code>${esc(value)}</code></dd>`)
    .join('');
  return `<article class="${severity}">
<h2>${esc(severity)}: ${esc(known?.title ?? rule)}</h2>
<p>${esc(message)}</p>
<p><code>${esc(placeText(place))}</code>${esc(rangeText(place.range))}</p>
${facts === '' ? '' : `<dl>${facts}</dl>`}
<p class="advice">${esc(known?.advice ?? '')}</p>
<p class="rule"><code>${esc(rule)}</code> ${esc([...(known?.cwe ?? []), ...(known?.owasp ?? []), ...(known?.atlas ?? [])].join(' · '))}</p>
</article>`;
}

function parts({ parts: all }: JudgedFile): string {
  const rows = all
    .slice(0, 500)
    .map(
      ({ path, formats, size, ranges }) =>
        `<tr><td><code>${esc(path.join('!'))}</code></td><td>${esc(formats.join(', ') || 'unknown')}</td><td>${esc(sizeText(size))}</td><td>${esc(
          ranges
            .filter(({ as }) => as === 'unread')
            .slice(0, 5)
            .map(({ start, end, why }) => `${start} to ${end}: ${why ?? ''}`)
            .join('; '),
        )}</td></tr>`,
    )
    .join('\n');
  return `<details><summary>parts</summary><table><tr><th>part</th><th>format</th><th>size</th><th>not read</th></tr>
${rows}
</table></details>`;
}

function aside({ left, notes }: ScanResult): string {
  const lines = [...left.map(({ path, why }) => `not entered: ${path} (${why})`), ...notes];
  return lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${esc(line)}</li>`).join('')}</ul>`;
}

const esc = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --bad: #b3261e; --warn: #9a6700; --good: #1a7f37; --data: #8b95a1; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #e3b341; --good: #56d364; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1rem; margin: 0; }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.verdict { font-weight: 600; border: 1px solid; border-radius: .4rem; padding: 0 .5rem; }
.findings { color: var(--bad); } .undecided { color: var(--warn); } .clean { color: var(--good); }
article { border-inline-start: .3rem solid var(--warn); padding: .25rem .75rem; margin: .75rem 0; overflow-wrap: anywhere; }
article.critical, article.high { border-color: var(--bad); } article.low, article.note { border-color: var(--data); }
dt { font-weight: 600; } dd { margin: 0 0 .25rem 1rem; }
.advice { font-weight: 500; } .rule, .digest, .excused { opacity: .75; font-size: .875rem; overflow-wrap: anywhere; }
.bar { width: 100%; height: 1rem; display: block; }
rect.parsed { fill: var(--good); } rect.data { fill: var(--data); } rect.unread { fill: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: .875rem; } td, th { text-align: start; padding: .2rem .5rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
`;
