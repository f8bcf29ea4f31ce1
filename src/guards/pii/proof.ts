/** What the guard must find and what it must let pass, at every split. None of it belongs to anybody. */
export const CATCHES: readonly { readonly text: string; readonly reason: string }[] = [
  { text: 'Please write to jane.doe+news@example.co.uk, thank you.', reason: 'pii.email_address' },
  { text: 'My number is +44 20 7946 0958 in the evening.', reason: 'pii.phone_number' },
  { text: 'The card 4111 1111 1111 1111 was charged twice.', reason: 'pii.credit_card' },
  { text: 'Transfer it to DE89 3704 0044 0532 0130 00 by Friday.', reason: 'pii.iban_code' },
  { text: 'Her SSN is 536-90-4399, as she told us.', reason: 'pii.us_ssn' },
  { text: 'Failed login from 203.0.113.77 at night', reason: 'pii.ip_address' },
  { text: 'The device 00:1B:44:11:3A:B7 is offline.', reason: 'pii.mac_address' },
  { text: 'send it to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 please', reason: 'pii.crypto' },
  { text: 'She was born on 14 March 1987 in a small town.', reason: 'pii.date_of_birth' },
  { text: 'Mi DNI es 12345678Z y vivo cerca.', reason: 'pii.es_nif' },
  { text: 'Codice fiscale: RSSMRA85T10A562S', reason: 'pii.it_fiscal_code' },
  { text: 'CPF 111.444.777-35 do cliente', reason: 'pii.br_cpf' },
  { text: 'Dear Mr. Robert Fletcher, thank you for your letter.', reason: 'pii.person' },
  { text: 'hello, my name is maria lopez and I need some help', reason: 'pii.person' },
  {
    text: 'Please send it to 742 Evergreen Terrace, Springfield, IL 62704 before noon.',
    reason: 'pii.street_address',
  },
  { text: '患者:王小明,电话 13812345678', reason: 'pii.person' },
];

export const PASSES: readonly string[] = [
  '',
  'Order no. 4539578763621486 was shipped.',
  'commit 59ceb282ceb3977c74a116a802358b3d21ef9e56 fixes issue 6134',
  'Version 10.2.3.4 released; build 2814',
  'part no. 659-73-9617 rev C',
  'ISBN 978-3-16-148410-0',
  'npm i react@16.3.6',
  'at 2024-03-04T12:30:45.123Z the job took 5442100 ms',
  'The capital of France is Paris, and on Monday we shall see Microsoft Word there.',
];
