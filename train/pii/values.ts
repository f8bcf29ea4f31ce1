import type { Random } from '../random.ts';
import { BRANDS, THINGS as LISTS, SURNAMES } from './lexicon.ts';
import { LATIN, type Names } from './names.ts';

const THINGS = LISTS.get('thing') as string[];
const NOUNS = LISTS.get('noun') as string[];
const RUSSIAN = LISTS.get('rus') as string[];
const LOW =
  'status type golang rails tokio serde numpy parser close open start build label page filter'.split(' ');
const CODES = 'JIRA PROJ OPS CORE DEV API INC ABC SRE WEB PLAT CVE SKU KB UX'.split(' ');

/** A firm, called like a person more often than not. */
function company(random: Random, names: Names): string {
  const name = random.chance(0.4) ? random.pick(SURNAMES.get(random.pick(LATIN)) as string[]) : names.made();
  if (random.chance(0.25)) return random.pick(BRANDS);
  const other = random.pick(SURNAMES.get('en') as string[]);
  return random.pick([
    `${name} ${other}`,
    `${name}-${other}`,
    `${name} ${random.pick(['Media', 'Motors', 'Pharma', 'Foods', 'Brothers', 'Partners', 'Capital'])}`,
    `the ${name} ${random.pick(['Foundation', 'Group', 'Institute', 'Museum', 'Trust'])}`,
    `${name} ${random.pick('Inc.|Ltd|LLC|GmbH|AG|Corp.|S.A.|Group|Bank|Holdings|Technologies|Systems|Labs|& Sons|University|Hospital|Foundation|Airlines|Insurance|SpA|B.V.|plc|Consulting'.split('|'))}`,
    `${name} & ${random.pick(SURNAMES.get('en') as string[])}`,
    `Bank of ${names.city()}`,
    `University of ${names.city()}`,
    `${names.city()} General Hospital`,
    random.pick(
      'Microsoft|Google|Amazon|Apple|Siemens|Deutsche Bank|Volkswagen|Toyota|Netflix|Oracle|OpenAI|Tesla|Spotify|Airbus|Renault|Telefónica|Vodafone|Walmart|Johnson & Johnson|Goldman Sachs|Morgan Stanley|Ford|Mercedes|Philips|Red Cross|United Nations|NASA|Visa|Mastercard|GitHub|Docker|Jenkins'.split(
        '|',
      ),
    ),
  ]);
}

/** What stands in a slot that is no person, place or address. Throws `RangeError` for a slot that is none. */
export function value(slot: string, random: Random, names: Names): string {
  switch (slot) {
    case 'mail':
      return `${random.pick(['info', 'jane.doe', 'x_y', 'anna1988', 'team'])}@${random.pick(['example.com', 'mail.example.org', 'corp.example'])}`;
    case 'phone':
      return random.pick([
        `+${1 + random.below(90)} ${names.digits(3)} ${names.digits(6)}`,
        `(${names.digits(3)}) ${names.digits(3)}-${names.digits(4)}`,
        `${names.digits(3)}-${names.digits(3)}-${names.digits(4)}`,
        `0${names.digits(3)} ${names.digits(6)}`,
      ]);
    case 'date':
      return random.pick([
        `${1 + random.below(12)}/${1 + random.below(28)}/${1950 + random.below(70)}`,
        `${1950 + random.below(75)}-0${1 + random.below(9)}-1${random.below(9)}`,
        `${1 + random.below(28)} ${random.pick(['March', 'May', 'June', 'April', 'August', 'Juni', 'mai', 'marzo'])} ${1950 + random.below(75)}`,
      ]);
    case 'num':
      return names.digits(1 + random.below(10));
    case 'card':
      return random.chance(0.5)
        ? `4${names.digits(15)}`
        : `${names.digits(4)} ${names.digits(4)} ${names.digits(4)} ${names.digits(4)}`;
    case 'iban':
      return `${random.pick(['DE', 'FR', 'GB', 'ES'])}${names.digits(20)}`;
    case 'ssn':
      return `${names.digits(3)}-${names.digits(2)}-${names.digits(4)}`;
    case 'ip':
      return `${random.below(255)}.${random.below(255)}.${random.below(255)}.${random.below(255)}`;
    case 'org':
      return company(random, names);
    case 'Word':
      return random.chance(0.35)
        ? names.made()
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
            random.pick(THINGS),
            random.pick(THINGS),
            'Senior Engineer',
          ]);
    case 'thing':
      return random.pick(THINGS);
    case 'noun':
      return random.pick(NOUNS);
    case 'rus':
      return random.pick(RUSSIAN);
    case 'low':
      return random.pick(LOW);
    case 'code':
      return random.pick(CODES);
    case 'word':
      return random.pick(
        'ticket|order|invoice|delivery|contract|meeting|report|question|backup|server|project|appointment'.split(
          '|',
        ),
      );
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
