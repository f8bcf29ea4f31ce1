import type { Random } from '../../../train/random.ts';
import { fill } from './values.ts';

/** Names as their cultures write them: given names, surnames. Every second one is in the held-out half. */
const CULTURES: readonly (readonly [given: string, surnames: string])[] = [
  [
    'James Patricia Deborah Kyle Brittany Gregory Marjorie Tyrone Latoya Wesley Blake Heather Cody Megan Curtis Joyce',
    'Whitaker Henderson Gallagher McAllister Brooks Stanton Yates Barlow Hutchins Pruitt Oakley Norwood Ferrell Page Cole Winters',
  ],
  [
    'Siobhan Ciarán Aoife Declan Niamh Rhys Angharad Hamish Morag Callum',
    "O'Sullivan O'Rourke Fitzgerald MacLeod McGuinness Llewellyn Pritchard Drummond Kinsella Byrne",
  ],
  [
    'Jürgen Heike Torsten Katharina Uwe Annegret Moritz Sabrina Anneliese Detlef',
    'Krüger Baumgartner Vogt Ziegler Hofstätter Engelhardt Winkelmann Kühn Scholz Reuter',
  ],
  [
    'Thibault Mireille Aurélie Jean-Luc Marie-Claude Gaëtan Solène Bastien Odile Cédric',
    'Marchand Boulanger Charpentier Delacroix Gauthier Perrin Rousseau Lemaître Fontaine Joubert',
  ],
  [
    'Álvaro Inmaculada Joaquín Pilar Nuria Gonzalo Begoña Iker Ximena Ramiro',
    'Echeverría Navarro Domínguez Castaño Iglesias Zamora Peña Barrientos Cisneros Ugarte',
  ],
  [
    'Alessandro Ornella Salvatore Fiorella Giacomo Loredana Raffaele Ilaria Tommaso Nives',
    'Esposito Ferraro Colombo Mancini Lombardi Caputo Vitale Pellegrini Marchetti Zanetti',
  ],
  [
    'João Beatriz Thiago Larissa Rui Inês Marcelo Luciana Vasco Fernanda',
    'Carvalho Teixeira Figueiredo Magalhães Pacheco Barbosa Monteiro Vasconcelos Nóbrega Moura',
  ],
  [
    'Joost Marieke Sjoerd Femke Bas Liesbeth Koen Hanneke Ruben Wietske',
    'Vermeulen Hoekstra Dijkstra Kuipers Willems Smeets Postma Timmermans Bakker Schouten',
  ],
  [
    'Sigrid Håkon Mikkel Freja Jorma Päivi Lars Gudrun Torbjörn Maja',
    'Halvorsen Sørensen Bergström Virtanen Korhonen Nyström Thorsen Ekholm Mortensen Dahl',
  ],
  [
    'Wojciech Agnieszka Zdeněk Ludmila Bogdan Svetlana Dmitri Oksana Miroslav Katarzyna',
    'Wójcik Dvořák Shevchenko Petrenko Ivanova Kuznetsov Jovanović Horváth Popescu Sokolova',
  ],
  [
    'Abdul Fatima Khalid Noor Tariq Layla Hassan Samira Bilal Zainab',
    'Al-Masri Rahman Haddad Khoury Siddiqui Mansour Farouk Bashir El-Sayed Qureshi',
  ],
  [
    'Arjun Deepika Venkatesh Lakshmi Sanjay Meenakshi Harpreet Anjali Suresh Kavita',
    'Iyer Chatterjee Krishnamurthy Banerjee Gupta Deshmukh Reddy Venkataraman Mehta Singh',
  ],
  [
    'Xiaoming Jing Haruto Yuki Min-jun Seo-yeon Thanh Linh Siti Budi',
    'Zhang Huang Tanaka Watanabe Kim Park Tran Pham Wijaya Lim',
  ],
  [
    'Chukwuemeka Ngozi Sipho Nomvula Kofi Abena Wanjiru Otieno Tendai Folasade',
    'Adeyemi Okafor Dlamini Mensah Kamau Odhiambo Chikwanha Balogun Nkosi Asante',
  ],
  [
    'Emre Elif Burak Defne Shira Avi Noa Eitan Leila Dariush',
    'Yıldız Demir Öztürk Cohen Levi Mizrahi Ahmadi Hosseini Şahin Katz',
  ],
];

/** Which half of every list is drawn from. */
export type Half = 0 | 1;

export const halfOf = <T>(items: readonly T[], half: Half): readonly T[] =>
  items.filter((_, at) => at % 2 === half);

export interface Name {
  readonly first: string;
  readonly last: string;
}

export function name(random: Random, half: Half): Name {
  const [given, surnames] = random.chance(0.35)
    ? (CULTURES[0] as (typeof CULTURES)[0])
    : random.pick(CULTURES);
  return {
    first: random.pick(halfOf(given.split(' '), half)),
    last: random.pick(halfOf(surnames.split(' '), half)),
  };
}

const initial = (random: Random): string => String.fromCharCode(65 + random.below(25));

/** Ways in which a full name is written. */
export function full(random: Random, half: Half): string {
  const { first, last } = name(random, half);
  const other = name(random, half);
  const choice = random.below(20);
  if (choice < 12) return `${first} ${last}`;
  if (choice < 14) return `${first} ${initial(random)}. ${last}`;
  return random.pick([
    `${initial(random)}. ${last}`,
    `${initial(random)}.${initial(random)}. ${last}`,
    `${first} ${other.first} ${last}`,
    `${first} ${last}-${other.last.replace(/.*-/, '')}`,
    `${first} ${random.pick(['van der', 'de la', 'von', 'bin', 'dos'])} ${last}`,
    `${first} ${last} ${random.pick(['Jr.', 'III', 'Sr.'])}`,
  ]);
}

const TITLES: Readonly<Record<string, readonly string[]>> = {
  en: ['Mr.', 'Mrs.', 'Ms.', 'Dr.', 'Mr', 'Miss', 'Prof.', 'Sir'],
  de: ['Herr', 'Frau', 'Dr.'],
  fr: ['M.', 'Mme', 'Monsieur', 'Madame'],
  es: ['Sr.', 'Sra.', 'Don'],
  it: ['Sig.', 'Sig.ra', 'Dott.'],
  pt: ['Sr.', 'Sra.', 'Dra.'],
  nl: ['Dhr.', 'Mevr.'],
};
export function titled(random: Random, half: Half, language: string): string {
  const title = random.pick(TITLES[language] ?? (TITLES.en as readonly string[]));
  const { first, last } = name(random, half);
  return random.chance(0.6) && title !== 'Sir' ? `${title} ${last}` : `${title} ${first} ${last}`;
}

const US_STREETS =
  'Bellweather,Hickory Hollow,Martin Luther King Jr,Cedar,North 5th,Pinecrest,W Fulton,Sycamore Ridge,Elm,Old Mill,E 42nd,Chestnut,Lakeview,Jefferson,Rolling Hills,S Wabash'.split(
    ',',
  );
const US_KINDS =
  'Street,St,Ave,Avenue,Blvd,Ln,Lane,Drive,Dr,Court,Ct,Road,Rd,Way,Circle,Parkway,Terrace,Pl'.split(',');
const US_TOWNS =
  'Boise|ID;Chattanooga|TN;Santa Fe|NM;Cedar Rapids|IA;Duluth|MN;New York|NY;Tacoma|WA;Baton Rouge|LA;East Amyport|OH;Port Matthewberg|GA;Fort Collins|CO;Lake Jasonville|KS;Yonkers|NY;El Paso|TX'.split(
    ';',
  );
const UK_STREETS =
  "Station Road,Church Lane,St Mary's Close,Queensway,The Crescent,Albert Terrace,Mill Hill,Victoria Gardens,Windsor Drive,Highfield Avenue,Gladstone Street,Kings Mews".split(
    ',',
  );
const UK_TOWNS =
  'Bristol|BS6 5QA;Manchester|M14 6HX;London|SW1A 2AA;Norwich|NR2 4DT;Leeds|LS6 1DN;Cardiff|CF10 3AT;Edinburgh|EH8 9YL;Bath|BA1 2LR;Stoke-on-Trent|ST4 2QR;London|E2 8DY'.split(
    ';',
  );

const ABROAD: readonly string[] = [
  'Lindenstraße %#, 5067# Köln',
  'Am Alten Markt %, 1446# Potsdam',
  'Schillerstr. ##a, 8033# München',
  'Hauptstrasse %#, 800# Zürich',
  'Mariahilfer Straße 1##, 1070 Wien',
  'Goetheplatz %, D-6031# Frankfurt am Main',
  '12 rue des Lilas, 6900# Lyon',
  '%# bis avenue Jean Jaurès, 7501# Paris',
  '%#, boulevard Victor Hugo, 31000 Toulouse',
  'Calle de Alcalá %#, 3º B, 280## Madrid',
  'Avda. de la Constitución, %#, 4100# Sevilla',
  'C/ Mayor %#, 500## Zaragoza',
  'Via Garibaldi %#, 2012# Milano',
  'Corso Vittorio Emanuele II, %#, 0018# Roma',
  'Piazza San Marco %, 30124 Venezia VE',
  'Rua das Flores, 1##, 4050-26# Porto',
  'Avenida Paulista, 1%##, São Paulo - SP, 01310-1##',
  'Prinsengracht 2##, 1016 GV Amsterdam',
  'Kerkstraat %#, 3581 RG Utrecht',
  'Rue de la Loi %#, 1040 Bruxelles',
  'ul. Długa %#/%, 31-14# Kraków',
  'Drottninggatan %#, 111 21 Stockholm',
  'Mannerheimintie %#, 00100 Helsinki',
  'Vesterbrogade %#, 1620 København V',
];

/** An address; in several lines where `lines` says so. */
export function address(random: Random, half: Half, language: string, lines: boolean): string {
  const whole = oneLine(random, half, language);
  return lines ? whole.replace(/, /g, '\n') : whole;
}

function oneLine(random: Random, half: Half, language: string): string {
  const choice = language === 'en' ? random.below(20) : 19;
  const [town, region] = random.pick(halfOf(US_TOWNS, half)).split('|') as [string, string];
  const [city, code] = random.pick(halfOf(UK_TOWNS, half)).split('|') as [string, string];
  const street = `${random.pick(halfOf(US_STREETS, half))} ${random.pick(halfOf(US_KINDS, half))}`;
  const zip = fill(random, random.pick(['#####', '#####', '#####-####']));
  const flat = fill(random, random.pick(['', '', ', Apt. %##', ', Suite %##', ', Unit %B', ' Apt %']));
  if (choice < 9)
    return `${fill(random, random.pick(['%#', '%##', '%###']))} ${street}${flat}, ${town}, ${region} ${zip}`;
  if (choice < 10) return `P.O. Box ${fill(random, '%###')}, ${town}, ${region} ${zip}`;
  if (choice < 11) return fill(random, `%### ${street}`);
  if (choice < 15)
    return `${fill(random, random.pick(['%#', '%', 'Flat %, %#', '%#B']))} ${random.pick(halfOf(UK_STREETS, half))}, ${city} ${code}`;
  if (choice < 16)
    return fill(
      random,
      random.pick([
        '%# Wattle Crescent, Parramatta NSW 215#',
        '%## King Street West, Toronto, ON M5H 1K4',
        '% Merrion Row, Dublin 2, D02 XN29',
        '88# rue Sherbrooke Ouest, Montréal, QC H3A 1G1',
      ]),
    );
  const key = ABROAD_BY[language];
  const from = key === undefined ? ABROAD : ABROAD.slice(...key);
  return fill(random, random.pick(halfOf(from, half)));
}

const ABROAD_BY: Readonly<Record<string, [number, number]>> = {
  de: [0, 6],
  fr: [6, 9],
  es: [9, 12],
  it: [12, 15],
  pt: [15, 17],
  nl: [17, 19],
};
