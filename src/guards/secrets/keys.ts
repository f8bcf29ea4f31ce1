import { CONTROLS, format } from './define.ts';
import { isPassword, isToken, looksReal } from './real.ts';
import type { Rule } from './rule.ts';
import { base32, base62, base64, base64url, sampleOf } from './samples.ts';

const pem = (kind: string): string =>
  [`-----BEGIN ${kind}-----`, base64(64), base64(64, 2), `${base64(23)}=`, `-----END ${kind}-----`].join(
    '\n',
  );

/** White space, also as escapes of it. */
const BREAK = '[\\s\\\\nrt"+,\']';

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** Private keys, tokens and passwords in forms that are nobody's own. */
export const KEYS: readonly Rule[] = [
  format(
    'private_key',
    'PEM (OpenSSH and PGP too)',
    '-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----',
    [
      `(?:${BREAK}{1,12}(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): ?[^\\n\\\\]{1,100}){0,4}`,
      `${BREAK}{0,16}[A-Za-z0-9+/=]{20}(?:[A-Za-z0-9+/=]|${BREAK}){0,12000}`,
      '(?:-----END [A-Z0-9 ]{3,40}-----)?',
    ].join(''),
    {
      within: true,
      body: 'armor',
      reach: 13_000,
      judge: () => true,
      catches: [
        pem('RSA PRIVATE KEY'),
        pem('OPENSSH PRIVATE KEY'),
        pem('PGP PRIVATE KEY BLOCK'),
        pem('EC PRIVATE KEY').replaceAll('\n', '\\n'),
        pem('RSA PRIVATE KEY').replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F2E\n\n'),
      ],
      passes: [
        pem('PUBLIC KEY'),
        pem('CERTIFICATE'),
        'A file that begins with -----BEGIN RSA PRIVATE KEY----- must be kept secret by its owner',
      ],
    },
  ),
  format(
    'ssh2_private_key',
    'SSH2',
    '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
    '[A-Za-z0-9+/=\\s":,.-]{20,8000}',
    {
      within: true,
      body: 'armor',
      reach: 9000,
      catches: [`---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${base64(64)}\n${base64(32)}`],
    },
  ),
  format(
    'putty_private_key',
    'PuTTY',
    'Private-Lines: [0-9]{1,3}',
    `${BREAK}{1,4}(?<secret>[A-Za-z0-9+/= \\t\\r\\n]{40,4000})`,
    {
      within: true,
      body: 'armor',
      reach: 4500,
      catches: [`Private-Lines: 2\n${base64(64)}\n${base64(40)}\n`],
    },
  ),
  format('xml_private_key', 'XML', '<D>', '(?<secret>[A-Za-z0-9+/]{80,1000}={0,2})', {
    within: true,
    body: 'armor',
    reach: 1200,
    catches: [`<RSAKeyValue><Modulus>AQAB</Modulus><D>${base64(170)}==</D>`],
  }),
  format('jwk_private_key', 'JSON Web Key', '"d"', '\\s?:\\s?"(?<secret>[A-Za-z0-9_-]{40,700})"', {
    within: true,
    body: 'armor',
    reach: 800,
    catches: [`{"kty":"OKP","crv":"Ed25519","d":"${base62(43)}"}`],
  }),
  format('encoded_private_key', 'PEM in base64', 'LS0tLS1CRUdJTi', '[A-Za-z0-9+/_-]{40,8000}={0,2}', {
    reach: 8200,
    judge: (text) => decoded(text.slice(0, 120)).includes('PRIVATE KEY'),
    catches: [Buffer.from(pem('EC PRIVATE KEY')).toString('base64')],
    passes: [Buffer.from(pem('CERTIFICATE')).toString('base64')],
  }),
  format('age_key', 'age', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', {
    catches: [`${'AGE'}-SECRET-KEY-1${base32(58).replace(/[BIO]/g, 'Q')}`],
  }),
  format('minisign_key', 'minisign', 'RWRTY0Iy', '[A-Za-z0-9+/]{80,250}={0,2}'),
  format(
    'ansible_vault',
    'Ansible Vault',
    '\\$ANSIBLE_VAULT;[0-9.]{3,4};AES256',
    '[^\\n]{0,60}(?:\\s{1,12}[0-9a-f]{20,80}){1,60}',
    {
      within: true,
      body: 'armor',
      reach: 6000,
      catches: [
        `$ANSIBLE_VAULT;1.1;AES256\n          ${sampleOf('[0-9a-f]{80}')}\n          ${sampleOf('[0-9a-f]{80}', 2)}`,
      ],
    },
  ),
  format(
    'password_hash',
    'crypt (htpasswd)',
    '\\$(?:2[abxy]|apr1|1|5|6|y|argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha(?:256|512))?)\\$',
    '(?:[A-Za-z0-9=,.-]{1,40}\\$){0,3}[A-Za-z0-9./+=]{22,120}',
    {
      body: 'word',
      judge: (text) => looksReal(text) && !/\$\d{2}\$\.{5}/.test(text),
      catches: [
        `bob:${'$2y'}$10$${base62(53)}`,
        `root:${'$6'}$${base62(12)}$${base62(86)}:19000:0:99999:7:::`,
      ],
    },
  ),
  format(
    'password_digest',
    'LDAP and htpasswd',
    '\\{S?SHA(?:256|512)?\\}',
    '(?<secret>[A-Za-z0-9+/]{27,96}={0,2})',
    {
      within: true,
      body: 'armor',
      catches: [`bob:{${'SHA'}}${base64(27)}=`, `userPassword: {${'SSHA'}}${base64(32)}`],
    },
  ),
  format(
    'jwt',
    'JSON Web Token',
    'eyJ',
    '[A-Za-z0-9_-]{10,3000}\\.(?:eyJ[A-Za-z0-9_-]{8,5000}\\.[A-Za-z0-9_-]{10,1500}|[A-Za-z0-9_-]{0,700}\\.[A-Za-z0-9_-]{10,64}\\.[A-Za-z0-9_-]{10,5000}\\.[A-Za-z0-9_-]{16,64})',
    {
      reach: 8000,
      judge: isToken,
      catches: [
        `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url('{"sub":"1234567890"}')}.${base62(43)}`,
      ],
      passes: [`${base64url('{"no":"signature here"}')}.${base64url('{"sub":"1234567890"}')}.${base62(43)}`],
    },
  ),
  format(
    'url_password',
    'Addresses',
    '://',
    `(?<secret>[^${CONTROLS}\\s/"'<>\`\\\\]{1,200})@(?=[A-Za-z0-9.\\[_$-])`,
    {
      lead: '://[^\\s/:@"\'<>]{0,100}:',
      within: true,
      body: 'address',
      reach: 400,
      judge: (text) => isPassword(text) && !/^\d{1,5}$/.test(text),
      catches: [
        `postgres://app:${base62(12)}@db.internal:5432/main`,
        `HTTPS://bob:${base62(9)}@example.com`,
        `amqps://svc:${base62(6)}@${base62(5)}@mq`,
      ],
      passes: [
        'https://example.com:8443/path?user=a@b.example',
        'postgres://user:password@localhost/db',
        'mysql://root:${DB_PASSWORD}@db/main',
      ],
    },
  ),
  format(
    'oracle_password',
    'Oracle',
    'jdbc:oracle:[a-z]{2,5}:',
    `[A-Za-z0-9_$#]{1,40}/(?<secret>[^${CONTROLS}\\s/"'<>\`\\\\@]{1,100})@`,
    {
      body: 'address',
      judge: isPassword,
      catches: [`jdbc:oracle:thin:scott/${base62(9)}@//db.internal:1521/main`],
    },
  ),
  format('gatehouse_key', 'Gatehouse', 'gh[ka]_', '[A-Za-z0-9]{10}_[A-Za-z0-9_-]{43}', {
    catches: [`${'ghk'}_${base62(10)}_${base62(43)}`, `${'gha'}_${base62(10)}_${base62(43)}`],
    passes: ['gha_run_number'],
  }),
];
