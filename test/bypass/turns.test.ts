import { TURNS } from './cases.ts';
import { tryAll } from './suite.ts';

tryAll('turns', TURNS);
