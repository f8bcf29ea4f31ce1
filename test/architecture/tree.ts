import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOnly } from './code.ts';

export interface Import {
  /** A file of the tree (`base/json.ts`), a package or `node:` module, or a path that leaves the tree (`../test/x.ts`). */
  readonly target: string;
  /** Names taken, as the imported file calls them; `*` for all of it. */
  readonly names: readonly string[];
  /** Gone when the types are stripped. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Below the tree's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and the insides of strings; see {@link codeOnly}. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** The first folder, or '' for a file beside the folders. */
  readonly folder: string;
  /** A test, or what only tests use: `x.test.ts`, `testing.ts`. */
  readonly isTest: boolean;
}

export type Tree = readonly SourceFile[];

/** All TypeScript files below a folder. */
export function readTree(root: string): Tree {
  const names = globSync('**/*.ts', { cwd: root }).map((name) => name.split(path.sep).join('/'));
  return treeOf(
    Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(root, name), 'utf8')])),
  );
}

export const treeOf = (files: Readonly<Record<string, string>>): Tree =>
  Object.entries(files).map(([name, text]) => {
    const code = codeOnly(text);
    return {
      path: name,
      text,
      code,
      imports: importsOf(name, text, code),
      folder: name.includes('/') ? name.slice(0, name.indexOf('/')) : '',
      isTest: /(?:\.test|(?:^|\/)testing)\.ts$/.test(name),
    };
  });

/** `import … from '`, `export … from '` and `import '`, as the formatter writes them: at the start of a line. */
const STATIC = /^(?:import|export)\b(?:([^'";=]*?)\bfrom)?\s*['"]/gm;
/** `import('`, as an expression or in a type. */
const DYNAMIC = /\bimport\(\s*['"`]/g;

const importsOf = (file: string, text: string, code: string): Import[] =>
  [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map((match) => {
    const start = match.index + match[0].length;
    const specifier = text.slice(start, text.indexOf(text.charAt(start - 1), start));
    const target = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier)
      : specifier;
    return { target, ...readClause(match[1]?.trim() ?? '') };
  });

/** `type { A }`, `{ type A, B as C }`, `* as x`, `x` (a default import), or nothing (for its effects). */
function readClause(clause: string): Pick<Import, 'names' | 'typeOnly'> {
  const allTypes = /^type\b/.test(clause);
  const braces = /\{([^}]*)\}/.exec(clause)?.[1];
  if (braces === undefined) return { names: ['*'], typeOnly: allTypes };
  const items = braces
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return {
    names: items.map((item) => item.replace(/^type\s+/, '').replace(/\s+as\s.*$/s, '')),
    typeOnly: allTypes || items.every((item) => /^type\s/.test(item)),
  };
}
