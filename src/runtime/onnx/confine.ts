import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Node's arguments for a process that runs a model, and where it finds the runtime. */
export interface Confined {
  readonly execArgv: readonly string[];
  /** The file of ONNX Runtime to load; undefined where it is not installed, which whoever loads it says. */
  readonly runtime: string | undefined;
}

/**
 * How Node is started for a process that runs a model: it may read its own code and the runtime's, and nothing else; write no
 * file, start no process and no thread, and, from Node 25 on, reach no network (https://nodejs.org/api/permissions.html).
 * That holds for JavaScript: the runtime is native code, and what holds that is the system.
 */
export function confined(): Confined {
  const here = fileURLToPath(import.meta.url);
  const runtime = runtimeFrom(here);
  // Of `…/runtime/onnx/confine.ts`: the folder of the whole source, or of what was compiled from it.
  const folders = [join(dirname(here), '..', '..'), ...(runtime?.folders ?? [])];
  const reads = folders.map((folder) => `--allow-fs-read=${join(folder, '*')}`);
  return { execArgv: ['--permission', '--allow-addons', ...reads], runtime: runtime?.file };
}

/** The process itself could not look for it: links on the way there lead through folders that it may not read. */
function runtimeFrom(here: string): { readonly file: string; readonly folders: string[] } | undefined {
  try {
    const file = createRequire(here).resolve('onnxruntime-node');
    const common = createRequire(file).resolve('onnxruntime-common');
    return { file, folders: [packageOf(file, 'onnxruntime-node'), packageOf(common, 'onnxruntime-common')] };
  } catch {
    return undefined;
  }
}

/** The folder of a package, of a file in it. */
function packageOf(file: string, name: string): string {
  const end = file.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length;
  return file.slice(0, end);
}
