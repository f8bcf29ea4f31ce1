import { TEXT, TRANSFORMERS } from './language.data.ts';
import type { Library } from './library.ts';
import { NUMPY } from './numpy.data.ts';
import { PANDAS } from './pandas.data.ts';
import { EVERYDAY, PYTHON } from './python.data.ts';
import { SCIPY } from './scipy.data.ts';
import { SKLEARN } from './sklearn.data.ts';
import { TABULAR } from './tabular.data.ts';
import { TORCH } from './torch.data.ts';
import { TORCHVISION } from './torchvision.data.ts';
import { BOOSTERS, JOBLIB } from './trees.data.ts';
import { DETECTORS, IMAGES, TRAINERS } from './vision.data.ts';

/** Every library that was looked at. A new one is a line here. */
export const LIBRARIES: readonly Library[] = [
  PYTHON,
  EVERYDAY,
  NUMPY,
  SCIPY,
  PANDAS,
  JOBLIB,
  SKLEARN,
  TABULAR,
  BOOSTERS,
  TORCH,
  TORCHVISION,
  TRAINERS,
  DETECTORS,
  IMAGES,
  TRANSFORMERS,
  TEXT,
];
