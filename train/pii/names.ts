import type { Random } from '../random.ts';
import { GIVEN, PLACES, SURNAMES } from './lexicon.ts';

/** Cultures that have both lists. */
const CULTURES = [...GIVEN.keys()].filter((key) => SURNAMES.has(key));
export const LATIN = CULTURES.filter((key) => key !== 'ru');
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  en: ['en', 'en', 'in', 'zh', 'africa', 'ar'],
  de: ['de', 'de', 'tr', 'pl'],
  fr: ['fr', 'fr', 'ar', 'africa'],
  es: ['es'],
  it: ['it'],
  pt: ['pt'],
  nl: ['nl', 'nl', 'tr', 'ar'],
  pl: ['pl'],
  sv: ['nordic'],
  cs: ['slavic'],
  ru: ['ru'],
  tr: ['tr'],
};
const TITLES: Readonly<Record<string, readonly string[]>> = {
  en: ['Mr.', 'Mrs.', 'Ms.', 'Dr.', 'Prof.', 'Mr', 'Mrs', 'Miss', 'Dr', 'Professor', 'Sir'],
  de: ['Herr', 'Frau', 'Dr.', 'Prof. Dr.', 'Herr Dr.'],
  fr: ['M.', 'Mme', 'Monsieur', 'Madame', 'Dr', 'Mlle'],
  es: ['Sr.', 'Sra.', 'Don', 'Doña', 'Dr.', 'Dra.', 'Señor'],
  it: ['Sig.', 'Sig.ra', 'Dott.', 'Dott.ssa', 'Signora', 'Avv.'],
  pt: ['Sr.', 'Sra.', 'Dr.', 'Dra.', 'Dona'],
  nl: ['dhr.', 'mevr.', 'Dr.', 'Meneer', 'Mevrouw'],
  pl: ['Pan', 'Pani', 'dr', 'prof.'],
  ru: ['г-н', 'г-жа', 'господин'],
  tr: ['Bay', 'Bayan', 'Dr.'],
};
const PARTICLES: Readonly<Record<string, readonly string[]>> = {
  nl: ['van', 'de', 'van der', 'van den', 'ter', 'van de'],
  de: ['von', 'von der', 'zu'],
  es: ['de', 'de la', 'del'],
  pt: ['da', 'de', 'dos', 'do'],
  fr: ['de', 'du', 'Le', 'de La'],
  it: ['De', 'Di', 'Della', 'Lo'],
  ar: ['al', 'El', 'bin', 'Abu', 'Al'],
};
const SYLLABLES =
  'ba|ko|ren|mi|ta|lor|vik|sha|du|net|gal|or|win|est|har|ley|zo|per|man|tin|ell|kov|ard|ine|ush|ola|bert|quin|yas|fre'.split(
    '|',
  );

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Names of persons and of places: from the lists, and made up. */
export class Names {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  made(): string {
    return capital(
      Array.from({ length: 2 + this.#random.below(2) }, () => this.#random.pick(SYLLABLES)).join(''),
    );
  }

  given(culture: string): string {
    if (this.#random.chance(0.1)) return this.made();
    const one = this.#random.pick(GIVEN.get(culture) as string[]);
    return this.#random.chance(0.06) ? `${one}-${this.#random.pick(GIVEN.get(culture) as string[])}` : one;
  }

  surname(culture: string): string {
    const random = this.#random;
    if (random.chance(0.16)) return this.made();
    const one = random.pick(SURNAMES.get(culture) as string[]);
    const particles = PARTICLES[culture];
    if (particles !== undefined && random.chance(0.22)) return `${random.pick(particles)} ${one}`;
    if (culture === 'en' && random.chance(0.05))
      return `${random.pick(['O’', "O'", 'Mc', 'Mac', "D'"])}${one}`;
    if (random.chance(0.06)) return `${one}-${random.pick(SURNAMES.get(culture) as string[])}`;
    return culture === 'es' && random.chance(0.35)
      ? `${one} ${random.pick(SURNAMES.get(culture) as string[])}`
      : one;
  }

  person(language: string): string {
    const random = this.#random;
    const culture = random.chance(0.7) ? random.pick(NATIVE[language] ?? LATIN) : random.pick(LATIN);
    const given = this.given(culture);
    const surname = this.surname(culture);
    const title = random.pick(TITLES[language] ?? (TITLES.en as readonly string[]));
    const initial = `${String.fromCharCode(65 + random.below(26))}.`;
    const name = random.pick([
      () => `${given} ${surname}`,
      () => `${given} ${surname}`,
      () => `${given} ${surname}`,
      () => `${given} ${surname}`,
      () => `${given} ${surname}`,
      () => given,
      () => given,
      () => `${title} ${surname}`,
      () => `${title} ${surname}`,
      () => `${title} ${given} ${surname}`,
      () => `${given} ${initial} ${surname}`,
      () => `${initial} ${surname}`,
      () => `${surname}, ${given}`,
      () => `${given} ${random.pick(GIVEN.get(culture) as string[])} ${surname}`,
      () => `${given} ${surname} ${random.pick(['Jr.', 'Sr.', 'III', 'PhD'])}`,
      () => `${initial}${String.fromCharCode(65 + random.below(26))}. ${surname}`,
      () => surname,
    ])();
    const look = random.next();
    return look < 0.06 ? name.toUpperCase() : name;
  }

  /** A culture whose names a text in this language likely has. */
  culture(language: string): string {
    return this.#random.pick(NATIVE[language] ?? LATIN);
  }

  city(): string {
    return this.#random.chance(0.12)
      ? `${this.made()}${this.#random.pick(['', 'ville', 'burg', 'ton', ' Hills', 'stad'])}`
      : this.#random.pick(PLACES.get(this.#random.pick([...PLACES.keys()])) as string[]);
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.#random.below(10)).join('');
  }
}
