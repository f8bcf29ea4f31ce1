import { Random } from '../../train/random.ts';
import { NEGATIVE, POSITIVE } from './templates.ts';

export interface Row {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

/** Names that are in none of the lists in `train/`, or in another spelling, beside some that are. */
const GIVEN =
  'Alistair Bronwyn Casimir Delphina Eamonn Fenella Gideon Hermione Ignatius Jocelyn Kerensa Leopold Mirabel Nathaniel Ottoline Percival Rosalind Sylvester Thaddeus Verity Wilfred Yolande Olga Carlos Mehmet Priya Hannah Marek Ingrid Yusuf Chiara Sophie Kenji Wei Amina Dieter Giulia Pedro Astrid Liam Emma Zeynep Tomasz Annelise Björn Rosario Thandeka Xiomara'.split(
    ' ',
  );
const SURNAMES =
  'Abernathy Blenkinsop Carruthers Dunwoody Entwistle Featherstone Grimshaw Hollingsworth Isherwood Jellicoe Kowalczyk Lindqvist Montague Nakamura Osterman Pettigrew Quiroga Ravenscroft Stavropoulos Trevelyan Uzun Villalobos Wetherby Yamaguchi Zielinski Haverkamp Dubois Rossi Schmidt García Johnson Okonkwo Patel Nguyen Svensson Costa Bianchi Lefebvre Novák Brandt'.split(
    ' ',
  );
const CITIES =
  'Harrogate,Duluth,Bozeman,Ashford,Kilkenny,Galveston,Yuma,Chester,Boston,Leeds,Denver,Portland'.split(',');

class Maker {
  readonly #random = new Random(77);

  digits(pattern: string): string {
    return pattern
      .replace(/#/g, () => `${this.#random.below(10)}`)
      .replace(/%/g, () => '0123456789abcdef'[this.#random.below(16)] as string);
  }

  pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  #luhn(prefix: string, length: number): string {
    const body = prefix + this.digits('#'.repeat(length - 1 - prefix.length));
    const sum = [...body].reverse().reduce((all, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return all + (value > 9 ? value - 9 : value);
    }, 0);
    return `${body}${(10 - (sum % 10)) % 10}`;
  }

  #iban(): string {
    const [country, body] = this.pick([
      ['DE', '##################'],
      ['GB', 'NWBK##############'],
      ['FR', '#######################'],
      ['NL', 'ABNA##########'],
      ['ES', '####################'],
      ['AT', '################'],
      ['CH', '#################'],
      ['PL', '########################'],
      ['BE', '############'],
      ['PT', '#####################'],
    ] as const);
    const rest = this.digits(body);
    const number = `${rest}${country}00`.replace(/[A-Z]/g, (letter) => `${letter.charCodeAt(0) - 55}`);
    const iban = `${country}${`${98n - (BigInt(number) % 97n)}`.padStart(2, '0')}${rest}`;
    return this.#random.chance(0.5) ? iban : (iban.match(/.{1,4}/g) as string[]).join(' ');
  }

  value(type: string): string {
    const pick = <T>(...items: readonly T[]): T => this.#random.pick(items);
    const given = this.pick(GIVEN);
    const last = this.pick(SURNAMES);
    switch (type) {
      case 'PERSON':
        return pick(
          `${given} ${last}`,
          `${given} ${last}`,
          `${given} ${last}`,
          given,
          `Mr. ${last}`,
          `Mrs ${given} ${last}`,
          `Dr. ${last}`,
          `${given} ${this.pick([...'ABCDEFGHJKLM'])}. ${last}`,
          `${given} ${this.pick(GIVEN)} ${last}`,
          `${given} ${last}-${this.pick(SURNAMES)}`,
        );
      case 'EMAIL_ADDRESS':
        return `${pick(`${given}.${last}`, `${given[0]}${last}`, `${given}_${this.digits('##')}`, `${last}+spam`)}@${pick('example.com', 'gmail.com', 'post.example.ch', 'uni-example.de', 'company.example.io')}`
          .normalize('NFD')
          .replace(/\p{M}/gu, '')
          .toLowerCase();
      case 'PHONE_NUMBER':
        return this.digits(
          pick(
            '(2##) 5##-####',
            '6##-4##-3###',
            '415.6##.2###',
            '+1 (303) 6##-2###',
            '+44 7700 9#####',
            '020 7946 0###',
            '+49 151 2#######',
            '030/23#####',
            '+33 6 1# ## ## ##',
            '01 4# ## ## ##',
            '+34 6## ### ###',
            '+39 33# ### ####',
            '+31 6 1#######',
            '+48 5## ### ###',
            '+46 70-123 ## ##',
            '+81 90-1234-####',
            '+91 98### #####',
            '+55 (11) 9####-####',
            '+61 4## ### ###',
            '0049 30 23#####',
            '+1-800-5##-2###',
            '+41 44 668 ## ##',
          ),
        );
      case 'CREDIT_CARD': {
        const [prefix, length] = pick(
          ['4', 16],
          ['51', 16],
          ['54', 16],
          ['37', 15],
          ['6011', 16],
          ['3530', 16],
          ['4', 16],
        ) as [string, number];
        const card = this.#luhn(prefix, length);
        return length === 15
          ? pick(card, card.replace(/(.{4})(.{6})/, '$1 $2 '))
          : pick(card, (card.match(/.{4}/g) as string[]).join(pick(' ', '-')));
      }
      case 'IBAN_CODE':
        return this.#iban();
      case 'US_SSN':
        return this.digits(pick('1##-4#-2###', '5##-2#-6###', '2## 3# 4###'));
      case 'IP_ADDRESS':
        return pick(
          this.digits('8#.1##.4#.7#'),
          this.digits('19#.168.1.2#'),
          `2001:db8:${this.digits('%%%1:%%%2')}::${this.digits('%%1')}`,
          this.digits('fe80::%%%1:%%f%:fe%%:1%%%'),
        );
      case 'DATE_OF_BIRTH':
        return this.digits(
          pick(
            '19#5-0#-1#',
            '0#/1#/19#8',
            '1#.0#.19#7',
            '1# May 19#2',
            'October 1#, 19#9',
            '2# août 19#4',
            '1# de marzo de 19#1',
            '1#-0#-20#1',
          ),
        )
          .replace(/\b0?0([-/.])/g, '07$1')
          .replace(/([-/.])00\b/g, '$107');
      case 'STREET_ADDRESS': {
        const city = this.pick(CITIES);
        const number = this.digits(pick('#1', '#7', '1##', '4###')).replace(/^0/, '2');
        return pick(
          `${number} ${last} ${pick('Street', 'Ave', 'Lane', 'Blvd.', 'Drive', 'Court')}, ${city}, ${pick('TX', 'MN', 'CA', 'Oregon')} ${this.digits('7####')}`,
          `${number} ${last} ${pick('Road', 'Close', 'Way')}, ${city} ${pick('LS', 'SW', 'M')}${this.digits('1 #')}QX`,
          `${number} ${pick('Fern', 'Juniper', 'Harbor', 'Orchard')} ${pick('St', 'Rd', 'Place')}\n${city}, ${pick('NJ', 'WA')} ${this.digits('0####')}`,
          `${pick('Tulpenweg', 'Königsallee', 'Beethovenstraße', 'Feldgasse')} ${number}, ${this.digits('5####')} ${pick('Solingen', 'Passau', 'Köln')}`,
          `${number} rue ${pick('des Acacias', 'du Château', 'Pasteur')}, ${this.digits('6####')} ${pick('Vichy', 'Lyon', 'Tours')}`,
          `Calle ${pick('Cervantes', 'de la Luna', 'Serrano')} ${number}, ${this.digits('2####')} ${pick('Getafe', 'Madrid', 'Soria')}`,
          `Via ${pick('Manzoni', 'dei Tigli', 'Leopardi')} ${number}, ${this.digits('2####')} ${pick('Como', 'Milano')}`,
        );
      }
      default:
        throw new RangeError(type);
    }
  }

  row(template: string): Row {
    const spans: { start: number; end: number; type: string }[] = [];
    let text = '';
    for (const part of template.split(/(\{[A-Z_]+\})/)) {
      const type = /^\{([A-Z_]+)\}$/.exec(part)?.[1];
      const value = type === undefined ? part : this.value(type);
      if (type !== undefined) spans.push({ start: text.length, end: text.length + value.length, type });
      text += value;
    }
    return { text, spans };
  }
}

/** The same rows each time: `positives` with entities, then `negatives` with none. */
export function makeRows(positives: number, negatives: number): Row[] {
  const maker = new Maker();
  return [
    ...Array.from({ length: positives }, (_, at) => maker.row(POSITIVE[at % POSITIVE.length] as string)),
    ...Array.from({ length: negatives }, (_, at) => ({
      text: maker.digits(NEGATIVE[at % NEGATIVE.length] as string),
      spans: [],
    })),
  ];
}
