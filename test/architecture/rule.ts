import type { Import, SourceFile, Tree } from './tree.ts';

/**
 * A rule of the house: from a tree of sources to the places that break it, each with what to do about it.
 * `architecture.test.ts` runs the rules over `src/`; the tests beside them run them over made-up trees that break them.
 */
export type Rule = (tree: Tree) => string[];

type Words = string | false | undefined;

/** A rule on single files: `breaks` says what is wrong with one, if anything. */
export const perFile =
  (breaks: (file: SourceFile, tree: Tree) => Words): Rule =>
  (tree) =>
    tree.flatMap((file) => {
      const words = breaks(file, tree);
      return words ? [`${file.path}: ${words}`] : [];
    });

/** A rule on single imports. */
export const perImport =
  (breaks: (file: SourceFile, one: Import, tree: Tree) => Words): Rule =>
  (tree) =>
    tree.flatMap((file) =>
      file.imports.flatMap((one) => {
        const words = breaks(file, one, tree);
        return words ? [`${file.path} imports ${one.target}: ${words}`] : [];
      }),
    );

export const has = (tree: Tree, path: string) => tree.some((file) => file.path === path);

/** The folder of a path below the root; '' for a file beside the folders, a package or a `node:` module. */
export const folderOf = (path: string) => /^([^./][^/]*)\/.*\.ts$/.exec(path)?.[1] ?? '';
