import { TECHNIQUES, type Technique } from '../../exchange/technique.ts';

/** What each output of the model says: an attack at all, each technique, and a harmful wish (which is no attack). */
export const HEADS = ['attack', ...(Object.keys(TECHNIQUES) as Technique[]), 'harm'] as const;
export type Head = (typeof HEADS)[number];
