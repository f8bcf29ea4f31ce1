import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '../../../src/regex/parse.ts';
import type { Node } from '../../../src/regex/syntax.ts';
import type { Row } from '../generate.ts';
import { DIGITS, Random } from '../random.ts';

const WORDS =
  'summer winter tiger dragon monkey shadow coffee purple rocket guitar falcon marble copper velvet canyon bridge orange thunder pepper silver meadow harbor lemon anchor'.split(
    ' ',
  );

/** Draws that are no regular expression. Passwords are as people think them up. */
const DRAWS: Readonly<Record<string, (random: Random, rest: string) => string>> = {
  pw: (random) => {
    const word = random.pick(WORDS);
    const Word = word.replace(/^./, (first) => first.toUpperCase());
    const digits = random.text(DIGITS, 2 + random.below(3));
    const sign = random.pick([...'!@#$%&*?']);
    return random.pick([
      `${Word}${digits}${sign}`,
      `${word}${digits}`,
      `${Word}${sign}${random.pick(WORDS)}${digits}`,
      word.replace('o', '0').replace('e', '3').replace('a', '@') + digits,
      random.text('ABCDEFGHJKMNPQRSTabcdefghjkmnpqrst23456789', 10) + digits,
    ]);
  },
  word: (random) => random.pick(['let', 'my', 'the', 'our', 'no']) + random.pick(WORDS) + random.pick(WORDS),
  b64: (random, rest) => Buffer.from(draw(rest, random)).toString('base64'),
  b64url: (random, rest) => Buffer.from(draw(rest, random)).toString('base64url'),
};

function draw(pattern: string, random: Random): string {
  const named = /^(pw|word|b64|b64url)(?::([\s\S]*))?$/.exec(pattern);
  if (named === null) return drawn(parse(pattern), random);
  // Within an encoded text `{{pw}}` is drawn first.
  const rest = (named[2] ?? '').replace(/\{\{(\w+)\}\}/g, (_, name: string) => draw(name, random));
  return DRAWS[named[1] as string]?.(random, rest) ?? '';
}

function drawn(node: Node, random: Random): string {
  switch (node.kind) {
    case 'set': {
      const points = node.set.flatMap(([from, to]) =>
        Array.from({ length: Math.max(0, Math.min(to, 126) - from + 1) }, (_, index) => from + index),
      );
      return String.fromCodePoint(random.pick(points));
    }
    case 'assert':
      return '';
    case 'sequence':
      return node.items.map((item) => drawn(item, random)).join('');
    case 'choice':
      return drawn(random.pick(node.items), random);
    case 'repeat': {
      const count = node.min + random.below(Math.min(node.max, node.min + 12) - node.min + 1);
      return Array.from({ length: count }, () => drawn(node.item, random)).join('');
    }
  }
}

/** Fills in a text: `«pattern»` is a secret, `‹pattern›` harmless. */
function fill(template: string, kind: string, random: Random): Row {
  const spans: { start: number; end: number; type: string }[] = [];
  let text = '';
  for (const part of template.split(/(«[^»]*»|‹[^›]*›)/)) {
    const secret = part.startsWith('«');
    const value = secret || part.startsWith('‹') ? draw(part.slice(1, -1), random) : part;
    if (secret) spans.push({ start: text.length, end: text.length + value.length, type: kind });
    text += value;
  }
  return { text, kind, spans, loose: true };
}

const lines = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));

/** Blocks of lines below `%% name`. */
const blocks = (name: string): [string, string][] =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split(/^%% /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...rest] = block.split('\n');
      return [title, rest.join('\n').trimEnd()];
    });

const asName = (issuer: string, between: string): string => issuer.replace(/[ .]/g, between);

/** A shape of `shapes.txt` for an issuer: `$n` its name in small letters, `$N` in capitals, `$C` as a class, `§` the key. */
const shaped = (shape: string, issuer: string, pattern: string): string =>
  shape
    .replaceAll('\\n', '\n')
    .replaceAll('$n', asName(issuer.toLowerCase(), '_'))
    .replaceAll('$N', asName(issuer.toUpperCase(), '_'))
    .replaceAll('$C', asName(issuer, ''))
    .replaceAll('$s', issuer)
    .replaceAll('§', `«${pattern}»`);

/** So many shapes are tried for each issuer. */
const SHAPES = 6;

/**
 * The second set: written from what issuers publish of their keys and from how projects write their settings, without
 * knowledge of the rules. `held`: the half that nobody looks into.
 */
export function second(held: boolean): Row[] {
  const random = new Random(held ? 20_261 : 1126);
  const all = lines('shapes.txt');
  const ours = <T>(_: T, index: number): boolean => (index % 2 === 1) === held;
  const issuers = lines('issuers.txt').filter(ours);
  const rows = issuers.flatMap((line) => {
    const [issuer = '', pattern = ''] = line.split(' ~ ');
    return Array.from({ length: SHAPES }, () =>
      fill(shaped(random.pick(all), issuer, pattern), issuer, random),
    );
  });
  for (const file of ['forms.txt', 'settings.txt']) {
    for (const [kind, template] of blocks(file).filter(ours)) {
      for (let times = 0; times < 4; times++) rows.push(fill(template, kind, random));
    }
  }
  for (const [kind, template] of [...blocks('harmless.txt'), ...blocks('harmless-code.txt')].filter(ours)) {
    const single = /^line by line/.test(kind) ? template.split('\n') : [template];
    for (const text of single) {
      for (let times = 0; times < (text.includes('‹') ? 4 : 1); times++) rows.push(fill(text, kind, random));
    }
  }
  return rows;
}
