import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import * as extensions from './architecture/extensions.ts';
import * as rows from './architecture/rows.ts';
import type { Rule } from './architecture/rule.ts';
import { readTree } from './architecture/tree.ts';
import * as words from './architecture/words.ts';

const root = path.dirname(import.meta.dirname);
const tree = readTree(path.join(root, 'src'));

/** Files that are not imported but started (the command) or exported by the package. */
const ENTRIES = [
  'main.ts',
  'runtime/encoder/thread.ts',
  'lifecycle/sign/thread.ts',
  'ledger/verify-files.ts',
  'library/guards.ts',
];

const RULES: Readonly<Record<string, Rule>> = {
  'every folder has a row': rows.foldersHaveARow,
  'only main.ts stands beside the folders': rows.onlyMainStandsBesideTheFolders,
  'folders and files are named for their subject': rows.foldersAreNamedForTheirSubject,
  'a file imports only from smaller rows and its own folder': rows.importsRunDownTheRows,
  'only main.ts imports the command line': rows.onlyMainImportsTheCommandLine,
  'src imports nothing from test, bench or scripts': rows.nothingLeavesTheTree,
  'what is made for tests stays in tests': rows.testSupportStaysInTests,
  'no files import each other in a circle': rows.noCircles,
  'every file is used': rows.nothingLiesUnused(ENTRIES),
  'extensions keep apart': extensions.extensionsKeepApart,
  'a folder that is an extension has one face': extensions.foldersOfExtensionsHaveOneFace,
  'every extension is in the list of its folder': extensions.extensionsAreListed,
  'every extension has a test beside it': extensions.extensionsHaveATest,
  'files are at most 400 lines': words.filesAreShort,
  'rows 1 to 4 import no effects': words.lowRowsImportNoEffects,
  'rows 1 to 4 use no clock, chance, process or network': words.lowRowsUseNoEffects,
  'audit runs in a browser': words.auditRunsInABrowser,
  'only inspection clears': words.onlyInspectionClears,
  'proofs are minted in one place': words.proofsAreMintedAtHome,
  'no text is run as code': words.noCodeFromText,
  'no other program is started': words.noOtherPrograms,
  'the data path does not fetch': words.theDataPathDoesNotFetch,
  'nothing is any': words.noAny,
  'only the command line prints': words.onlyTheCommandLinePrints,
};

const none = (found: readonly string[]) => assert.equal(found.length, 0, `\n  ${found.join('\n  ')}`);

suite('the house', () => {
  for (const [name, rule] of Object.entries(RULES)) test(name, () => none(rule(tree)));

  test('DESIGN.md has the same rows', () => {
    const rowsOfDesign = rows.rowsIn(readFileSync(path.join(root, 'DESIGN.md'), 'utf8'));
    assert.deepEqual(rowsOfDesign, rows.ROWS, 'change both tables in one commit');
  });

  test('no file is tied to one machine or one mirror', (t) => {
    const names = trackedFiles();
    if (names === undefined) return t.skip('not a git checkout');
    none(
      words.tiedToAPlace(
        Object.fromEntries(names.map((name) => [name, readFileSync(path.join(root, name), 'utf8')])),
      ),
    );
  });
});

function trackedFiles(): string[] | undefined {
  try {
    const listed = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.split('\0').filter((name) => name !== '' && existsSync(path.join(root, name)));
  } catch {
    return undefined;
  }
}
