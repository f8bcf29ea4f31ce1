import { join } from 'node:path';

/** In a data folder: what monitors remember, and who stands where on their ladders. */
export const defenceFolder = (data: string): string => join(data, 'defence');
