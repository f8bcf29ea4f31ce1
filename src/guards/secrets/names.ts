/** What a name says of its value. `password`: people think it up. `secret`: machines draw it. `key`: one of many kinds of keys. */
export type Kind = 'password' | 'secret' | 'key';

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const PASSWORDS = list(
  'password passwd passphrase passcode passwort pass pwd pswd psw pw passw pword userpass dbpass dbpassword mypassword rootpassword adminpassword kennwort senha contraseña contrasena clave hasło haslo parola wachtwoord lösenord losenord salasana adgangskode heslo sandi mdp passe motdepasse psk pin requirepass masterpass sshpass pgpassword mnemonic',
);
const SECRETS = list(
  'secret secrets token tokens apikey apikeys apitoken authtoken accesstoken secretkey accesskey privatekey authkey auth authorization bearer credential credentials creds cred salt session sessionid sid sessid cookie jwt hmac signature sig dsn otp sas csrf geheim geheimnis jeton segreto secreto segredo clientsecret refreshtoken appsecret authcode phpsessid jsessionid pat license',
);
const PASSWORD_ENDS = ['password', 'passwd', 'passphrase'];
const SECRET_ENDS = ['secret', 'apikey', 'apitoken'];
const KEYS = list('key keys schlüssel schluessel chiave chave clef clé nyckel klucz');
const OF_KEYS = list(
  'api access secret private auth encryption encrypt encrypted decryption signing sign sig master account shared app application service license storage admin client consumer deploy ssh crypto cipher aes hmac jwt session cookie webhook rest bot user developer dev project server integration ingest ingestion write org team partner merchant root token subscription identity instrumentation functions function host',
);
const OTHER_KEYS = list(
  'public pub primary foreign partition cache sort row map idempotency object index group lookup translation i18n hot short host arrow enter return shift registry react unique composite candidate natural surrogate routing range hash json dict config setting settings kms publishable site message storage lang locale menu tab file chunk blob asset content block commit entry node tree record document query request event image job task step the a an this that same each every with for by of no any',
);
const NO_VALUES = list(
  'hash hashed digest checksum sha id ids name names url uri path file filename dir directory type types count length len size limit max min expiry expires expiration expire expired ttl policy field label placeholder hint regex pattern column index version prefix suffix format algorithm alg header headers endpoint required enabled disabled valid validity reset rule rules ref arn location manager provider store service usage used budget window cost price per bucket time timeout date created updated at lifetime age status state error message msg text title description desc input output form page view class element el selector test tests spec mock position board word words ring rotation strength verified verification changed change last attempts retries mode scope scopes scheme strategy method callback handler listener event events issuer audience request response',
);

const isSmall = (code: number): boolean => code >= 97 && code <= 122;
const isCapital = (code: number): boolean => code >= 65 && code <= 90;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** A name cut into its words, in small letters: `DB_PASSWORD`, `authToken`, `api-key`, `client.secret`, `HTTPKey`. */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  let start = 0;
  const cut = (end: number) => {
    let last = end;
    while (last > start && isDigit(name.charCodeAt(last - 1))) last--;
    if (last > start) words.push(name.slice(start, last).toLowerCase());
    start = end;
  };
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    const before = name.charCodeAt(at - 1);
    if (isCapital(code)) {
      if (isSmall(before) || isDigit(before) || (isCapital(before) && isSmall(name.charCodeAt(at + 1))))
        cut(at);
    } else if (
      !isSmall(code) &&
      !isDigit(code) &&
      (code < 128 || !/[\p{L}\p{M}]/u.test(name[at] as string))
    ) {
      cut(at);
      start = at + 1;
    }
  }
  cut(name.length);
  return words;
}

/** What kind of value a name announces; undefined where none that is secret. */
export function kindOf(name: string): Kind | undefined {
  const words = wordsOf(name);
  for (let at = words.length - 1; at >= 0; at--) {
    const word = words[at] as string;
    const before = words[at - 1] ?? '';
    if (PASSWORDS.has(word) || PASSWORD_ENDS.some((end) => word.endsWith(end))) return 'password';
    if (SECRETS.has(word) || SECRET_ENDS.some((end) => word.endsWith(end))) {
      if (before === 'csrf' || before === 'page' || before === 'next' || before === 'cancellation')
        return undefined;
      return 'secret';
    }
    if (KEYS.has(word)) {
      if (words.slice(0, at).some((one) => OTHER_KEYS.has(one)))
        return words.includes('secret') ? 'secret' : undefined;
      return words.includes('api') || words.slice(0, at).some((one) => OF_KEYS.has(one) || SECRETS.has(one))
        ? 'secret'
        : 'key';
    }
    if (NO_VALUES.has(word)) return undefined;
  }
  return undefined;
}
