import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDay, luhn, mod11And2, mod97, verhoeff } from '../checksums.ts';
import { IDENTIFIERS } from './index.ts';

/**
 * Values that the issuers publish as examples, or that `python-stdnum` (LGPL, its documentation) and Wikipedia's articles
 * on each number show as valid. None belongs to anybody as far as is known.
 */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  uk_nhs: ['9434765919', '4505577104'],
  uk_nino: ['AB123456C'],
  uk_driver_license: ['MORGA657054SM9IJ'],
  es_nif: ['12345678Z', '54362315K'],
  es_nie: ['X2482300W', 'X1234567L'],
  it_fiscal_code: ['RSSMRA85T10A562S', 'RCCMNL83S18D969H'],
  it_vat_code: ['00743110157', '07643520567'],
  de_tax_id: ['36574261809', '86095742719'],
  de_social_security: ['15070649C103'],
  de_id_card: ['T220001293'],
  de_passport: ['C01X00T478'],
  de_health_insurance: ['A123456780'],
  fr_nir: ['295109912611193', '253072B07300470'],
  nl_bsn: ['111222333', '123456782'],
  be_nrn: ['85073003328', '93051822361'],
  pl_pesel: ['44051401359', '02070803628'],
  pl_nip: ['1234563218', '8567346215'],
  pl_id_card: ['ABA300000'],
  pt_nif: ['501964843', '123456789'],
  pt_citizen_card: ['000000000ZZ4'],
  se_personnummer: ['8112289874', '198112289874', '8803200016'],
  dk_cpr: ['2110625629'],
  no_fnr: ['15108695088'],
  fi_hetu: ['131052308T', '131052-308T', '131052A308T'],
  is_kennitala: ['1201743399'],
  ch_ahv: ['7569217076985'],
  at_svnr: ['1237010180'],
  ie_pps: ['6433435F', '6433435FT'],
  cz_rc: ['7103192745'],
  ro_cnp: ['1630615123457'],
  bg_egn: ['7523169263', '8032056031'],
  hr_oib: ['33392005961'],
  rs_jmbg: ['0101006500006'],
  ee_isikukood: ['37605030299'],
  lt_asmens_kodas: ['33309240064'],
  lv_personas_kods: ['16117519997'],
  gr_amka: ['01013099997'],
  gr_afm: ['094259216', '023456780'],
  ru_snils: ['11223344595'],
  ru_inn: ['7707083893', '500100732259'],
  ua_rnokpp: ['1759013776'],
  tr_kimlik: ['10000000146', '17291716060'],
  us_ssn: ['536904399', '111223333'],
  us_itin: ['912903456'],
  us_aba_routing: ['111000025', '021000021'],
  us_mbi: ['1EG4TE5MK73'],
  us_npi: ['1234567893'],
  medical_license: ['AB1234563'],
  ca_sin: ['130692544'],
  mx_curp: ['BOXW310820HNERXN09'],
  mx_rfc: ['GODE561231GR8'],
  mx_clabe: ['032180000118359719', '002010077777777771'],
  br_cpf: ['39053344705', '11144477735'],
  br_cnpj: ['16727230000197', '12ABC34501DE35'],
  ar_cuit: ['20267565393'],
  cl_rut: ['125319092', '760864285'],
  ec_cedula: ['1714307103'],
  do_cedula: ['00113918205'],
  uy_ci: ['12345672'],
  au_abn: ['51824753556', '83914571673'],
  au_acn: ['004085616'],
  au_tfn: ['123456782'],
  au_medicare: ['2123456701'],
  nz_ird: ['49091850', '136410132'],
  nz_nhi: ['ZZZ0016'],
  in_pan: ['ACUPA7085R'],
  in_aadhaar: ['234123412346'],
  in_gstin: ['27AAPFU0939F1ZV'],
  sg_nric_fin: ['S0000001I', 'S1234567D'],
  my_nric: ['770305021234'],
  th_id: ['1234545678781'],
  hk_hkid: ['A1234563', 'G123456A'],
  tw_id: ['A123456789'],
  jp_my_number: ['123456789018'],
  kr_rrn: ['9710139019902'],
  cn_id: ['11010519491231002X'],
  za_id: ['8001015009087'],
  il_id: ['039337423'],
  sa_id: ['1000000008'],
  us_ein: ['910001118'],
};

const VAT = [
  ...[
    'ATU13585627',
    'BE0428759497',
    'DE136695976',
    'DK13585628',
    'EE100931558',
    'FI20774740',
    'FR40303265045',
  ],
  ...[
    'FR83404833048',
    'GB980780684',
    'HR33392005961',
    'HU12892312',
    'IT00743110157',
    'LU15027442',
    'MT11679112',
  ],
  ...[
    'NL004495445B01',
    'PL8567346215',
    'PT501964843',
    'SE123456789701',
    'SI50223054',
    'SK2022749619',
    'IE6433435F',
  ],
];

const named = (id: string) => IDENTIFIERS.filter((one) => one.id === id);

test('published numbers are valid', () => {
  for (const [id, values] of Object.entries(PUBLISHED)) {
    assert.ok(named(id).length > 0, id);
    for (const value of values)
      assert.ok(
        named(id).some(({ valid }) => valid(value)),
        `${id} ${value}`,
      );
  }
  for (const value of VAT)
    assert.ok(
      named('eu_vat_number').some(({ valid }) => valid(value)),
      value,
    );
});

test('a check digit that is one off is not', () => {
  const unchecked = new Set([
    'uk_nino',
    'dk_cpr',
    'mx_rfc',
    'us_ssn',
    'us_itin',
    'us_ein',
    'us_mbi',
    'my_nric',
    'lv_personas_kods',
  ]);
  for (const [id, values] of Object.entries(PUBLISHED)) {
    if (unchecked.has(id)) continue;
    for (const value of values) {
      const at = ['is_kennitala', 'au_medicare'].includes(id)
        ? 8
        : [...value].findLastIndex((char) => /\d/.test(char));
      const off = `${value.slice(0, at)}${(Number(value[at]) + 1) % 10}${value.slice(at + 1)}`;
      if (['in_pan', 'kr_rrn', 'uk_driver_license', 'br_cnpj'].includes(id)) continue;
      assert.ok(!named(id).some(({ valid }) => valid(off)), `${id} ${off}`);
    }
  }
});

test('the general checks hold for their published examples', () => {
  assert.ok(luhn('79927398713') && !luhn('79927398710'));
  assert.ok(verhoeff('2363') && !verhoeff('2364'));
  assert.ok(mod97('3214282912345698765432161182'));
  assert.ok(mod11And2('079X') && !mod11And2('0790'));
  assert.ok(isDay(2000, 2, 29) && !isDay(2001, 2, 29) && !isDay(2001, 4, 31) && isDay(2001, 12, 31));
});

test('at least forty countries have an identifier', () => {
  assert.ok(new Set(IDENTIFIERS.map(({ country }) => country)).size >= 40);
});
