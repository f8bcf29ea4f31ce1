import type { Format } from './format.ts';
import { json } from './json/index.ts';
import { raw } from './raw.ts';
import { streams } from './streams/index.ts';
import { text } from './text/index.ts';
import { zip } from './zip/index.ts';

/** Every format that is read. A new one is a line here. */
export const FORMATS: readonly Format[] = [zip, ...streams, json, text, raw];
