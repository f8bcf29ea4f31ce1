import type { Lab } from './lab.ts';

/** One way in which a gateway was or could be gone round, and its harmless twin. */
export interface Case {
  /** `theme/surface/…`, unique. */
  readonly id: string;
  readonly theme: string;
  /** The door (`surfaces.ts`) where it is tried. Undefined: where it is tried is no matter. */
  readonly door?: string;
  /** Where it became public: an issue, an advisory, a paper, an API's documentation. */
  readonly origin: string;
  /** Without any guard the same attack must get through: the proof that the judge is not blind. */
  readonly control?: boolean;
  /** Whether harmless text gets there at all. If so, without any guard the attack must. */
  carries?(lab: Lab): Promise<boolean>;
  /** Tries it. Each sentence given back is something that got through. */
  attack(lab: Lab): Promise<readonly string[]>;
  /** The same without anything forbidden. Throws where it does not pass as it was. */
  benign(lab: Lab): Promise<void>;
}

/** A text that no guard lets through, how it is told when it did get through, and a twin that is harmless. */
export interface Kind {
  readonly name: 'words' | 'secret' | 'hidden';
  readonly bad: string;
  /** What of it must not arrive, where not all of it. */
  readonly trace: string;
  readonly good: string;
}

// In pieces, so that scanners of repositories do not take it for a real one.
export const SECRET = ['sk-proj-', 'Zx8Kq2Vw7Rt1Yb5Nc3Md', 'T3BlbkFJ', 'Hg6Jf4Ds9Pa0Lo2Ie8Uz'].join('');
export const FORBIDDEN = 'forbidden fruit';
export const PERMITTED = 'permitted fruit';

/** One for each kind of guard: `patterns` blocks, `secrets` masks, `bounds` blocks what nobody sees. */
export const KINDS: readonly Kind[] = [
  { name: 'words', bad: FORBIDDEN, trace: FORBIDDEN, good: PERMITTED },
  { name: 'secret', bad: SECRET, trace: SECRET, good: 'sk-proj-your-api-key' },
  { name: 'hidden', bad: 'a\u{E0066}\u{E0067}b', trace: '\u{E0066}', good: 'naïve “café”' },
];
