import { WAYS } from './cases.ts';
import { tryAll } from './suite.ts';

tryAll('ways', WAYS);
