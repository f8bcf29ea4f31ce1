import { folderOf, has, perFile, perImport, type Rule } from './rule.ts';
import type { SourceFile } from './tree.ts';

/** The table of DESIGN.md: a file imports only from a smaller row, or from its own folder. */
export const ROWS: Readonly<Record<string, number>> = {
  base: 1,
  exchange: 2,
  wire: 2,
  findings: 2,
  tensors: 2,
  policy: 3,
  settings: 3,
  audit: 3,
  regex: 3,
  text: 3,
  codecs: 3,
  signing: 3,
  sealing: 3,
  contracts: 3,
  graph: 3,
  callers: 4,
  dialects: 4,
  guards: 4,
  pseudonyms: 4,
  formats: 4,
  reports: 4,
  bom: 4,
  attacks: 4,
  monitors: 4,
  incidents: 4,
  shapers: 4,
  detect: 4,
  oip: 4,
  feeds: 4,
  factors: 4,
  inspection: 5,
  defences: 5,
  store: 5,
  ledger: 5,
  runtime: 5,
  telemetry: 5,
  vault: 5,
  views: 5,
  gateway: 6,
  library: 6,
  practice: 6,
  lifecycle: 6,
  witness: 6,
  cli: 7,
};

/** `main.ts` stands beside the folders and comes after all of them. */
const rowOf = (folder: string) => (folder === '' ? Number.POSITIVE_INFINITY : (ROWS[folder] ?? 0));

/** The rows of a table in Markdown whose lines begin `| 3 | `folder/` …`. */
export const rowsIn = (markdown: string): Record<string, number> =>
  Object.fromEntries(
    [...markdown.matchAll(/^\| (\d+) \| ([^|]*) \|/gm)].flatMap(([, row, folders]) =>
      [...(folders ?? '').matchAll(/`([\w-]+)\/`/g)].map(([, folder]) => [folder, Number(row)]),
    ),
  );

export const foldersHaveARow: Rule = (tree) =>
  [...new Set(tree.map((file) => file.folder))]
    .filter((folder) => folder !== '' && ROWS[folder] === undefined)
    .map(
      (folder) =>
        `${folder}/ has no row: put the code where it belongs, or give it a row here and in DESIGN.md`,
    );

export const onlyMainStandsBesideTheFolders = perFile(
  (file) =>
    file.folder === '' && !/^main(\.test)?\.ts$/.test(file.path) && 'move it into a folder that has a row',
);

export const foldersAreNamedForTheirSubject = perFile(
  (file) =>
    /(?:^|\/)(?:utils?|libs?|common|types|helpers?|misc|shared)(?:\/|\.ts$)/.test(file.path) &&
    'a name for leftovers; name the subject, or put the code beside its only user',
);

export const importsRunDownTheRows = perImport((file, { target }, tree) => {
  if (file.isTest || !has(tree, target) || file.folder === folderOf(target)) return;
  return (
    rowOf(folderOf(target)) >= rowOf(file.folder) &&
    `${file.folder}/ may import from smaller rows only; move what it needs down, or pass it in`
  );
});

export const onlyMainImportsTheCommandLine = perImport(
  (file, { target }) =>
    folderOf(target) === 'cli' &&
    file.folder !== 'cli' &&
    !file.path.startsWith('main.') &&
    'only main.ts starts the command line; what it shares belongs in a smaller row',
);

export const nothingLeavesTheTree = perImport(
  (_, { target }) =>
    target.startsWith('../') && 'src/ imports nothing from outside; move the code in, or pass it in',
);

export const testSupportStaysInTests = perImport(
  (file, { target }, tree) =>
    !file.isTest &&
    tree.some((one) => one.path === target && one.isTest) &&
    'this is for tests only; move what the product needs out of it',
);

/** Circles between files, types included: each found once, as the way round. */
export const noCircles: Rule = (tree) => {
  const byPath = new Map<string, SourceFile>(tree.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, way: readonly string[]) => {
    const back = way.indexOf(name);
    if (back >= 0)
      circles.push(`${[...way.slice(back), name].join(' → ')}: move what both need into a file of its own`);
    if (back >= 0 || done.has(name)) return;
    for (const { target } of byPath.get(name)?.imports ?? []) visit(target, [...way, name]);
    done.add(name);
  };
  for (const file of tree) visit(file.path, []);
  return circles;
};

/** @param entries files that are started or imported from outside */
export const nothingLiesUnused = (entries: readonly string[]): Rule => {
  return (tree) => {
    const product = tree.filter((file) => !file.isTest);
    const used = new Set([...entries, ...product.flatMap((file) => file.imports.map((one) => one.target))]);
    return product
      .filter((file) => !used.has(file.path))
      .map((file) => `${file.path}: nothing but tests imports it; list it, use it, or remove it`);
  };
};
