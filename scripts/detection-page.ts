import path from 'node:path';
import { FIELDS } from '../src/detect/facts.ts';
import type { Rule } from '../src/detect/rule.ts';
import { readRules } from '../src/detect/rule-set.ts';
import { shippedRules } from '../src/gateway/watch/rules.ts';

/** Where the page of the detections is. Written by `npm run rules`. */
export const DETECTION_PAGE = path.join(path.dirname(import.meta.dirname), 'docs', 'detection-rules.md');

/** Every rule that ships, and every field that a rule may use, in one page. */
export function detectionPage(): string {
  const { rules } = readRules(shippedRules(), { disable: [], change: {} });
  const rows = rules.map(
    ({ id, level, title }) => `| [${id}](#${id.replaceAll('.', '')}) | ${level} | ${title} |`,
  );
  const fields = Object.entries(FIELDS).map(
    ([name, { type, about }]) => `| \`${name}\` | ${type} | ${about} |`,
  );
  return `# Rules of the detections

What is looked for in the ledger over time, as \`gatehouse detect list\` has it; how rules are written, changed and switched off is in
[Detections](detections.md).

| rule | level | what |
|---|---|---|
${rows.join('\n')}

${rules.map(sectionOf).join('\n')}
## Fields of events

A closing entry has those of its first entry, too. “texts” are several: one that fits is enough, but for \`all\`.

| field | type | what |
|---|---|---|
${fields.join('\n')}
`;
}

const escaped = (text: string): string => text.replaceAll('*', '\\*').replaceAll('_', '\\_');

function sectionOf({
  id,
  title,
  level,
  description,
  atlas,
  owasp,
  measure,
  groupBy,
  falsePositives,
  response,
}: Rule): string {
  const by = groupBy.length > 0 ? `, by ${groupBy.join(' and ')}` : '';
  return `## ${id}

**${title}.** Level ${level}; \`${measure.type}\`${by}; MITRE ATLAS ${atlas.join(', ')}; OWASP ${owasp.join(', ')}.

${escaped(description)}

May also be: ${escaped(falsePositives.join(' '))}

**What to do:** ${escaped(response)}
`;
}
