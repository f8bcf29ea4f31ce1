import Type from 'typebox';
import type { About, Guard, GuardKind, Reader, Reading } from '../../src/guards/guard.ts';

/** How a guard misbehaves, and on which piece of a text: 0 is the first. */
export interface Misbehaviour {
  readonly how:
    | 'throws when a text is opened'
    | 'throws'
    | 'throws at the end'
    | 'rejects'
    | 'never answers'
    | 'answers too late'
    | 'rejects too late'
    | 'blocks the process too long'
    | 'claims to have read more than it was given';
  readonly on: About['direction'];
  readonly piece?: number;
}

/** Longer than the guards of the test may take; see `scene.ts`. */
export const BUDGET = 150;
const TOO_LONG = 2 * BUDGET;

/** Guards that do what a test says, by their names in the policy; without a word they let everything pass. */
export class FaultyGuards {
  readonly #misbehaviour = new Map<string, Misbehaviour>();
  /** Milliseconds that the clock has leapt: a guard that is too slow need not keep the machine busy. */
  leapt = 0;

  readonly kind: GuardKind<unknown> = {
    kind: 'faulty',
    about: 'fails as it is told',
    settings: Type.Object({}),
    build: (name) => this.#guard(name),
    proof: { settings: {}, catches: [], passes: [] },
  };

  set(name: string, misbehaviour: Misbehaviour): void {
    this.#misbehaviour.set(name, misbehaviour);
  }

  mend(): void {
    this.#misbehaviour.clear();
  }

  #guard(name: string): Guard {
    return {
      name,
      open: (about) => {
        const set = this.#misbehaviour.get(name);
        const mine = set?.on === about.direction ? set : undefined;
        if (mine?.how === 'throws when a text is opened') throw new Error('injected');
        return this.#reader(mine);
      },
    };
  }

  #reader(mine: Misbehaviour | undefined): Reader {
    let length = 0;
    let piece = -1;
    return {
      push: (text) => {
        length += text.length;
        piece += 1;
        const reading: Reading = { clear: length, found: [] };
        return mine === undefined || mine.how === 'throws at the end' || piece !== (mine.piece ?? 0)
          ? reading
          : this.#misbehave(mine.how, reading);
      },
      end: () => {
        if (mine?.how === 'throws at the end') throw new Error('injected');
        return { clear: length, found: [] };
      },
    };
  }

  #misbehave(how: Misbehaviour['how'], reading: Reading): Reading | Promise<Reading> {
    switch (how) {
      case 'rejects':
        return Promise.reject(new Error('injected'));
      case 'never answers':
        return new Promise(() => {});
      case 'answers too late':
        return new Promise((resolve) => setTimeout(resolve, TOO_LONG, reading));
      case 'rejects too late':
        return new Promise((_, reject) => setTimeout(reject, TOO_LONG, new Error('injected')));
      case 'blocks the process too long':
        this.leapt += TOO_LONG;
        return reading;
      case 'claims to have read more than it was given':
        return { clear: reading.clear + 1, found: [] };
      default:
        throw new Error('injected');
    }
  }
}
