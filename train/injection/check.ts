import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Random } from '../random.ts';
import { expand, type Grammar, parseGrammar, slotsOf } from './grammar.ts';
import { COMPOSED_SLOTS, fillerOf, readShared } from './library.ts';

// node train/injection/check.ts FILE…: reads grammar files, counts them, shows samples. Exit code 1 where one is wrong.
const shared = readShared();
let wrong = 0;
for (const path of process.argv.slice(2)) {
  let grammar: Grammar;
  try {
    grammar = parseGrammar(basename(path), readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(String(error));
    wrong++;
    continue;
  }
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const rule of grammar.rules) {
    const key = `${rule.lang} ${rule.role} ${rule.label} ${rule.technique}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const shape = rule.source.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    if (seen.has(shape)) console.log(`${path}:${rule.line}: said before`);
    seen.add(shape);
    for (const name of slotsOf(rule.template)) {
      if (grammar.slots.has(name) || shared.has(name) || COMPOSED_SLOTS.some((one) => one === name)) continue;
      console.error(`${path}:${rule.line}: no slot {${name}} (shared ones may still be on their way)`);
    }
  }
  console.log(`${path}: ${grammar.rules.length} templates`);
  for (const [key, count] of [...counts].sort()) console.log(`  ${String(count).padStart(5)} ${key}`);
  const random = new Random(Date.now());
  const fill = fillerOf(grammar, shared, (name) => `<${name}>`);
  for (let i = 0; i < 5 && grammar.rules.length > 0; i++)
    console.log(
      `  e.g. ${JSON.stringify(expand(random.pick(grammar.rules).template, random, fill)).slice(0, 400)}`,
    );
}
process.exitCode = wrong > 0 ? 1 : 0;
