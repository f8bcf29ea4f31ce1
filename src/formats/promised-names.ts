import type { Source } from './source.ts';

/** Endings under which loaders expect one kind of file, which has a beginning of its own. */
const BINARY =
  /\.(?:pkl|pickle|p?joblib|dill|cloudpickle|pt|pth|pt2|ptl|npy|npz|safetensors|gguf|h5|hdf5|keras|onnx|tflite|mar|nemo|skops|tar|zip|whl)$/i;
/** In these languages and tools, texts are called so too. */
const TEXTS_TOO = /\.(?:pt|pth|mar)$/i;
/** What stands in a repository for a file that git keeps elsewhere. */
const POINTER = 'version https://git-lfs.github.com/spec/';

/** Whether whoever loads a file of this name expects more than plain numbers. */
export const promisesFormat = (name: string): boolean => BINARY.test(name);

/** Whether a name promises a format, and there is but text. */
export const isTextInstead = (name: string, source: Source): boolean =>
  BINARY.test(name) &&
  !TEXTS_TOO.test(name) &&
  Buffer.from(source.read(0, POINTER.length)).toString('latin1') !== POINTER;
