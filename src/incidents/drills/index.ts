import type { Drill } from '../drill.ts';
import { credentialStuffing } from './credential-stuffing.ts';
import { disguisedOrders } from './disguised-orders.ts';
import { guardProbing } from './guard-probing.ts';
import { injectionSeries } from './injection-series.ts';
import { modelExtraction } from './model-extraction.ts';

/** The drills that there are; a new one is a file and a line here. */
export const DRILLS: readonly Drill[] = [
  injectionSeries,
  guardProbing,
  disguisedOrders,
  modelExtraction,
  credentialStuffing,
];
