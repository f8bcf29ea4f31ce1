import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treeOf } from './tree.ts';

const importsOf = (text: string) => treeOf({ 'gateway/path.ts': text })[0]?.imports;

test('every form of import is seen, with the names it takes', () => {
  const text = [
    "import { clear as c, type Cleared } from '../exchange/cleared.ts';",
    'import {',
    '  a,',
    '  b,',
    "} from './deep/file.ts';",
    "import type { T } from './t.ts';",
    "import { type U } from './u.ts';",
    "import * as all from 'undici';",
    "import path from 'node:path';",
    "import './effects.ts';",
    "export { d } from '../../test/x.ts';",
    "export * from './again.ts';",
    "const late = await import('./late.ts');",
    "let lazy: import('./types-of.ts').X;",
  ].join('\n');
  assert.deepEqual(importsOf(text), [
    { target: 'exchange/cleared.ts', names: ['clear', 'Cleared'], typeOnly: false },
    { target: 'gateway/deep/file.ts', names: ['a', 'b'], typeOnly: false },
    { target: 'gateway/t.ts', names: ['T'], typeOnly: true },
    { target: 'gateway/u.ts', names: ['U'], typeOnly: true },
    { target: 'undici', names: ['*'], typeOnly: false },
    { target: 'node:path', names: ['*'], typeOnly: false },
    { target: 'gateway/effects.ts', names: ['*'], typeOnly: false },
    { target: '../test/x.ts', names: ['d'], typeOnly: false },
    { target: 'gateway/again.ts', names: ['*'], typeOnly: false },
    { target: 'gateway/late.ts', names: ['*'], typeOnly: false },
    { target: 'gateway/types-of.ts', names: ['*'], typeOnly: false },
  ]);
});

test('what only looks like an import is none', () => {
  assert.deepEqual(
    importsOf("// import { a } from './a.ts'\nconst s = `\nimport 'x'\n`;\nexport const from = 'y';"),
    [],
  );
});
