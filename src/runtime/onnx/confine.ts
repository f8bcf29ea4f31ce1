import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How Node is started for a process that runs a model: it may read its own code and the runtime's, and nothing else; write no
 * file, start no process and no thread, and reach no network (https://nodejs.org/api/permissions.html). That holds for
 * JavaScript: the runtime is native code, and what holds that is the system.
 */
export function confined(): string[] {
  const here = fileURLToPath(import.meta.url);
  // Of `…/runtime/onnx/confine.ts`: the folder of the whole source, or of what was compiled from it.
  const folders = [join(dirname(here), '..', '..'), ...runtimeFolders(here)];
  return [
    '--permission',
    '--allow-addons',
    ...folders.map((folder) => `--allow-fs-read=${join(folder, '*')}`),
  ];
}

/** Where ONNX Runtime lies; none where it is not installed, which whoever loads it says. */
function runtimeFolders(here: string): string[] {
  try {
    const node = createRequire(here).resolve('onnxruntime-node');
    const common = createRequire(node).resolve('onnxruntime-common');
    return [packageOf(node, 'onnxruntime-node'), packageOf(common, 'onnxruntime-common')];
  } catch {
    return [];
  }
}

/** The folder of a package, of a file in it. */
function packageOf(file: string, name: string): string {
  const end = file.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length;
  return file.slice(0, end);
}
