import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mappingsOf, type Rule } from '../src/findings/rule.ts';
import { ALL_RULES } from '../src/lifecycle/scan/catalogue.ts';
import { DETECTION_PAGE, detectionPage } from './detection-page.ts';

const FOLDER = path.join(path.dirname(import.meta.dirname), 'docs', 'rules');

/** A page for each rule of the scanner, and one that lists them, by file name. Written by `npm run rules`. */
export function rulePages(): Record<string, string> {
  const rules = [...ALL_RULES.values()];
  return {
    'README.md': listOf(rules),
    ...Object.fromEntries(rules.map((rule) => [`${rule.id}.md`, pageOf(rule)])),
  };
}

function listOf(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, severity, title }) => `| [${id}](${id}.md) | ${severity} | ${title} |`);
  return `# Rules of the scanner

What \`gatehouse scan\` looks for, beside everything that it could not read; rules that begin with \`gate.\` are of
[\`gatehouse gate\`](../gate.md). An id never changes its meaning. The same text is in \`gatehouse scan rules\`; how findings are
excused is in [Scan](../scan.md).

| rule | severity | what |
|---|---|---|
${rows.join('\n')}
`;
}

function pageOf(rule: Rule): string {
  const { id, title, severity, about, advice } = rule;
  const mapped = mappingsOf(rule)
    .map(([name, all]) => `- ${name}: ${all.join(', ')}`)
    .join('\n');
  return `# ${title}

\`${id}\`, severity ${severity}

${about.replaceAll('__', '\\_\\_').replaceAll('*', '\\*')}

**What to do:** ${advice.replaceAll('__', '\\_\\_').replaceAll('*', '\\*')}

${mapped}

[All rules](README.md)
`;
}

/** Names of the pages that are not what {@link rulePages} would write, or should not be there. */
export function stalePages(): string[] {
  const pages = rulePages();
  const there = readdirSync(FOLDER);
  const extra = there.filter((name) => !Object.hasOwn(pages, name));
  const changed = Object.entries(pages)
    .filter(([name, text]) => !there.includes(name) || readFileSync(path.join(FOLDER, name), 'utf8') !== text)
    .map(([name]) => name);
  return [...extra, ...changed];
}

if (import.meta.main) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(rulePages())) writeFileSync(path.join(FOLDER, name), text);
  writeFileSync(DETECTION_PAGE, detectionPage());
}
