import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as extensions from './extensions.ts';
import * as rows from './rows.ts';
import type { Rule } from './rule.ts';
import { treeOf } from './tree.ts';
import * as words from './words.ts';

type Files = Readonly<Record<string, string>>;

const imports = (...targets: string[]) =>
  targets.map((target) => `import { a } from '${target}';\n`).join('');

/** A rule that never fires holds nothing: each is shown trees that it must name, at the place, and trees it must let be. */
const holds = (rule: Rule, cases: { breaks: Record<string, Files>; keeps: Files }) => {
  for (const [place, files] of Object.entries(cases.breaks)) {
    const found = rule(treeOf(files));
    assert.equal(found.length, 1, `${place}: ${found.join('; ') || 'nothing found'}`);
    assert.ok(found[0]?.startsWith(place), `${found[0]} should start with ${place}`);
  }
  assert.deepEqual(rule(treeOf(cases.keeps)), []);
};

test('a folder without a row, and a file beside the folders', () => {
  holds(rows.foldersHaveARow, {
    breaks: { 'tools/': { 'tools/x.ts': '' } },
    keeps: { 'base/x.ts': '', 'main.ts': '' },
  });
  holds(rows.onlyMainStandsBesideTheFolders, {
    breaks: { 'app.ts': { 'app.ts': '' } },
    keeps: { 'main.ts': '' },
  });
});

test('a folder or file named for leftovers', () => {
  holds(rows.foldersAreNamedForTheirSubject, {
    breaks: {
      'gateway/utils/x.ts': { 'gateway/utils/x.ts': '' },
      'gateway/helpers.ts': { 'gateway/helpers.ts': '' },
      'types/x.ts': { 'types/x.ts': '' },
    },
    keeps: { 'gateway/utilisation.ts': '', 'base/library.ts': '' },
  });
});

test('an import from the same row, or from a larger one', () => {
  const policy = { 'policy/p.ts': '', 'store/s.ts': '', 'base/b.ts': '' };
  holds(rows.importsRunDownTheRows, {
    breaks: {
      'audit/a.ts': { ...policy, 'audit/a.ts': imports('../policy/p.ts') },
      'guards/g.ts': { ...policy, 'guards/g.ts': imports('../store/s.ts') },
      'cli/c.ts': { 'cli/c.ts': imports('../main.ts'), 'main.ts': '' },
    },
    keeps: {
      ...policy,
      'policy/q.ts': imports('./p.ts', '../base/b.ts'),
      'main.ts': imports('./store/s.ts'),
      'audit/a.test.ts': imports('../policy/p.ts'),
    },
  });
});

test('the command line imported by anything but main', () => {
  holds(rows.onlyMainImportsTheCommandLine, {
    breaks: { 'gateway/g.ts': { 'gateway/g.ts': imports('../cli/serve.ts'), 'cli/serve.ts': '' } },
    keeps: {
      'main.ts': imports('./cli/serve.ts'),
      'cli/serve.ts': imports('./words.ts'),
      'cli/words.ts': '',
    },
  });
});

test('an import from outside src/', () => {
  holds(rows.nothingLeavesTheTree, {
    breaks: {
      'gateway/g.ts': { 'gateway/g.ts': imports('../../test/x.ts') },
      'gateway/h.test.ts': { 'gateway/h.test.ts': imports('../../scripts/x.ts') },
    },
    keeps: { 'gateway/g.ts': imports('../base/b.ts'), 'base/b.ts': '' },
  });
});

test('test support in the product', () => {
  holds(rows.testSupportStaysInTests, {
    breaks: { 'gateway/g.ts': { 'gateway/g.ts': imports('./testing.ts'), 'gateway/testing.ts': '' } },
    keeps: {
      'gateway/g.test.ts': imports('./testing.ts'),
      'gateway/testing.ts': imports('./x.ts'),
      'gateway/x.ts': '',
    },
  });
});

test('a circle of files, found once', () => {
  holds(rows.noCircles, {
    breaks: {
      'base/a.ts → base/b.ts → base/c.ts → base/a.ts': {
        'base/a.ts': imports('./b.ts'),
        'base/b.ts': imports('./c.ts', './d.ts'),
        'base/c.ts': "import type { A } from './a.ts';",
        'base/d.ts': '',
      },
    },
    keeps: { 'base/a.ts': imports('./b.ts', './c.ts'), 'base/b.ts': imports('./c.ts'), 'base/c.ts': '' },
  });
});

test('a file that nothing uses', () => {
  holds(rows.nothingLiesUnused(['main.ts']), {
    breaks: { 'base/a.ts': { 'base/a.ts': '', 'base/a.test.ts': imports('./a.ts') } },
    keeps: { 'main.ts': imports('./base/a.ts'), 'base/a.ts': '' },
  });
});

test('the table of DESIGN.md is read', () => {
  const markdown =
    '| row | folder | x |\n|---|---|---|\n| 1 | `base/` | a |\n| 4 | `attacks/` `probes/` | `not/` |\n| – | `main.ts` | b |';
  assert.deepEqual(rows.rowsIn(markdown), { base: 1, attacks: 4, probes: 4 });
});

const guards = {
  'guards/index.ts': `${imports('./bounds.ts', './secrets/index.ts')}import type { G } from './guard.ts';\n`,
  'guards/guard.ts': '',
  'guards/bounds.ts': imports('./guard.ts'),
  'guards/bounds.test.ts': imports('./bounds.ts', './guard.ts'),
  'guards/secrets/index.ts': imports('../guard.ts', './rules.ts'),
  'guards/secrets/rules.ts': imports('../guard.ts'),
  'guards/secrets/rules.test.ts': imports('./rules.ts'),
  'gateway/g.ts': imports('../guards/index.ts', '../guards/guard.ts', '../guards/secrets/index.ts'),
};

test('an extension that knows a sibling, a contract that knows an extension, a list imported by what it lists', () => {
  holds(extensions.extensionsKeepApart, {
    breaks: {
      'guards/bounds.ts imports guards/secrets/index.ts': {
        ...guards,
        'guards/bounds.ts': imports('./secrets/index.ts'),
      },
      'guards/secrets/rules.ts imports guards/bounds.ts': {
        ...guards,
        'guards/secrets/rules.ts': imports('../bounds.ts'),
      },
      'guards/guard.ts imports guards/bounds.ts': { ...guards, 'guards/guard.ts': imports('./bounds.ts') },
      'guards/guard.ts imports guards/index.ts': { ...guards, 'guards/guard.ts': imports('./index.ts') },
    },
    keeps: guards,
  });
});

test('the inside of an extension taken from outside', () => {
  holds(extensions.foldersOfExtensionsHaveOneFace, {
    breaks: {
      'gateway/g.ts imports guards/secrets/rules.ts': {
        ...guards,
        'gateway/g.ts': imports('../guards/secrets/rules.ts'),
      },
      'guards/index.ts imports guards/secrets/rules.ts': {
        ...guards,
        'guards/index.ts': imports('./bounds.ts', './secrets/index.ts', './secrets/rules.ts'),
      },
    },
    keeps: guards,
  });
});

test('an extension that is in no list', () => {
  holds(extensions.extensionsAreListed, {
    breaks: { 'guards/pii/index.ts': { ...guards, 'guards/pii/index.ts': '' } },
    keeps: guards,
  });
  // A file that is not listed is a contract, and one that nobody shares lies unused.
  holds(rows.nothingLiesUnused(['gateway/g.ts']), {
    breaks: { 'guards/pii.ts': { ...guards, 'guards/pii.ts': '' } },
    keeps: guards,
  });
});

test('an extension without a test', () => {
  const { 'guards/bounds.test.ts': _, ...noBoundsTest } = guards;
  const { 'guards/secrets/rules.test.ts': __, ...noSecretsTest } = guards;
  holds(extensions.extensionsHaveATest, {
    breaks: { 'guards/bounds.ts': noBoundsTest, 'guards/secrets/index.ts': noSecretsTest },
    keeps: guards,
  });
});

test('a file that is too long', () => {
  const long = 'x;\n'.repeat(401);
  holds(words.filesAreShort, {
    breaks: { 'base/x.ts': { 'base/x.ts': long } },
    keeps: { 'base/x.ts': 'x;\n'.repeat(400), 'regex/data/x.ts': long, 'regex/unicode.data.ts': long },
  });
});

test('effects in the low rows', () => {
  holds(words.lowRowsImportNoEffects, {
    breaks: {
      'policy/p.ts': { 'policy/p.ts': imports('node:fs') },
      'settings/s.ts': { 'settings/s.ts': "import { connect, isIP } from 'node:net';" },
    },
    keeps: {
      'settings/s.ts': "import { isIP } from 'node:net';",
      'policy/p.ts': `${imports('node:crypto')}import type { Server } from 'node:http';`,
      'store/s.ts': imports('node:fs'),
    },
  });
  holds(words.lowRowsUseNoEffects, {
    breaks: Object.fromEntries(
      [
        'process.env.X',
        'Date.now()',
        'new Date()',
        'Math.random()',
        'setTimeout(f)',
        'performance.now()',
        'fetch(x)',
      ].map((use, index) => [`guards/g${index}.ts`, { [`guards/g${index}.ts`]: use }]),
    ),
    keeps: {
      'guards/g.ts': 'clock.now(); new Date(time); "process.env"; reprocess.x; // Date.now()',
      'base/clock.ts': 'Date.now()',
      'gateway/g.ts': 'Date.now()',
    },
  });
});

test('what browsers lack in audit/', () => {
  holds(words.auditRunsInABrowser, {
    breaks: {
      'audit/a.ts': { 'audit/a.ts': "import type { Hash } from 'node:crypto';" },
      'audit/b.ts': { 'audit/b.ts': imports('undici') },
      'audit/c.ts': { 'audit/c.ts': 'Buffer.from(x)' },
    },
    keeps: {
      'audit/a.ts': `${imports('../base/json.ts')}const Buffers = 1;`,
      'audit/a.test.ts': imports('node:crypto'),
    },
  });
});

test('a value cleared without inspection', () => {
  const clear = "import { clear } from '../exchange/cleared.ts';";
  holds(words.onlyInspectionClears, {
    breaks: {
      'gateway/forward.ts': { 'gateway/forward.ts': clear },
      'gateway/path.ts': { 'gateway/path.ts': "import { clear as fine } from '../exchange/cleared.ts';" },
      'gateway/answer.ts': { 'gateway/answer.ts': "import * as cleared from '../exchange/cleared.ts';" },
      'exchange/x.ts': { 'exchange/x.ts': "export { clear } from './cleared.ts';" },
      'cli/inspect.ts': { 'cli/inspect.ts': clear },
    },
    keeps: {
      'gateway/inspect/inspect.ts': clear.replace('../', '../../'),
      'gateway/inspect/stream.ts': clear.replace('../', '../../'),
      'gateway/forward.ts': "import { Cleared } from '../exchange/cleared.ts';",
    },
  });
});

test('a proof minted away from home', () => {
  holds(words.proofsAreMintedAtHome, {
    breaks: {
      'gateway/g.ts': { 'gateway/g.ts': 'Cleared.mint(x)' },
      'ledger/l.ts': { 'ledger/l.ts': `${imports('../exchange/cleared.ts')}Cleared.mint(x)` },
    },
    keeps: { 'exchange/cleared.ts': 'Cleared.mint(x)', 'ledger/l.ts': 'Receipt.mint(x)' },
  });
});

test('text run as code, and other programs', () => {
  holds(words.noCodeFromText, {
    breaks: {
      'base/a.ts': { 'base/a.ts': 'eval(x)' },
      'base/b.ts': { 'base/b.ts': 'new Function(x)' },
      'base/c.ts': { 'base/c.ts': 'await import(name)' },
    },
    keeps: { 'base/a.ts': "pattern.exec(x); await import('./b.ts'); retrieval(x); db.eval(x); // eval(x)" },
  });
  holds(words.noOtherPrograms, {
    breaks: { 'cli/c.ts': { 'cli/c.ts': imports('node:child_process') } },
    keeps: { 'cli/c.test.ts': imports('node:child_process'), 'cli/c.ts': imports('node:fs') },
  });
});

test('fetch on the data path', () => {
  holds(words.theDataPathDoesNotFetch, {
    breaks: {
      'gateway/a.ts': { 'gateway/a.ts': 'await fetch(x)' },
      'gateway/b.ts': { 'gateway/b.ts': 'const get = globalThis.fetch;' },
    },
    keeps: {
      'gateway/a.ts': 'pool.fetch(x); prefetch(x)',
      'gateway/a.test.ts': 'fetch(x)',
      'cli/c.ts': 'fetch(x)',
    },
  });
});

test('any', () => {
  holds(words.noAny, {
    breaks: {
      'base/a.ts': { 'base/a.ts': 'let x: any;' },
      'base/b.ts': { 'base/b.ts': 'x as any' },
      'base/c.ts': { 'base/c.ts': 'let x: Record<string, any>;' },
      'base/d.ts': { 'base/d.ts': 'let x: any[];' },
    },
    keeps: {
      'base/a.ts':
        'AbortSignal.any([a]); const many = anything; property((any) => f(any)); // : any\n": any"',
    },
  });
});

test('printing from below the command line', () => {
  holds(words.onlyTheCommandLinePrints, {
    breaks: { 'gateway/g.ts': { 'gateway/g.ts': 'console.error(x)' } },
    keeps: { 'cli/c.ts': 'console.log(x)', 'main.ts': 'console.log(x)', 'gateway/g.ts': '// console.log' },
  });
});

test('what ties a file to one machine or one mirror', () => {
  const lines = ['cd /ho' + 'me/me/x', '"/wo' + 'rk/x"', 'https://regis' + 'try.npmjs.org/x'];
  for (const line of lines)
    assert.equal(words.tiedToAPlace({ 'README.md': `fine\n${line}` }).length, 1, line);
  assert.match(words.tiedToAPlace({ 'README.md': `fine\n${lines[0]}` })[0] ?? '', /^README\.md:2 /);
  assert.deepEqual(
    words.tiedToAPlace({ 'README.md': 'src/work/x, /etc/gatehouse, the npm registry, ~/work/x' }),
    [],
  );
});
