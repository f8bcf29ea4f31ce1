import { createHash } from 'node:crypto';
import type { House } from '../house.ts';
import type { Watched } from './lookout.ts';

/** The models of a configuration that have a calibration. */
export const watchedIn = ({ predictions, settings }: Pick<House, 'predictions' | 'settings'>): Watched[] =>
  [...predictions.byName.values()].flatMap(({ name, known }): Watched[] => {
    const text = settings.predictions[name]?.calibration?.text;
    if (known === undefined || text === undefined) return [];
    const { calibration, keys } = known;
    // It is sealed by its key: under another one it is another text.
    const digest = createHash('sha256').update(text).digest('hex');
    return [{ model: name, calibration, secret: keys.monitors, digest }];
  });
