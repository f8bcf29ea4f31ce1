import { boosters } from './boosters/index.ts';
import { coreml } from './coreml/index.ts';
import { executable } from './executable.ts';
import { foreign } from './foreign/index.ts';
import type { Format } from './format.ts';
import { gguf } from './gguf/index.ts';
import { hdf5 } from './hdf5/index.ts';
import { json } from './json/index.ts';
import { media } from './media/index.ts';
import { msgpack } from './msgpack/index.ts';
import { npy } from './npy.ts';
import { numbers } from './numbers.ts';
import { onnx, onnxValue } from './onnx/index.ts';
import { paddle } from './paddle/index.ts';
import { pickle } from './pickle/index.ts';
import { r } from './r/index.ts';
import { raw } from './raw.ts';
import { safetensors } from './safetensors/index.ts';
import { sealedArchive } from './sealed-archive.ts';
import { streams } from './streams/index.ts';
import { tar } from './tar/index.ts';
import { tensorflow } from './tensorflow/index.ts';
import { text } from './text/index.ts';
import { tflite } from './tflite/index.ts';
import { torchscript } from './torchscript.ts';
import { xml } from './xml/index.ts';
import { zip } from './zip/index.ts';

/** Every format that is read. A new one is a line here. */
export const FORMATS: readonly Format[] = [
  zip,
  tar,
  npy,
  pickle,
  torchscript,
  ...streams,
  executable,
  sealedArchive,
  safetensors,
  gguf,
  onnx,
  onnxValue,
  hdf5,
  ...tensorflow,
  tflite,
  ...coreml,
  ...paddle,
  msgpack,
  ...boosters,
  ...foreign,
  ...media,
  xml,
  r,
  json,
  text,
  numbers,
  raw,
];
