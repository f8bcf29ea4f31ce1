import { anthropic } from './anthropic/index.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { openai } from './openai/index.ts';

/** The wire APIs that the gateway speaks. The first one answers where none claims a request. */
export const DIALECTS: readonly Dialect[] = [openai, anthropic, gemini];
