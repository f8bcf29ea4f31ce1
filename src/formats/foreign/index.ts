import type { Format } from '../format.ts';
import { caffe } from './caffe.ts';
import { caffeText } from './caffe-text.ts';
import { java } from './java.ts';
import { llamafile } from './llamafile.ts';
import { matlab } from './matlab.ts';
import { matlab4 } from './matlab-4.ts';
import { mxnet } from './mxnet.ts';
import { torch7 } from './torch7.ts';
import { unread } from './unread.ts';
import { word2vec } from './word2vec.ts';

/** Models of other languages and frameworks, and programs with models in them. */
export const foreign: readonly Format[] = [
  torch7,
  java,
  llamafile,
  matlab,
  matlab4,
  caffe,
  caffeText,
  mxnet,
  word2vec,
  unread,
];
