import type { Random } from '../random.ts';

/** A piece of a template: text as it stands, a slot to fill, or alternatives. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'choice'; readonly branches: readonly Template[] };
export type Template = readonly Piece[];

export const TECHNIQUES = [
  'direct-override',
  'jailbreak-persona',
  'jailbreak-framing',
  'prompt-extraction',
  'encoded-payload',
  'indirect',
  'tool-poisoning',
  'crescendo',
  'exfiltration',
  'delimiter-forgery',
  'adversarial-suffix',
  'many-shot',
  'none',
] as const;
export type TemplateTechnique = (typeof TECHNIQUES)[number];

export const LABELS = ['attack', 'benign', 'hard-benign', 'harm', 'carrier', 'filler'] as const;
export type TemplateLabel = (typeof LABELS)[number];

export const ROLES = ['user', 'system', 'assistant', 'tool', 'document', 'tool-definition'] as const;
export type Role = (typeof ROLES)[number];

/** One line of a grammar file, with the directives that held there. */
export interface Rule {
  readonly file: string;
  readonly line: number;
  readonly technique: TemplateTechnique;
  readonly label: TemplateLabel;
  readonly role: Role;
  readonly lang: string;
  readonly template: Template;
  readonly source: string;
}

export interface Grammar {
  readonly rules: readonly Rule[];
  /** Slots of this file only. */
  readonly slots: ReadonlyMap<string, readonly Template[]>;
}

export class GrammarError extends Error {}

/** Reads a grammar file: directives (`@technique …`), slots (`@slot x = a | b`), one template a line. */
export function parseGrammar(file: string, source: string): Grammar {
  const rules: Rule[] = [];
  const slots = new Map<string, readonly Template[]>();
  let technique: TemplateTechnique = 'none';
  let label: TemplateLabel = 'benign';
  let role: Role = 'user';
  let lang = 'en';
  for (const [index, raw] of source.split('\n').entries()) {
    const text = raw.trimEnd();
    if (text.trim() === '' || text.startsWith('#')) continue;
    const at = (message: string) => new GrammarError(`${file}:${index + 1}: ${message}`);
    if (text.startsWith('@')) {
      const [, name = '', value = ''] = /^@(\w+)\s*(.*)$/.exec(text) ?? [];
      if (name === 'technique') technique = oneOf(TECHNIQUES, value, at);
      else if (name === 'label') label = oneOf(LABELS, value, at);
      else if (name === 'role') role = oneOf(ROLES, value, at);
      else if (name === 'lang') lang = value;
      else if (name === 'slot') {
        const [, slot = '', body = ''] = /^([\w-]+)\s*=\s*(.*)$/.exec(value) ?? [];
        if (slot === '') throw at('a slot is written: @slot name = a | b');
        slots.set(slot, parseBranches(body, at));
      } else throw at(`unknown directive @${name}`);
      continue;
    }
    rules.push({
      file,
      line: index + 1,
      technique: label === 'attack' ? technique : 'none',
      label,
      role,
      lang,
      template: parseTemplate(text, at),
      source: text,
    });
  }
  return { rules, slots };
}

/** The values of a shared slot, one a line. */
export function parseSlotFile(file: string, source: string): readonly Template[] {
  return source
    .split('\n')
    .map((line, index) => ({ line: line.trim(), index }))
    .filter(({ line }) => line !== '' && !line.startsWith('#') && !line.startsWith('@'))
    .map(({ line, index }) =>
      parseTemplate(line, (message) => new GrammarError(`${file}:${index + 1}: ${message}`)),
    );
}

function oneOf<T extends string>(list: readonly T[], value: string, at: (message: string) => Error): T {
  const found = list.find((one) => one === value);
  if (found === undefined) throw at(`“${value}” is none of ${list.join(', ')}`);
  return found;
}

type At = (message: string) => Error;

function parseBranches(source: string, at: At): readonly Template[] {
  const state = { source, at: 0 };
  const branches = branchesOf(state, at, 0);
  if (state.at < source.length) throw at(`unexpected “${source[state.at]}”`);
  return branches.map(trimmed);
}

/** Without the spaces around a branch of a `@slot` line. */
function trimmed(template: Template): Template {
  return template.map((piece, i) => {
    if (piece.kind !== 'text') return piece;
    let { text } = piece;
    if (i === 0) text = text.trimStart();
    if (i === template.length - 1) text = text.trimEnd();
    return { kind: 'text', text };
  });
}

function parseTemplate(source: string, at: At): Template {
  const state = { source, at: 0 };
  const branches = branchesOf(state, at, 0);
  if (state.at < source.length) throw at(`unexpected “${source[state.at]}” at column ${state.at + 1}`);
  if (branches.length > 1) throw at('“|” outside of [ ]: escape it as \\|');
  return branches[0] ?? [];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function branchesOf(state: { readonly source: string; at: number }, at: At, depth: number): Template[] {
  if (depth > 20) throw at('nested too deeply');
  const branches: Template[] = [];
  let pieces: Piece[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  for (; state.at < state.source.length; state.at++) {
    const char = state.source[state.at] as string;
    if (char === '\\') {
      const next = state.source[++state.at] ?? '\\';
      text += ESCAPES[next] ?? next;
    } else if (char === '[') {
      flush();
      state.at++;
      const inner = branchesOf(state, at, depth + 1);
      if (state.source[state.at] !== ']') throw at('“[” without “]”');
      pieces.push({ kind: 'choice', branches: inner });
    } else if (char === ']') {
      if (depth === 0) throw at(`“]” without “[” at column ${state.at + 1}: escape it as \\]`);
      break;
    } else if (char === '|') {
      flush();
      branches.push(pieces);
      pieces = [];
    } else if (char === '{') {
      const end = state.source.indexOf('}', state.at);
      const name = state.source.slice(state.at + 1, end);
      if (end < 0 || !/^[\w-]+$/.test(name))
        throw at(`“{” begins no slot at column ${state.at + 1}: escape it as \\{`);
      flush();
      pieces.push({ kind: 'slot', name });
      state.at = end;
    } else if (char === '}') throw at(`“}” without “{” at column ${state.at + 1}: escape it as \\}`);
    else text += char;
  }
  flush();
  branches.push(pieces);
  return branches;
}

/** Fills a slot; undefined where it knows none of that name. */
export type Filler = (name: string, random: Random) => string | undefined;

/** One text of a template. */
export function expand(template: Template, random: Random, fill: Filler, depth = 0): string {
  if (depth > 12) return '';
  let out = '';
  for (const piece of template) {
    if (piece.kind === 'text') out += piece.text;
    else if (piece.kind === 'choice') out += expand(random.pick(piece.branches), random, fill, depth + 1);
    else out += fill(piece.name, random) ?? '';
  }
  return out;
}

/** Names of all slots that a template uses. */
export function slotsOf(template: Template): readonly string[] {
  return template.flatMap((piece) =>
    piece.kind === 'slot' ? [piece.name] : piece.kind === 'choice' ? piece.branches.flatMap(slotsOf) : [],
  );
}
