import type { Format } from '../format.ts';
import { binf } from './binf.ts';
import { catboost } from './catboost.ts';
import { lightgbm } from './lightgbm.ts';
import { ubjson } from './ubjson.ts';

/** Models of boosted trees in the ways of their libraries; XGBoost's JSON is read as JSON. */
export const boosters: readonly Format[] = [ubjson, binf, lightgbm, catboost];
