import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNobodys } from './nobodys.ts';
import { checkDigit } from './number-forms.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { makeValue, oneOf, REASONS, seeded, written } from './testing.ts';

const open = (seed: number, isTaken?: (text: string) => boolean) =>
  new Pseudonyms({ random: seeded(seed), isTaken });

/** The stand-in of one value. */
const made = (reason: string, value: string, seed = 1) => {
  const pseudonyms = open(seed);
  const standIn = pseudonyms.make(reason, value);
  assert.ok(standIn !== undefined);
  return { pseudonyms, standIn, text: standIn.text };
};

test('10,000 exchanges come back exactly, cut in two at every place', () => {
  const random = seeded(20261121);
  const glue = ['', ' ', 'Dear ', ', ', "'s ", '.', '**', ' (', ') ', '\n', ' «', '» ', '先生', ': "', '" '];
  for (let n = 0; n < 10_000; n++) {
    const pseudonyms = open(n);
    let said = '';
    let meant = '';
    for (let i = 0; i <= random(3); i++) {
      const reason = oneOf(REASONS, random);
      const value = makeValue(reason, random);
      const standIn = pseudonyms.make(reason, value);
      assert.ok(standIn !== undefined && standIn.text !== value);
      // What is a number needs something between.
      const between = i === 0 ? '' : ` ${oneOf(glue, random)} `;
      said += between + written(standIn, random);
      meant += between + value;
    }
    const [before, after] = [`${oneOf(glue, random)} `, ` ${oneOf(glue, random)}`];
    said = before + said + after;
    meant = before + meant + after;
    for (let cut = 0; cut <= said.length; cut++) {
      const restorer = pseudonyms.restorer();
      const got = restorer.push(said.slice(0, cut)) + restorer.push(said.slice(cut)) + restorer.end();
      if (got !== meant) assert.equal(got, meant, `exchange ${n}, cut at ${cut}: ${JSON.stringify(said)}`);
    }
  }
});

test('cut into any pieces, a text comes back the same', () => {
  const random = seeded(7);
  for (let n = 0; n < 300; n++) {
    const pseudonyms = open(n);
    const parts = Array.from({ length: 8 }, () => {
      const reason = oneOf(REASONS, random);
      const standIn = pseudonyms.make(reason, makeValue(reason, random));
      return standIn === undefined
        ? ''
        : `${written(standIn, random)} ${oneOf(['and', '<', '&', '\\', '%4', 'Person_'], random)}`;
    });
    const said = parts.join(' ');
    const whole = pseudonyms.restore(said);
    const restorer = pseudonyms.restorer();
    let got = '';
    for (let at = 0; at < said.length; ) {
      const length = 1 + random(6);
      got += restorer.push(said.slice(at, at + length));
      at += length;
    }
    assert.equal(got + restorer.end(), whole);
  }
});

test('in a JSON document values are written as JSON, elsewhere as they are', () => {
  const value = 'Hof "am See" \\ 3\n01234';
  const { pseudonyms, text } = made('house.address', value);
  const document = JSON.stringify({
    to: [{ at: text, count: 3, ok: true, none: null }],
    note: `at ${text}!`,
  });
  const want = { to: [{ at: value, count: 3, ok: true, none: null }], note: `at ${value}!` };
  assert.deepEqual(JSON.parse(pseudonyms.restore(document)), want);
  for (let cut = 0; cut <= document.length; cut++) {
    const restorer = pseudonyms.restorer();
    const got = restorer.push(document.slice(0, cut)) + restorer.push(document.slice(cut)) + restorer.end();
    assert.deepEqual(JSON.parse(got), want);
  }
  const fenced = `Here:\n\`\`\`json\n${document}\n\`\`\`\nfor ${text}`;
  const [, json, prose] = /```json\n(.*)\n```\n(.*)/s.exec(pseudonyms.restore(fenced)) ?? [];
  assert.deepEqual(JSON.parse(json ?? ''), want);
  assert.equal(prose, `for ${value}`);
  assert.equal(pseudonyms.restore(`[${text}] is "${text}"`), `[${value}] is "${value}"`);
});

test('a number that a model writes as one stays a token of JSON', () => {
  const { pseudonyms, text } = made('pii.credit_card', '4111 1111 1111 1111');
  assert.equal(
    pseudonyms.restore(`{"card": ${text.replaceAll(' ', '')}}`),
    '{"card": "4111 1111 1111 1111"}',
  );
  const plain = made('pii.credit_card', '4111111111111111');
  assert.equal(plain.pseudonyms.restore(`{"card": ${plain.text}}`), '{"card": 4111111111111111}');
});

test('the same value has the same stand-in, and two values never one', () => {
  const pseudonyms = open(3);
  const seen = new Map<string, string>();
  const random = seeded(4);
  for (let n = 0; n < 2000; n++) {
    const reason = oneOf(REASONS, random);
    const value = makeValue(reason, random);
    const text = pseudonyms.make(reason, value)?.text ?? '';
    assert.equal(pseudonyms.make(reason, value)?.text, text);
    const before = seen.get(text);
    assert.ok(before === undefined || before === value);
    seen.set(text, value);
    assert.equal(pseudonyms.restore(`(${text})`), `(${value})`);
  }
});

test('stand-ins look like what they stand for, and are nobody’s', () => {
  assert.match(made('pii.email_address', 'a@b.org').text, /^user\.a\.\d[a-z0-9]{5}@pseudonym\.example$/);
  assert.match(made('pii.person', 'Ada Lovelace').text, /^Person_A_\d[a-z0-9]{5}$/);
  assert.match(made('pii.phone_number', '(415) 867-5309').text, /^\([2-9]\d\d\) 555-01\d\d$/);
  assert.match(made('pii.phone_number', '+44 20 7123 1234').text, /^\+44 77 0090 0\d{3}$/);
  assert.match(made('pii.phone_number', '+86 138 0013 8000').text, /^\+86 000 \d{4} \d{4}$/);
  assert.match(made('pii.ip_address', '10.1.2.3').text, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$/);
  assert.match(made('pii.ip_address', 'fe80::1').text, /^2001:db8:/);
  assert.match(made('pii.mac_address', 'AA:BB:CC:DD:EE:FF').text, /^00:00:5e:00:53:[0-9a-f]{2}$/);
  assert.match(made('pii.date_of_birth', '1987-03-17').text, /^(198[4-9]|1990)-\d\d-\d\d$/);
  assert.match(made('pii.date_time', '17 March 1987').text, /^\d{1,2} [A-Z][a-z]+ \d{4}$/);
  assert.match(made('pii.iban_code', 'DE89 3704 0044 0532 0130 00').text, /^DE00 (\d{4} ){4}\d\d$/);
  assert.match(made('secrets.openai_key', 'sk-1').text, /^<OPENAI_KEY_A_\d[a-z0-9]{5}>$/);
  assert.match(made('pii.date_time', 'next Tuesday').text, /^<DATE_TIME_A_/);
  for (let seed = 0; seed < 200; seed++) {
    const card = made('pii.credit_card', '4111-1111-1111-1111', seed).text;
    assert.match(card, /^9\d{3}-\d{4}-\d{4}-\d{4}$/);
    const digits = card.replaceAll('-', '');
    assert.notEqual(checkDigit(digits.slice(0, -1)), Number(digits.at(-1)));
  }
});

test('what a model does to a stand-in is seen through', () => {
  const { pseudonyms, text } = made('pii.person', 'Ada Lovelace');
  const [, tag] = text.split('_A_') as [string, string];
  for (const said of [
    text.toUpperCase(),
    `PERSON\\_A\\_${tag}`,
    `Person A ${tag}`,
    `Person-A-${tag}`,
    `Person_A_\n> ${tag}`,
    `person&lowbar;a&#x5f;${tag}`,
    `Person%5FA%5F${tag}`,
    `Person_A_\u200b${tag}`,
    `Person_\u00adA_${tag}`,
    `P\\u0065rson_A_${tag}`,
  ]) {
    assert.equal(pseudonyms.restore(`Is ${said}'s here?`), "Is Ada Lovelace's here?", said);
  }
  assert.equal(pseudonyms.restore(`Mit ${text}s Hund`), 'Mit Ada Lovelaces Hund', 'an ending');
});

test('numbers are found in other groupings, and not in longer numbers', () => {
  const { pseudonyms, text } = made('pii.phone_number', '+1 (415) 867-5309');
  const digits = text.replace(/\D/g, '');
  for (const said of [
    digits,
    `+${digits}`,
    digits.slice(1),
    text.slice(3),
    text.replace(/\D/g, '.').slice(1),
  ]) {
    assert.ok(pseudonyms.restore(said).endsWith('+1 (415) 867-5309'), said);
  }
  for (const said of [`9${digits}`, `${digits}1`, `x${digits}`]) assert.equal(pseudonyms.restore(said), said);
  const ip = made('pii.ip_address', '10.1.2.3');
  for (const said of [`${ip.text}1`, `1${ip.text}`, ip.text.replaceAll('.', '')]) {
    assert.equal(ip.pseudonyms.restore(said), said);
  }
});

test('what looks like the stand-in of another exchange is nothing here', () => {
  const one = made('pii.person', 'Ada Lovelace', 1);
  const other = made('pii.person', 'Grace Hopper', 2);
  assert.notEqual(one.text, other.text);
  assert.equal(other.pseudonyms.restore(one.text), one.text);
  assert.equal(open(3).restore(`${one.text} ${other.text}`), `${one.text} ${other.text}`);
});

test('no stand-in occurs in the exchange already', () => {
  const first = made('pii.ip_address', '10.0.0.1', 9).text;
  const asked: string[] = [];
  const pseudonyms = open(9, (text) => {
    asked.push(text);
    return text === first || asked.length === 1;
  });
  assert.notEqual(pseudonyms.make('pii.ip_address', '10.0.0.1')?.text, first);
  assert.ok(asked.length > 2, 'another tag, another address');
});

test('more values than there is room for get none', () => {
  const pseudonyms = open(5);
  let made = 0;
  for (let n = 0; n < 5000; n++) if (pseudonyms.make('pii.person', `Name ${n}`) !== undefined) made++;
  assert.equal(made, 4096);
  assert.notEqual(pseudonyms.make('pii.person', 'Name 7'), undefined, 'those that there are stay');
});

test('text that might for ever become a stand-in is held back no further than one is long', () => {
  const { pseudonyms, text } = made('pii.email_address', 'ada@example.org');
  const start = text.slice(0, -1);
  for (const piece of [
    start,
    start[0] as string,
    'user.a',
    '&',
    '\\',
    '%4',
    `${start} `,
    'user.a. . . . . . . . ',
  ]) {
    const restorer = pseudonyms.restorer();
    let given = 0;
    let got = 0;
    for (let n = 0; n < 2000; n++) {
      given += piece.length;
      got += restorer.push(piece).length;
      assert.ok(given - got <= 600, `${JSON.stringify(piece)}: ${given - got} held`);
    }
    assert.equal(got + restorer.end().length, given);
  }
});

test('plain text leaves at once', () => {
  const restorer = made('pii.person', 'Ada Lovelace').pseudonyms.restorer();
  for (const piece of ['Hello, ', 'this is ', 'a text. ', '12 ', '<b>'])
    assert.equal(restorer.push(piece), piece);
  assert.equal(restorer.push('P'), '');
  assert.equal(restorer.push('e'), '');
  assert.equal(restorer.push('x'), 'Pex');
});

test('stand-ins within stand-ins, and thousands of them', () => {
  const { pseudonyms, text } = made('pii.person', 'Ada');
  const half = text.slice(0, 8);
  assert.equal(pseudonyms.restore(`${half}${text}`), `${half}Ada`);
  assert.equal(pseudonyms.restore(text.repeat(20_000)), 'Ada'.repeat(20_000));
  const nested = pseudonyms.make('house.note', `about ${text}`);
  assert.equal(pseudonyms.restore(nested?.text ?? ''), 'about Ada', 'what is found later is meant as it was');
});

test('what it makes is nobody’s by its form, and what guards find is somebody’s', () => {
  const random = seeded(77);
  for (let n = 0; n < 3000; n++) {
    const reason = oneOf(REASONS, random);
    const value = makeValue(reason, random);
    // An owner's date and another one look alike.
    if (reason.includes('date')) continue;
    assert.ok(isNobodys(made(reason, value, n).text), made(reason, value, n).text);
    assert.ok(!isNobodys(value), value);
  }
});
