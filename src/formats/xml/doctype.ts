import { shown } from '../../findings/finding.ts';
import type { Report } from '../format.ts';
import { XML_RULES as RULES } from './rules.ts';

/** Types of documents that are known, and that nothing is fetched for. */
const KNOWN =
  /^(?:https?:\/\/www\.w3\.org\/|https?:\/\/www\.dmg\.org\/|(?:https?:)?\/\/www\.apple\.com\/DTDs\/|-\/\/W3C\/\/)/i;
const BESIDE = /^(?:(?:\.{1,2}\/)?[\w-][\w.-]*\.dtd|urn:[\w.:-]+)$/i;
const EXTERNAL = /^<!DOCTYPE\s+[^\s[>]+\s+(?:SYSTEM|PUBLIC\s*(?:"[^"]*"|'[^']*'))\s*(?:"([^"]*)"|'([^']*)')?/;
const ENTITY = /<!ENTITY\s+(%\s+)?([^\s"'>]+)\s+(?:(SYSTEM|PUBLIC)\b|"([^"]*)"|'([^']*)')/g;
const MOST = 1_000;
/** A text that is named so that it need not be written again is short. */
const LONG = 4096;

/** What a document type declares: texts by name, and things that stand elsewhere. */
export function judgeDoctype(text: string): Report[] {
  const reports: Report[] = [];
  const found = EXTERNAL.exec(text);
  const address = found?.[1] ?? found?.[2];
  if (address !== undefined && !KNOWN.test(address))
    reports.push({
      rule: RULES.external.id,
      message: `its document type is taken from ${shown(address, 80)}`,
      evidence: { address: shown(address, 200) },
      // Of a file beside it no more is learned than stands there.
      ...(BESIDE.test(address) && { severity: 'low' }),
    });
  let plain = 0;
  let count = 0;
  for (const [, parameter, name = '', external, double, single] of text.matchAll(ENTITY)) {
    if (++count > MOST) break;
    const value = double ?? single ?? '';
    if (external !== undefined)
      reports.push({
        rule: RULES.external.id,
        message: `the entity ${shown(name, 60)} is taken from elsewhere`,
      });
    else if (parameter !== undefined)
      reports.push({ rule: RULES.external.id, message: `there is a parameter entity, ${shown(name, 60)}` });
    else if (/&(?!#|lt;|gt;|amp;|quot;|apos;)[^;\s]{1,100};/.test(value) || value.length > LONG)
      reports.push({
        rule: RULES.expansion.id,
        message: `the entity ${shown(name, 60)} is made of others, or very long`,
      });
    else plain++;
  }
  // A declaration that was not understood counts as the worst that it could be.
  const all = text.match(/<!ENTITY/gi)?.length ?? 0;
  if (all > count && count <= MOST)
    reports.push({
      rule: RULES.external.id,
      message: 'an entity is declared in a way that is not understood',
    });
  if (count > MOST) reports.push({ rule: RULES.expansion.id, message: 'there are thousands of entities' });
  if (plain > 0) reports.push({ rule: RULES.entity.id, message: `it declares ${plain} entities` });
  return reports.slice(0, 20);
}
