import type { Random } from '../random.ts';
import { address } from './addresses.ts';
import { CARRIERS, NEGATIVES } from './carriers.ts';
import { frame } from './frames.ts';
import { Names } from './names.ts';
import { value } from './values.ts';

export interface Example {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

export class Grammar {
  readonly #random: Random;
  readonly #names: Names;

  constructor(random: Random) {
    this.#random = random;
    this.#names = new Names(random);
  }

  example(): Example {
    const random = this.#random;
    if (random.chance(0.2)) return this.fill(random.pick(NEGATIVES), 'en');
    if (random.chance(0.35)) return this.framed();
    const language = random.chance(0.45) ? 'en' : random.pick(Object.keys(CARRIERS));
    const carriers = CARRIERS[language] as readonly string[];
    let example = this.fill(random.pick(carriers), language);
    while (random.chance(0.35)) {
      const next = this.fill(random.chance(0.25) ? random.pick(NEGATIVES) : random.pick(carriers), language);
      const gap = random.pick([' ', ' ', '\n', '\n\n']);
      const shift = example.text.length + gap.length;
      example = {
        text: `${example.text}${gap}${next.text}`,
        spans: [
          ...example.spans,
          ...next.spans.map((span) => ({ ...span, start: span.start + shift, end: span.end + shift })),
        ],
      };
    }
    return random.chance(0.05) ? { ...example, text: lower(example.text) } : example;
  }

  framed(): Example {
    const { template, named } = frame(this.#random);
    return this.fill(template, 'en', named);
  }

  fill(template: string, language: string, named = true): Example {
    const spans: { start: number; end: number; type: string }[] = [];
    let text = '';
    const mark = (value: string, type: string): void => {
      if (named || type !== 'PERSON')
        spans.push({ start: text.length, end: text.length + value.length, type });
      text += value;
    };
    const culture = this.#names.culture(language);
    for (const part of template.split(/(\{\w+\})/)) {
      const slot = /^\{(\w+)\}$/.exec(part)?.[1];
      if (slot === undefined) text += part;
      else if (slot === 'person') mark(this.#names.person(language), 'PERSON');
      else if (slot === 'first') mark(this.#names.given(culture), 'PERSON');
      else if (slot === 'last') mark(this.#names.surname(culture), 'PERSON');
      else if (slot === 'full')
        mark(`${this.#names.given(culture)} ${this.#names.surname(culture)}`, 'PERSON');
      else if (slot === 'reversed')
        mark(`${this.#names.surname(culture)}, ${this.#names.given(culture)}`, 'PERSON');
      else if (slot === 'small')
        mark(
          `${this.#names.given(culture)} ${this.#random.chance(0.6) ? this.#names.surname(culture) : ''}`
            .trim()
            .toLowerCase(),
          'PERSON',
        );
      else if (slot === 'address') mark(address(this.#random, this.#names), 'STREET_ADDRESS');
      else if (slot === 'city') mark(this.#names.city(), 'LOCATION');
      else if (slot === 'org') mark(value('org', this.#random, this.#names), 'ORGANIZATION');
      else text += value(slot, this.#random, this.#names);
    }
    return { text, spans };
  }
}

const lower = (text: string): string => {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
};
