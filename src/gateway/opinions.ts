import { Problem } from '../base/problem.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Means } from '../guards/means.ts';
import { Encoder } from '../runtime/encoder/encoder.ts';
import type { Settings } from '../settings/settings.ts';
import { type JudgeClient, openJudge } from './judge.ts';

/** What guards are handed of a configuration: its encoders and judges. They end with it. */
export interface Opinions {
  readonly means: Means;
  /** Encoders that guards asked for are loaded and were tried. Rejects with a Problem. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Opens nothing until a guard asks for it. @param now milliseconds, from any start */
export function openOpinions(
  { encoders, judges }: Pick<Settings, 'encoders' | 'judges'>,
  means: Means,
  now: () => number,
): Opinions {
  const loaded = new Map<string, Encoder>();
  const asked = new Map<string, JudgeClient>();
  return {
    means: {
      ...means,
      classifier: (name) => once(loaded, name, () => new Encoder(named(encoders, name, 'encoder'))),
      consult: (name) => once(asked, name, () => openJudge(named(judges, name, 'judge'), now)),
    },
    async ready() {
      await Promise.all([...loaded.values()].map((encoder) => encoder.ready()));
    },
    async close() {
      await Promise.all([...loaded.values(), ...asked.values()].map((one) => one.close()));
    },
  };
}

function once<T>(made: Map<string, T>, name: string, make: () => T): T {
  const one = made.get(name) ?? make();
  made.set(name, one);
  return one;
}

function named<T>(all: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(all, name)) return all[name] as T;
  const names = Object.keys(all);
  throw new Problem(
    'usage',
    `gatehouse.yaml has no ${what} “${name}”.${didYouMean(name, names)}`,
    `Name it under “${what}s”.`,
  );
}
