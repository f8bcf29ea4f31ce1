import type { Random } from '../random.ts';
import { CARRIERS, NEGATIVES } from './carriers.ts';
import { frame } from './frames.ts';
import { BRANDS, GIVEN, PLACES, SURNAMES } from './lexicon.ts';

export interface Example {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

const CULTURES = [...GIVEN.keys()].filter((key) => SURNAMES.has(key));
const LATIN = CULTURES.filter((key) => key !== 'ru');
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
const SYLLABLES = [
  'ba',
  'ko',
  'ren',
  'mi',
  'ta',
  'lor',
  'vik',
  'sha',
  'du',
  'net',
  'gal',
  'or',
  'win',
  'est',
  'har',
  'ley',
  'zo',
  'per',
  'man',
  'tin',
  'ell',
  'kov',
  'ard',
  'ine',
  'ush',
  'ola',
  'bert',
  'quin',
  'yas',
  'fre',
];

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

export class Grammar {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #made(): string {
    return capital(
      Array.from({ length: 2 + this.#random.below(2) }, () => this.#random.pick(SYLLABLES)).join(''),
    );
  }

  given(culture: string): string {
    if (this.#random.chance(0.1)) return this.#made();
    const one = this.#random.pick(GIVEN.get(culture) as string[]);
    return this.#random.chance(0.06) ? `${one}-${this.#random.pick(GIVEN.get(culture) as string[])}` : one;
  }

  surname(culture: string): string {
    const random = this.#random;
    if (random.chance(0.16)) return this.#made();
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

  city(): string {
    return this.#random.chance(0.12)
      ? `${this.#made()}${this.#random.pick(['', 'ville', 'burg', 'ton', ' Hills', 'stad'])}`
      : this.#random.pick(PLACES.get(this.#random.pick([...PLACES.keys()])) as string[]);
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.#random.below(10)).join('');
  }

  address(): string {
    const random = this.#random;
    const number = `${1 + random.below(random.chance(0.3) ? 9900 : 260)}${random.chance(0.12) ? random.pick(['a', 'b', 'B', 'A', 'C', ' bis']) : ''}`;
    const base = random.pick([
      () => random.pick(SURNAMES.get('en') as string[]),
      () => this.#made(),
      () =>
        random.pick([
          'Oak',
          'Maple',
          'Cedar',
          'Pine',
          'Elm',
          'Church',
          'High',
          'Park',
          'Lake',
          'River',
          'Hill',
          'Station',
          'Mill',
          'Main',
          'Washington',
          'King',
          'Queen',
          'Victoria',
          'Green',
          'North',
          'South',
          'Spring',
          'Forest',
          'Sunset',
          'Meadow',
          'Market',
          'Bridge',
          'School',
          '5th',
          '42nd',
          '1st',
          'Old Mill',
          'St. James',
          'West End',
          'Broad',
          'Cherry',
          'Willow',
          "St Mary's",
          "King's",
          "Queen's",
          "St. John's",
          'Bishop’s',
          'Mill Hill',
          'Stoke-on-Sea',
          'Martin Luther King Jr',
        ]),
    ])();
    const comma = random.pick([', ', ', ', ', ', '\n', ' ', ',\n']);
    const city = this.city();
    const name = random.pick(SURNAMES.get(random.pick(LATIN)) as string[]);
    const zip = this.digits(5);
    const us = (): string => {
      const street = `${number} ${random.pick(['', '', '', 'N. ', 'West ', 'SE ', 'W ', 'E ', 'S '])}${base} ${random.pick(['Street', 'St', 'St.', 'Avenue', 'Ave', 'Ave.', 'Road', 'Rd', 'Boulevard', 'Blvd', 'Lane', 'Ln', 'Drive', 'Dr', 'Court', 'Ct', 'Place', 'Way', 'Terrace', 'Parkway', 'Pkwy', 'Highway', 'Circle', 'Trail', 'Walk', 'Square'])}`;
      const unit = random.chance(0.25)
        ? `${random.pick([', ', ' ', '\n'])}${random.pick(['Apt', 'Apt.', 'Suite', 'Unit', 'Ste', '#', 'Floor'])} ${random.pick([this.digits(1 + random.below(3)), 'B', `${1 + random.below(9)}C`])}`
        : '';
      const state = random.pick([
        'AL',
        'AK',
        'AZ',
        'CA',
        'CO',
        'CT',
        'FL',
        'GA',
        'IL',
        'IN',
        'MA',
        'MD',
        'MI',
        'MN',
        'NC',
        'NJ',
        'NV',
        'NY',
        'OH',
        'OR',
        'PA',
        'TN',
        'TX',
        'VA',
        'WA',
        'WI',
        'California',
        'Texas',
        'New York',
        'Ohio',
      ]);
      return random.pick([
        `${street}${unit}${comma}${city}, ${state} ${zip}`,
        `${street}${unit}${comma}${city}, ${state} ${zip}`,
        `${street}${unit}${comma}${city} ${state} ${zip}-${this.digits(4)}`,
        `${street}${unit}`,
        `${street}${unit}${comma}${city}`,
        `${street}${unit}${comma}${city}, ${state}`,
        `${street}${comma}${city} ${zip}`,
        `${street}${comma}${city}${comma}${state} ${zip}${random.pick(['', ', USA', ', United States', '\nUSA'])}`,
        `P.O. Box ${this.digits(4)}, ${city}, ${state} ${zip}`,
      ]);
    };
    const uk = (): string =>
      `${random.chance(0.2) ? `Flat ${this.digits(1)}, ` : ''}${number} ${base} ${random.pick(['Street', 'Road', 'Lane', 'Close', 'Avenue', 'Gardens', 'Crescent', 'Way', 'Mews', 'Terrace', 'Grove', 'Court'])}${comma}${city}${random.pick([' ', ', ', '\n'])}${random.pick(['SW', 'N', 'E', 'M', 'LS', 'B', 'EH', 'CF', 'BS', 'G'])}${1 + random.below(20)} ${this.digits(1)}${random.pick(['AB', 'QT', 'ZX', 'LN', 'PD', 'EF'])}${random.pick(['', '', ', UK', ', United Kingdom'])}`;
    const de = (): string =>
      `${random.pick([() => `${random.pick(['Haupt', 'Bahnhof', 'Garten', 'Schul', 'Linden', 'Berg', 'Kirch', 'Wald', 'Mozart', 'Goethe', 'Schiller', 'Ring', 'Mühlen', 'Rosen', name])}${random.pick(['straße', 'strasse', 'str.', 'weg', 'allee', 'platz', 'gasse', 'ring', 'damm'])}`, () => `${random.pick(['Am', 'An der', 'Im', 'Zum', 'Unter den'])} ${random.pick(['Markt', 'Bach', 'Linden', 'Anger', 'Park', 'Hof', 'Berg'])}`, () => `${name}-Straße`])()} ${number}${comma}${random.pick([zip, this.digits(4), `D-${zip}`])} ${city}${random.pick(['', '', '', ', Deutschland', ', Germany'])}`;
    const fr = (): string =>
      `${number}${random.pick([' ', ', '])}${random.pick(['rue', 'avenue', 'boulevard', 'place', 'chemin', 'allée', 'impasse', 'quai', 'Rue', 'Avenue', 'bd'])} ${random.pick(['de la ', 'du ', 'des ', 'de ', '', "de l'"])}${random.pick(['République', 'Gare', 'Paix', 'Église', 'Moulin', 'Lilas', 'Victor Hugo', 'Jean Jaurès', 'Gambetta', 'Tilleuls', 'Mairie', 'Fontaine', name])}${comma}${zip} ${city}${random.pick(['', '', ', France'])}`;
    const es = (): string =>
      `${random.pick(['Calle', 'C/', 'Avenida', 'Avda.', 'Plaza', 'Paseo', 'calle', 'Carrer', 'Camino', 'Ronda'])} ${random.pick(['de ', 'de la ', 'del ', '', ''])}${random.pick(['Mayor', 'Alcalá', 'Sol', 'Constitución', 'Goya', 'Reforma', 'San Juan', 'Gran Vía', 'Libertad', 'Insurgentes', name])}${random.pick([', ', ' ', ' nº ', ', nº '])}${number}${random.pick(['', '', ', 3º B', ', 2.º izq.', ', piso 4'])}${comma}${random.pick([zip, this.digits(4)])} ${city}${random.pick(['', '', ', España', ', México'])}`;
    const it = (): string =>
      `${random.pick(['Via', 'Viale', 'Piazza', 'Corso', 'via', 'Largo', 'Vicolo'])} ${random.pick(['Garibaldi', 'Roma', 'Mazzini', 'Verdi', 'Dante Alighieri', 'della Repubblica', 'XX Settembre', 'Giuseppe Verdi', 'dei Mille', name])}${random.pick([', ', ' ', ' n. '])}${number}${comma}${zip} ${city}${random.pick(['', ' (MI)', ' (RM)', ', Italia'])}`;
    const pt = (): string =>
      `${random.pick(['Rua', 'Avenida', 'Av.', 'Travessa', 'Praça', 'R.', 'Alameda', 'rua'])} ${random.pick(['das Flores', 'da Liberdade', 'do Comércio', 'Augusta', 'dos Andradas', 'Paulista', 'de Santa Catarina', name])}, ${random.pick(['', 'nº ', 'n.º '])}${number}${random.pick(['', '', ', 3º Dto', ', apto 42'])}${comma}${random.pick([`${this.digits(4)}-${this.digits(3)} ${city}`, `${city} - SP, ${zip}-${this.digits(3)}`, `${city}`])}`;
    const nl = (): string =>
      `${random.pick(['Kerk', 'Dorps', 'School', 'Molen', 'Prinsen', 'Beatrix', 'Stations', 'Linden', name])}${random.pick(['straat', 'laan', 'weg', 'plein', 'gracht', 'kade', 'dreef', 'singel'])} ${number}${random.pick(['', '-2', ' bus 3'])}${comma}${random.pick([`${this.digits(4)} ${random.pick(['AB', 'KL', 'XZ'])}`, this.digits(4)])} ${city}`;
    const pl = (): string =>
      `${random.pick(['ul.', 'al.', 'ulica', 'pl.', 'os.', 'ul'])} ${random.pick(['Kwiatowa', 'Długa', 'Mickiewicza', 'Polna', 'Słoneczna', '3 Maja', 'Jana Pawła II', 'Leśna', name])} ${number}${random.pick(['', '/12', ' m. 5', '/3'])}${comma}${this.digits(2)}-${this.digits(3)} ${city}`;
    const nordic = (): string =>
      `${random.pick(['Stor', 'Kungs', 'Kyrko', 'Skole', 'Vester', 'Kirke', 'Drottning', 'Manner', name])}${random.pick(['gatan', 'vägen', 'gade', 'vej', 'veien', 'gata', 'katu', 'tie'])} ${number}${random.pick(['', ' A', ', 2. tv', ' lgh 1101'])}${comma}${random.pick([`${this.digits(3)} ${this.digits(2)}`, this.digits(4)])} ${city}`;
    const east = (): string =>
      random.pick([
        () =>
          `ул. ${random.pick(['Ленина', 'Пушкина', 'Мира', 'Садовая', 'Гагарина'])}, д. ${number}, кв. ${this.digits(2)}, ${random.pick(['Москва', 'Казань', 'Самара', 'Киев'])}`,
        () =>
          `${random.pick(['Atatürk', 'Cumhuriyet', 'İstiklal', 'Bağdat'])} ${random.pick(['Caddesi', 'Cad.', 'Sokak'])} No: ${number}${comma}${zip} ${city}`,
        () =>
          `${number}, ${random.pick(['MG Road', 'Nehru Nagar', 'Sector 17', 'Park Street', 'Anna Salai'])}, ${city} ${this.digits(6)}`,
        () =>
          `Jl. ${random.pick(['Sudirman', 'Merdeka', 'Diponegoro', 'Gatot Subroto'])} No. ${number}, ${city} ${zip}`,
        () =>
          `${random.pick(['Na Příkopě', 'Dlouhá', 'Masarykova', 'Nádražní', 'Husova'])} ${number}${comma}${this.digits(3)} ${this.digits(2)} ${city}`,
        () =>
          `${number} ${base} ${random.pick(['St', 'Road', 'Parade', 'Crescent'])}, ${city} ${random.pick(['NSW', 'VIC', 'QLD', 'ON', 'BC'])} ${random.pick([this.digits(4), 'M5V 2T6', 'V6B 1A1'])}`,
      ])();
    return random.pick([us, us, us, us, uk, uk, de, de, fr, es, it, pt, nl, pl, nordic, east])();
  }

  company(): string {
    const random = this.#random;
    const name = random.chance(0.4)
      ? random.pick(SURNAMES.get(random.pick(LATIN)) as string[])
      : this.#made();
    if (random.chance(0.25)) return random.pick(BRANDS);
    const other = random.pick(SURNAMES.get('en') as string[]);
    return random.pick([
      `${name} ${other}`,
      `${name}-${other}`,
      `${name} ${random.pick(['Media', 'Motors', 'Pharma', 'Foods', 'Brothers', 'Partners', 'Capital'])}`,
      `the ${name} ${random.pick(['Foundation', 'Group', 'Institute', 'Museum', 'Trust'])}`,
      `${name} ${random.pick(['Inc.', 'Ltd', 'LLC', 'GmbH', 'AG', 'Corp.', 'S.A.', 'Group', 'Bank', 'Holdings', 'Technologies', 'Systems', 'Labs', '& Sons', 'University', 'Hospital', 'Foundation', 'Airlines', 'Insurance', 'SpA', 'B.V.', 'plc', 'Consulting'])}`,
      `${name} & ${random.pick(SURNAMES.get('en') as string[])}`,
      `Bank of ${this.city()}`,
      `University of ${this.city()}`,
      `${this.city()} General Hospital`,
      random.pick([
        'Microsoft',
        'Google',
        'Amazon',
        'Apple',
        'Siemens',
        'Deutsche Bank',
        'Volkswagen',
        'Toyota',
        'Netflix',
        'Oracle',
        'OpenAI',
        'Tesla',
        'Spotify',
        'Airbus',
        'Renault',
        'Telefónica',
        'Vodafone',
        'Walmart',
        'Johnson & Johnson',
        'Goldman Sachs',
        'Morgan Stanley',
        'Ford',
        'Mercedes',
        'Philips',
        'Red Cross',
        'United Nations',
        'NASA',
        'Visa',
        'Mastercard',
        'GitHub',
        'Docker',
        'Jenkins',
      ]),
    ]);
  }

  other(slot: string): string {
    const random = this.#random;
    switch (slot) {
      case 'mail':
        return `${random.pick(['info', 'jane.doe', 'x_y', 'anna1988', 'team'])}@${random.pick(['example.com', 'mail.example.org', 'corp.example'])}`;
      case 'phone':
        return random.pick([
          `+${1 + random.below(90)} ${this.digits(3)} ${this.digits(6)}`,
          `(${this.digits(3)}) ${this.digits(3)}-${this.digits(4)}`,
          `${this.digits(3)}-${this.digits(3)}-${this.digits(4)}`,
          `0${this.digits(3)} ${this.digits(6)}`,
        ]);
      case 'date':
        return random.pick([
          `${1 + random.below(12)}/${1 + random.below(28)}/${1950 + random.below(70)}`,
          `${1950 + random.below(75)}-0${1 + random.below(9)}-1${random.below(9)}`,
          `${1 + random.below(28)} ${random.pick(['March', 'May', 'June', 'April', 'August', 'Juni', 'mai', 'marzo'])} ${1950 + random.below(75)}`,
        ]);
      case 'num':
        return this.digits(1 + random.below(10));
      case 'card':
        return random.chance(0.5)
          ? `4${this.digits(15)}`
          : `${this.digits(4)} ${this.digits(4)} ${this.digits(4)} ${this.digits(4)}`;
      case 'iban':
        return `${random.pick(['DE', 'FR', 'GB', 'ES'])}${this.digits(20)}`;
      case 'ssn':
        return `${this.digits(3)}-${this.digits(2)}-${this.digits(4)}`;
      case 'ip':
        return `${random.below(255)}.${random.below(255)}.${random.below(255)}.${random.below(255)}`;
      case 'org':
        return this.company();
      case 'Word':
        return random.chance(0.5)
          ? this.#made()
          : random.pick([
              'Project Atlas',
              'Python',
              'Kubernetes',
              'Windows',
              'Excel',
              'Premium Plan',
              'Blue Widget',
              'Java',
              'Chrome',
              'Android',
              'Model X',
              'React',
              'Postgres',
              'Gateway',
              'Terms of Service',
              'Black Friday',
              'World Cup',
              'Quantum',
              'Renaissance',
              'Bluetooth',
              'Wi-Fi',
              'Monday',
              'Summer Sale',
              'General Manager',
              'Customer Service',
              'Human Resources',
              'Nobel Prize',
              random.pick(BRANDS),
              'Senior Engineer',
            ]);
      case 'word':
        return random.pick([
          'ticket',
          'order',
          'invoice',
          'delivery',
          'contract',
          'meeting',
          'report',
          'question',
          'backup',
          'server',
          'project',
          'appointment',
        ]);
      case 'job':
        return random.pick([
          'manager',
          'nurse',
          'developer',
          'teacher',
          'CEO',
          'accountant',
          'Head of Sales',
          'Software Engineer',
          'lawyer',
          'Director',
          'analyst',
        ]);
      default:
        throw new RangeError(`There is no slot ${slot}.`);
    }
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
    const culture = this.#random.pick(NATIVE[language] ?? LATIN);
    for (const part of template.split(/(\{\w+\})/)) {
      const slot = /^\{(\w+)\}$/.exec(part)?.[1];
      if (slot === undefined) text += part;
      else if (slot === 'person') mark(this.person(language), 'PERSON');
      else if (slot === 'first') mark(this.given(culture), 'PERSON');
      else if (slot === 'last') mark(this.surname(culture), 'PERSON');
      else if (slot === 'full') mark(`${this.given(culture)} ${this.surname(culture)}`, 'PERSON');
      else if (slot === 'small')
        mark(
          `${this.given(culture)} ${this.#random.chance(0.6) ? this.surname(culture) : ''}`
            .trim()
            .toLowerCase(),
          'PERSON',
        );
      else if (slot === 'address') mark(this.address(), 'STREET_ADDRESS');
      else if (slot === 'city') mark(this.city(), 'LOCATION');
      else if (slot === 'org') mark(this.other('org'), 'ORGANIZATION');
      else text += this.other(slot);
    }
    return { text, spans };
  }
}

const lower = (text: string): string => {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
};
