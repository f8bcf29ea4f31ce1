import type { AttackResult, Example, RunResult } from '../result.ts';
import { ATTACK_RULES_BY_ID } from '../rules.ts';
import { byAttack, curve } from './curve.ts';
import { esc } from './escape.ts';
import { pictures } from './pictures.ts';
import type { AttackReport } from './report.ts';
import {
  changesOf,
  corruptionRows,
  number,
  percent,
  settingsText,
  shareText,
  summary,
  unitText,
  VERDICTS,
} from './words.ts';

/** One page that asks for nothing from anywhere: to be kept, or sent. */
export const html: AttackReport = {
  name: 'html',
  about: 'one page to keep or to send, with curve and examples',
  write: (result) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Gatehouse attack: ${esc(VERDICTS[result.verdict])}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1><span class="verdict ${result.verdict}">${esc(VERDICTS[result.verdict])}</span> Gatehouse attack</h1>
<p>${esc(summary(result))}. Version ${esc(result.tool.version)}, seed ${result.asked.seed}, ${result.queries.toLocaleString('en')} queries, ${result.seconds.toFixed(1)} s.</p>
${list(result.reasons)}
<p class="facts">${facts(result)}</p>
${result.model.opaque === undefined ? '' : `<p>No gradients: ${esc(result.model.opaque)}</p>`}
<h2>Robust accuracy over budgets</h2>
<p>In percent of all rows; what no attack broke. Budgets in ${result.asked.norm}, ${esc(unitText(result.asked))}. The band is the 95 % interval of Clopper and Pearson${byAttack(result).length > 1 ? '; thin lines are single attacks' : ''}.</p>
${curve(result)}
<h2>Attacks</h2>
${runs(result)}
${result.warnings.length === 0 ? '' : '<h2>What speaks against these figures</h2>'}
${list(result.warnings.map(({ message }) => message))}
${corruptions(result)}
<h2>Findings</h2>
${result.findings.map(finding).join('\n')}
<h2>Examples</h2>
<p>Rows that took the least change.</p>
${result.examples.map((example) => shown(example, result)).join('\n')}
</main>
</body>
</html>
`,
};

/** What the figures are of, so that they can be had again. */
const facts = ({ model, data, asked }: AttackResult): string =>
  [
    `model ${model.name}${model.sha256 === undefined ? '' : `, SHA-256 ${model.sha256}`}`,
    `${model.features.toLocaleString('en')} features, ${model.classes.length} classes, attacked by ${model.access}`,
    `data ${data.name}, SHA-256 ${data.sha256}, the first ${data.rows.toLocaleString('en')} rows`,
    `budgets ${asked.norm} ${asked.epsilons.map(number).join(', ')}`,
  ]
    .map(esc)
    .join('<br>');

const list = (texts: readonly string[]): string =>
  texts.length === 0 ? '' : `<ul>${texts.map((text) => `<li>${esc(text)}</li>`).join('')}</ul>`;

const runs = ({ runs: all, worst }: AttackResult): string => `<table>
<tr><th>attack</th><th>budget</th><th>left right</th><th>broken</th><th>distance: least, median, most</th><th>queries a row</th><th>queries</th><th>zero gradients</th><th>seconds</th></tr>
${all.map(line).join('\n')}
${worst.map(({ epsilon, robust }) => `<tr class="all"><td>all together</td><td>${number(epsilon)}</td><td>${shareText(robust)}</td><td colspan="6"></td></tr>`).join('\n')}
</table>`;

const line = (run: RunResult): string =>
  `<tr><td><abbr title="${esc(run.source)}">${esc(run.title)}</abbr><br><small>${esc(settingsText(run))}</small></td><td>${run.norm} ${number(run.epsilon)}</td><td>${shareText(run.robust)}</td><td>${percent(run.success)}</td><td>${run.distances === undefined ? '' : [run.distances.least, run.distances.median, run.distances.most].map(number).join(', ')}</td><td>${number(run.queries.median)}</td><td>${run.queries.total.toLocaleString('en')}</td><td>${run.access === 'gradients' ? percent(run.zeroGradients) : ''}</td><td>${run.seconds.toFixed(1)}</td></tr>`;

function corruptions(result: AttackResult): string {
  const rows = corruptionRows(result);
  if (rows.length === 0) return '';
  return `<h2>Corruptions</h2>
<p>Percent of rows that are right after something happened to them that nobody meant, at five levels.</p>
<table>
<tr><th></th><th>1</th><th>2</th><th>3</th><th>4</th><th>5</th></tr>
${rows.map(({ title, levels }) => `<tr><td>${esc(title)}</td>${levels.map((level) => `<td>${level}</td>`).join('')}</tr>`).join('\n')}
</table>`;
}

function finding({ rule, severity, message }: AttackResult['findings'][number]): string {
  const known = ATTACK_RULES_BY_ID.get(rule);
  return `<article class="${severity}">
<h3>${esc(severity)}: ${esc(known?.title ?? rule)}</h3>
<p>${esc(message)}</p>
<p class="advice">${esc(known?.advice ?? '')}</p>
<p class="rule"><code>${esc(rule)}</code> ${esc([...(known?.owasp ?? []), ...(known?.atlas ?? [])].join(' · '))}</p>
</article>`;
}

function shown(example: Example, { data, asked }: AttackResult): string {
  const { image } = data;
  const body =
    image === undefined
      ? `<table><tr><th>feature</th><th>as it was</th><th>changed to</th></tr>${changesOf(
          example,
          data.columns,
          20,
        )
          .map(
            ({ name, before, after }) =>
              `<tr><td>${esc(name)}</td><td>${number(before)}</td><td>${number(after)}</td></tr>`,
          )
          .join('')}</table>`
      : `<div class="pictures">${pictures(example, image, data.range)}</div>`;
  return `<section><h3>row ${example.row}: ${esc(example.label)} is taken for ${esc(example.answer)}</h3>
<p>${esc(example.attack)}, ${asked.norm} ${number(example.distance)}</p>
${body}</section>`;
}

const STYLE = `
:root { color-scheme: light dark; --bad: #b3261e; --warn: #9a6700; --good: #1a7f37; --line: #8884; --curve: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #e3b341; --good: #56d364; --curve: #8ab4f8; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 1.5rem 0 .25rem; } h3 { font-size: 1rem; margin: 0; }
.verdict { font-weight: 600; border: 1px solid; border-radius: .4rem; padding: 0 .5rem; }
.below { color: var(--bad); } .undecided { color: var(--warn); } .done { color: var(--good); }
article { border-inline-start: .3rem solid var(--warn); padding: .25rem .75rem; margin: .75rem 0; overflow-wrap: anywhere; }
article.high { border-color: var(--bad); } article.low { border-color: var(--line); }
.facts { font-size: .875rem; overflow-wrap: anywhere; } small { opacity: .75; }
.advice { font-weight: 500; } .rule { opacity: .75; font-size: .875rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; } td, th { text-align: start; padding: .2rem .5rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
tr.all { font-weight: 600; }
svg { width: 100%; max-width: 48rem; } svg text { font-size: 11px; fill: currentColor; }
.grid { stroke: var(--line); } .band { fill: var(--curve); opacity: .2; } .line { fill: none; stroke: var(--curve); stroke-width: 2; } .own { fill: none; stroke: currentColor; opacity: .6; } circle { fill: var(--curve); }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; } img { width: 10rem; image-rendering: pixelated; border: 1px solid var(--line); } figcaption { font-size: .875rem; }
`;
