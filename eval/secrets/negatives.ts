import { BASE62, BASE64, DIGITS, HEX, LOWER, type Random } from './random.ts';

const uuid = (roll: Random): string => [8, 4, 4, 4, 12].map((length) => roll.text(HEX, length)).join('-');

/** What looks like a secret and is none, by kind. */
export const NEGATIVES: Readonly<Record<string, (roll: Random) => string>> = {
  sha: (roll) =>
    roll
      .pick([
        'commit @',
        'sha256:@',
        '"gitHead": "@"',
        'md5sum: @  file.iso',
        'checksum = "@"',
        'image@sha256:@',
      ])
      .replace(/@$|@(?=[" {2}])/, roll.text(HEX, roll.pick([32, 40, 64]))),
  uuid: (roll) =>
    roll
      .pick(['id: @', '"request_id":"@"', 'session @ started', "SELECT * FROM t WHERE id = '@'"])
      .replace('@', uuid(roll)),
  integrity: (roll) => `"integrity": "sha512-${roll.text(BASE64, 86)}=="`,
  trace: (roll) => `{"trace_id":"${roll.text(HEX, 32)}","span_id":"${roll.text(HEX, 16)}"}`,
  etag: (roll) => `ETag: W/"${roll.text(HEX, 32)}"`,
  picture: (roll) => `data:image/png;base64,iVBORw0KGgo${roll.text(BASE64, 200)}`,
  public_key: (roll) =>
    roll.pick([
      `ssh-rsa AAAAB3NzaC1yc2E${roll.text(BASE64, 200)} me@host`,
      `-----BEGIN PUBLIC KEY-----\n${roll.text(BASE64, 64)}\n-----END PUBLIC KEY-----`,
      `public_key = "${roll.text(BASE64, 43)}="`,
    ]),
  certificate: (roll) =>
    `-----BEGIN CERTIFICATE-----\nMIID${roll.text(BASE64, 60)}\n-----END CERTIFICATE-----`,
  publishable: (roll) => `pk_${roll.pick(['live', 'test'])}_${roll.text(BASE62, 24)} is a publishable key`,
  colour: (roll) => `color: #${roll.text(HEX, 6)}; background: #${roll.text(HEX, 8)}`,
  address: (roll) => `see https://example.com/${roll.text(BASE62, 22)}?v=${roll.text(HEX, 8)}&session=new`,
  bucket: (roll) => `s3://bucket/${roll.text(HEX, 24)}/part-${roll.text(DIGITS, 5)}.parquet`,
  version: (roll) =>
    `token-parser==${roll.below(9)}.${roll.below(20)}.${roll.below(9)} # key-value ${roll.below(9)}.${roll.below(9)}`,
  contract: (roll) => `0x${roll.text(HEX, 40)} is the contract address`,
  placeholder: (roll) =>
    `${roll.pick(['password: ', 'API_KEY=', 'token = ', 'secret: ', '"client_secret": '])}${roll.pick(['"changeme"', '${SECRET}', '<your-token>', 'xxxxxxxxxxxxxxxx', '{{ secret }}', '"your_api_key_here"', '$(cat /run/secrets/key)', 'os.environ["KEY"]', 'process.env.API_KEY', '********', 'null', '"REPLACE_ME_123456"', '%(password)s', '"abcdefgh12345678"', 'secrets.DEPLOY_KEY'])}`,
  example: (roll) =>
    `${roll.pick(['AKIAIOSFODNN7', 'AKIAI44QH8DHB'])}${'EXAMPLE'} and sk-${'x'.repeat(48)} and ghp_${'x'.repeat(36)}`,
  code: (roll) =>
    roll.pick([
      'const token = await getToken(user.id, 3600);',
      'password = getpass.getpass("Password: ")',
      'if (password.length < 12) throw new Error("weak");',
      'self.token = token or self._load_token_v2()',
      'class AbstractSingletonProxyFactoryBean extends ProxyConfig',
      'key = cache_key_for(user, version=2)',
      'tokens = tokenizer.encode(text, max_length=512)',
      'private_key = load_pem_private_key(data, password=None)',
      'auth = HTTPBasicAuth(user, password)',
      'for key, value in items.items():',
      'const secret = crypto.randomBytes(32).toString("hex");',
      'api_key: str = Field(..., min_length=20)',
      '<input type="password" name="password" autocomplete="current-password1">',
    ]),
  prose: (roll) =>
    roll.pick([
      'How should I store an API key safely?',
      'The password must contain 12 characters, one digit and one sign.',
      'Your token is expired; please log in again.',
      'The secret to good bread is time and 72% hydration.',
      'Keys: 2023 was the key year for the Q4/2023 session.',
      'Reset your password at https://example.com/reset.',
      'Das Passwort muss mindestens 8 Zeichen haben.',
      'Login with SSO2 / SAML2 is supported.',
      'The token limit is 128k; max_tokens=4096.',
      'Use basic authentication or bearer tokens.',
    ]),
  setting: (roll) =>
    roll.pick([
      `cache_key: ${roll.text(HEX, 32)}`,
      `primary_key = "${roll.text(LOWER, 8)}_id"`,
      `"token_type": "bearer", "expires_in": 3600`,
      `key_id: ${roll.text(HEX, 16)}`,
      `password_policy: strong-v2`,
      `session_timeout: 3600s`,
      `partition_key: user#${roll.text(DIGITS, 8)}`,
      `"tokens": ${roll.text(DIGITS, 5)}`,
      `i18n.key.password=Passwort`,
      `next_page_token: "${roll.text(BASE62, 24)}"`,
      `idempotency-key: ${uuid(roll)}`,
    ]),
  log: (roll) =>
    `2026-01-0${1 + roll.below(9)}T10:11:12.${roll.text(DIGITS, 3)}Z INFO [worker-${roll.below(9)}] req=${roll.text(BASE62, 16)} user=${roll.text(DIGITS, 6)} took=${roll.below(900)}ms auth=ok`,
};
