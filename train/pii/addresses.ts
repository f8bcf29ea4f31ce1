import type { Random } from '../random.ts';
import { SURNAMES } from './lexicon.ts';
import { LATIN, type Names } from './names.ts';

/** An address as people of some country write it. */
export function address(random: Random, names: Names): string {
  const number = `${1 + random.below(random.chance(0.3) ? 9900 : 260)}${random.chance(0.12) ? random.pick(['a', 'b', 'B', 'A', 'C', ' bis']) : ''}`;
  const base = random.pick([
    () => random.pick(SURNAMES.get('en') as string[]),
    () => names.made(),
    () =>
      random.pick(
        "Oak|Maple|Cedar|Pine|Elm|Church|High|Park|Lake|River|Hill|Station|Mill|Main|Washington|King|Queen|Victoria|Green|North|South|Spring|Forest|Sunset|Meadow|Market|Bridge|School|5th|42nd|1st|Old Mill|St. James|West End|Broad|Cherry|Willow|St Mary's|King's|Queen's|St. John's|Bishop’s|Mill Hill|Stoke-on-Sea|Martin Luther King Jr".split(
          '|',
        ),
      ),
  ])();
  const comma = random.pick([', ', ', ', ', ', '\n', ' ', ',\n']);
  const city = names.city();
  const name = random.pick(SURNAMES.get(random.pick(LATIN)) as string[]);
  const zip = names.digits(5);
  const us = (): string => {
    const street = `${number} ${random.pick(['', '', '', 'N. ', 'West ', 'SE ', 'W ', 'E ', 'S '])}${base} ${random.pick('Street|St|St.|Avenue|Ave|Ave.|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Way|Terrace|Parkway|Pkwy|Highway|Circle|Trail|Walk|Square'.split('|'))}`;
    const unit = random.chance(0.25)
      ? `${random.pick([', ', ' ', '\n'])}${random.pick(['Apt', 'Apt.', 'Suite', 'Unit', 'Ste', '#', 'Floor'])} ${random.pick([names.digits(1 + random.below(3)), 'B', `${1 + random.below(9)}C`])}`
      : '';
    const state = random.pick(
      'AL|AK|AZ|CA|CO|CT|FL|GA|IL|IN|MA|MD|MI|MN|NC|NJ|NV|NY|OH|OR|PA|TN|TX|VA|WA|WI|California|Texas|New York|Ohio'.split(
        '|',
      ),
    );
    return random.pick([
      `${street}${unit}${comma}${city}, ${state} ${zip}`,
      `${street}${unit}${comma}${city}, ${state} ${zip}`,
      `${street}${unit}${comma}${city} ${state} ${zip}-${names.digits(4)}`,
      `${street}${unit}`,
      `${street}${unit}${comma}${city}`,
      `${street}${unit}${comma}${city}, ${state}`,
      `${street}${comma}${city} ${zip}`,
      `${street}${comma}${city}${comma}${state} ${zip}${random.pick(['', ', USA', ', United States', '\nUSA'])}`,
      `P.O. Box ${names.digits(4)}, ${city}, ${state} ${zip}`,
    ]);
  };
  const uk = (): string =>
    `${random.chance(0.2) ? `Flat ${names.digits(1)}, ` : ''}${number} ${base} ${random.pick('Street|Road|Lane|Close|Avenue|Gardens|Crescent|Way|Mews|Terrace|Grove|Court'.split('|'))}${comma}${city}${random.pick([' ', ', ', '\n'])}${random.pick(['SW', 'N', 'E', 'M', 'LS', 'B', 'EH', 'CF', 'BS', 'G'])}${1 + random.below(20)} ${names.digits(1)}${random.pick(['AB', 'QT', 'ZX', 'LN', 'PD', 'EF'])}${random.pick(['', '', ', UK', ', United Kingdom'])}`;
  const de = (): string =>
    `${random.pick([() => `${random.pick(['Haupt', 'Bahnhof', 'Garten', 'Schul', 'Linden', 'Berg', 'Kirch', 'Wald', 'Mozart', 'Goethe', 'Schiller', 'Ring', 'Mühlen', 'Rosen', name])}${random.pick(['straße', 'strasse', 'str.', 'weg', 'allee', 'platz', 'gasse', 'ring', 'damm'])}`, () => `${random.pick(['Am', 'An der', 'Im', 'Zum', 'Unter den'])} ${random.pick(['Markt', 'Bach', 'Linden', 'Anger', 'Park', 'Hof', 'Berg'])}`, () => `${name}-Straße`])()} ${number}${comma}${random.pick([zip, names.digits(4), `D-${zip}`])} ${city}${random.pick(['', '', '', ', Deutschland', ', Germany'])}`;
  const fr = (): string =>
    `${number}${random.pick([' ', ', '])}${random.pick(['rue', 'avenue', 'boulevard', 'place', 'chemin', 'allée', 'impasse', 'quai', 'Rue', 'Avenue', 'bd'])} ${random.pick(['de la ', 'du ', 'des ', 'de ', '', "de l'"])}${random.pick(['République', 'Gare', 'Paix', 'Église', 'Moulin', 'Lilas', 'Victor Hugo', 'Jean Jaurès', 'Gambetta', 'Tilleuls', 'Mairie', 'Fontaine', name])}${comma}${zip} ${city}${random.pick(['', '', ', France'])}`;
  const es = (): string =>
    `${random.pick(['Calle', 'C/', 'Avenida', 'Avda.', 'Plaza', 'Paseo', 'calle', 'Carrer', 'Camino', 'Ronda'])} ${random.pick(['de ', 'de la ', 'del ', '', ''])}${random.pick(['Mayor', 'Alcalá', 'Sol', 'Constitución', 'Goya', 'Reforma', 'San Juan', 'Gran Vía', 'Libertad', 'Insurgentes', name])}${random.pick([', ', ' ', ' nº ', ', nº '])}${number}${random.pick(['', '', ', 3º B', ', 2.º izq.', ', piso 4'])}${comma}${random.pick([zip, names.digits(4)])} ${city}${random.pick(['', '', ', España', ', México'])}`;
  const it = (): string =>
    `${random.pick(['Via', 'Viale', 'Piazza', 'Corso', 'via', 'Largo', 'Vicolo'])} ${random.pick(['Garibaldi', 'Roma', 'Mazzini', 'Verdi', 'Dante Alighieri', 'della Repubblica', 'XX Settembre', 'Giuseppe Verdi', 'dei Mille', name])}${random.pick([', ', ' ', ' n. '])}${number}${comma}${zip} ${city}${random.pick(['', ' (MI)', ' (RM)', ', Italia'])}`;
  const pt = (): string =>
    `${random.pick(['Rua', 'Avenida', 'Av.', 'Travessa', 'Praça', 'R.', 'Alameda', 'rua'])} ${random.pick(['das Flores', 'da Liberdade', 'do Comércio', 'Augusta', 'dos Andradas', 'Paulista', 'de Santa Catarina', name])}, ${random.pick(['', 'nº ', 'n.º '])}${number}${random.pick(['', '', ', 3º Dto', ', apto 42'])}${comma}${random.pick([`${names.digits(4)}-${names.digits(3)} ${city}`, `${city} - SP, ${zip}-${names.digits(3)}`, `${city}`])}`;
  const nl = (): string =>
    `${random.pick(['Kerk', 'Dorps', 'School', 'Molen', 'Prinsen', 'Beatrix', 'Stations', 'Linden', name])}${random.pick(['straat', 'laan', 'weg', 'plein', 'gracht', 'kade', 'dreef', 'singel'])} ${number}${random.pick(['', '-2', ' bus 3'])}${comma}${random.pick([`${names.digits(4)} ${random.pick(['AB', 'KL', 'XZ'])}`, names.digits(4)])} ${city}`;
  const pl = (): string =>
    `${random.pick(['ul.', 'al.', 'ulica', 'pl.', 'os.', 'ul'])} ${random.pick(['Kwiatowa', 'Długa', 'Mickiewicza', 'Polna', 'Słoneczna', '3 Maja', 'Jana Pawła II', 'Leśna', name])} ${number}${random.pick(['', '/12', ' m. 5', '/3'])}${comma}${names.digits(2)}-${names.digits(3)} ${city}`;
  const nordic = (): string =>
    `${random.pick(['Stor', 'Kungs', 'Kyrko', 'Skole', 'Vester', 'Kirke', 'Drottning', 'Manner', name])}${random.pick(['gatan', 'vägen', 'gade', 'vej', 'veien', 'gata', 'katu', 'tie'])} ${number}${random.pick(['', ' A', ', 2. tv', ' lgh 1101'])}${comma}${random.pick([`${names.digits(3)} ${names.digits(2)}`, names.digits(4)])} ${city}`;
  const east = (): string =>
    random.pick([
      () =>
        `ул. ${random.pick(['Ленина', 'Пушкина', 'Мира', 'Садовая', 'Гагарина'])}, д. ${number}, кв. ${names.digits(2)}, ${random.pick(['Москва', 'Казань', 'Самара', 'Киев'])}`,
      () =>
        `${random.pick(['Atatürk', 'Cumhuriyet', 'İstiklal', 'Bağdat'])} ${random.pick(['Caddesi', 'Cad.', 'Sokak'])} No: ${number}${comma}${zip} ${city}`,
      () =>
        `${number}, ${random.pick(['MG Road', 'Nehru Nagar', 'Sector 17', 'Park Street', 'Anna Salai'])}, ${city} ${names.digits(6)}`,
      () =>
        `Jl. ${random.pick(['Sudirman', 'Merdeka', 'Diponegoro', 'Gatot Subroto'])} No. ${number}, ${city} ${zip}`,
      () =>
        `${random.pick(['Na Příkopě', 'Dlouhá', 'Masarykova', 'Nádražní', 'Husova'])} ${number}${comma}${names.digits(3)} ${names.digits(2)} ${city}`,
      () =>
        `${number} ${base} ${random.pick(['St', 'Road', 'Parade', 'Crescent'])}, ${city} ${random.pick(['NSW', 'VIC', 'QLD', 'ON', 'BC'])} ${random.pick([names.digits(4), 'M5V 2T6', 'V6B 1A1'])}`,
    ])();
  return random.pick([us, us, us, us, uk, uk, de, de, fr, es, it, pt, nl, pl, nordic, east])();
}
