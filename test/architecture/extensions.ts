import { folderOf, has, perFile, perImport, type Rule } from './rule.ts';
import type { Tree } from './tree.ts';

/**
 * Folders of extensions. Each extension is a file (`guards/bounds.ts`) or a folder with one face
 * (`guards/secrets/index.ts`) that the folder's `index.ts` lists: takes a value from. The other files at the top are
 * the contract, which extensions share.
 */
export const EXTENSION_FOLDERS: readonly string[] = ['callers', 'dialects', 'guards'];

const faceOf = (path: string) => {
  const [folder, name, ...inside] = path.split('/');
  return inside.length === 0 ? path : `${folder}/${name}/index.ts`;
};

const isFolderFace = (face: string) => face.split('/').length > 2;

const listed = (tree: Tree, folder: string) =>
  new Set(
    (tree.find((file) => file.path === `${folder}/index.ts`)?.imports ?? [])
      .filter((one) => !one.typeOnly && folderOf(one.target) === folder)
      .map((one) => one.target),
  );

/** The face of the extension that a file belongs to; undefined for the list, a contract, and anything elsewhere. */
const extensionOf = (tree: Tree, path: string) => {
  const folder = folderOf(path);
  if (!EXTENSION_FOLDERS.includes(folder)) return;
  const face = faceOf(path.replace(/\.test\.ts$/, '.ts'));
  return isFolderFace(face) || listed(tree, folder).has(face) ? face : undefined;
};

export const extensionsKeepApart = perImport((file, { target }, tree) => {
  if (file.isTest || file.folder !== folderOf(target) || !EXTENSION_FOLDERS.includes(file.folder)) return;
  const list = `${file.folder}/index.ts`;
  if (file.path === list) return;
  if (target === list) return 'the list knows the extensions, not the other way round';
  const theirs = extensionOf(tree, target);
  if (theirs === undefined || theirs === extensionOf(tree, file.path)) return;
  return 'extensions keep apart, and contracts know none of them; move what both need into a contract';
});

export const foldersOfExtensionsHaveOneFace = perImport((file, { target }, tree) => {
  const face = extensionOf(tree, target);
  if (file.isTest || face === undefined || !isFolderFace(face)) return;
  return target !== face && extensionOf(tree, file.path) !== face && `take it from its face, ${face}`;
});

export const extensionsAreListed: Rule = (tree) => {
  const faces = tree.filter((file) => !file.isTest).map((file) => extensionOf(tree, file.path));
  return [...new Set(faces)]
    .filter((face) => face !== undefined && !listed(tree, folderOf(face)).has(face))
    .map((face) => `${face} is in no list, so it does not run; add the line to the folder's index.ts`);
};

export const extensionsHaveATest = perFile((file, tree) => {
  if (file.isTest || extensionOf(tree, file.path) !== file.path) return;
  const place = file.path.slice(0, -'index.ts'.length);
  const tested = isFolderFace(file.path)
    ? tree.some((one) => one.path.startsWith(place) && one.path.endsWith('.test.ts'))
    : has(tree, file.path.replace(/\.ts$/, '.test.ts'));
  return !tested && 'an extension has a test beside it; write one';
});
