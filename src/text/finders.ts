import { assembled } from './assembled.ts';
import { base64 } from './base64.ts';
import { base85 } from './base85.ts';
import { reversed, rotations } from './ciphers.ts';
import { hex } from './hex.ts';
import { comments } from './hidden.ts';
import { leet } from './leet.ts';
import { binary, decimal } from './numbers.ts';
import { pigLatin } from './pig-latin.ts';
import { braille, morse, spelled } from './signals.ts';
import { shreds, spaced } from './spaced.ts';
import type { Finder } from './stretch.ts';
import { uu } from './uu.ts';

/** Decoders first, then repairers. */
export const FINDERS: readonly Finder[] = [
  uu,
  binary,
  hex,
  decimal,
  base64,
  base85,
  morse,
  braille,
  spelled,
  rotations,
  reversed,
  comments,
  assembled,
  spaced,
  shreds,
  leet,
  pigLatin,
];
