import { shown } from '../../findings/finding.ts';
import { squeezed } from '../blanks.ts';
import type { Part } from '../format.ts';
import { PLACES } from './places.data.ts';

/** What a text does because of the name it has. */
export function judgePlace(part: Part, text: string): void {
  const path = part.path.join('/');
  const here = PLACES.filter(({ name }) => name.test(path));
  if (here.length === 0) return;
  const { whole, before } = squeezed(text);
  for (const { holds, looks } of here) {
    if (holds !== undefined && !holds.test(whole)) continue;
    for (const [pattern, rule, message, severity] of looks) {
      const found = pattern.exec(whole);
      if (found === null) continue;
      const [start, end] = [found.index, found.index + found[0].length].map((at) =>
        Buffer.byteLength(text.slice(0, before(at))),
      ) as [number, number];
      part.report({
        rule: rule.id,
        message: `${message}: ${shown(found[0].trim(), 100)}`,
        range: { start, end },
        evidence: { text: shown(found[0].trim(), 200) },
        ...(severity !== undefined && { severity }),
      });
    }
  }
}
