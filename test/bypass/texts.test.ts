import { TEXTS } from './cases.ts';
import { tryAll } from './suite.ts';

tryAll('texts', TEXTS);
