/** What a command for a shell does that only intruders do, and how bad it is. */
export interface Hostile {
  readonly text: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
}

/** An interpreter that takes a program from its input. */
const SHELL = String.raw`(?:sudo\s{1,9}(?:-\w{1,3}\s{1,9})?)?(?:env\s{1,9})?(?:\/(?:usr\/)?bin\/)?(?:(?:ba|z|da|k)?sh\b|(?:python3?|perl|ruby|node|php)\b(?!\s{1,9}-[a-zA-Z]))`;
const FETCH = String.raw`\b(?:curl|wget|fetch|aria2c)\b`;
const KEYS = String.raw`(?:\.ssh\/|\.aws\/|\.netrc|\.kube\/|huggingface\/token|\/etc\/(?:passwd|shadow))`;

const CRITICAL = [
  // Fetched, and run.
  String.raw`${FETCH}[^\n]{0,300}\|\s{0,9}${SHELL}`,
  String.raw`${FETCH}[^\n]{0,300}\|\s{0,9}xargs\b[^\n]{0,60}\bsh\b`,
  String.raw`(?:\b(?:(?:ba|z|da|k)?sh|source|eval|python3?)\s|(?:^|[\n;&|])\s{0,9}\.\s)[^\n]{0,60}(?:\$\(|<\(|${'`'})\s{0,9}(?:curl|wget)\b`,
  String.raw`(?:curl|wget)\b[^\n]{0,200}(?:&&|;)\s{0,9}chmod\s{1,9}(?:\+x|[0-7]{3,4})\s[^\n;&]{1,200}(?:&&|;)\s{0,9}(?:(?:sudo|nohup|exec)\s{1,9})?(?:\.\/|\/)`,
  String.raw`(?:curl|wget)\b[^\n]{0,200}?(\/(?:tmp|var\/tmp|dev\/shm)\/[\w.-]{1,60})[^\n]{0,200}\n\s{0,20}chmod\s{1,9}(?:\+x|[0-7]{3,4})\s{1,9}\1\s{0,9}\n\s{0,20}(?:(?:sudo|nohup|exec)\s{1,9})?\1`,
  // What is kept secret, sent.
  String.raw`(?:curl|wget)\b[^\n]{0,200}${KEYS}`,
  String.raw`${KEYS}[^\n]{0,100}\|[^\n]{0,60}\b(?:curl|wget|nc)\b`,
  String.raw`\b(?:env|printenv|set)\s{0,9}\|[^\n]{0,60}\b(?:curl|wget|nc)\b`,
  // A shell on the network.
  String.raw`\bdup2\s{0,9}\(\s{0,9}\w{1,20}\.fileno`,
  String.raw`\/dev\/(?:tcp|udp)\/`,
  String.raw`\bnc(?:at)?\b[^\n]{0,60}\s-[a-z]{0,4}[ec]\b`,
  String.raw`\bmkfifo\b[^\n]{0,100}\bnc\b`,
  String.raw`\bsocat\b[^\n]{0,100}\bexec:`,
  String.raw`\b(?:perl|ruby|php|lua)\s{1,9}-[a-z]{0,4}[er]\b[^\n]{0,300}(?:socket|fsockopen)`,
  String.raw`bash\s{1,9}-i\b`,
  // Hidden, and run.
  String.raw`base64\s{1,9}(?:-d|-D|--decode)\b[^\n]{0,100}\|\s{0,9}\w{0,9}sh\b`,
  String.raw`\b(?:xxd\s{1,9}-[a-z\s-]{0,9}r|openssl\s{1,9}(?:enc|aes)\S{0,20}\s[^\n|]{0,100}-d)\b[^\n|]{0,100}\|\s{0,9}\w{0,9}sh\b`,
  // Destroyed.
  String.raw`\brm\s{1,9}-[a-z]{0,6}[rf][a-z]{0,6}\s{1,9}(?:[/~]|\$HOME|\/(?:bin|boot|etc|home|root|usr)|\/home\/\$?\w{1,40})\/?\*?(?=[\s;&|'"]|$)`,
  // Let in for good.
  String.raw`>>\s{0,9}["']?[^\s"']{0,60}\.ssh\/authorized_keys`,
  // The same of Windows.
  String.raw`powershell\b[^\n]{0,100}\s-e(?:nc|c|ncodedcommand)?\s{1,9}[\w+/=]{8}`,
  String.raw`certutil\b[^\n]{0,100}-urlcache`,
  String.raw`\bbitsadmin\b[^\n]{0,60}\/transfer\b`,
  String.raw`\bmshta(?:\.exe)?\s{1,9}["']?(?:https?:|javascript:|vbscript:)`,
  String.raw`\bregsvr32\b[^\n]{0,60}\/i:https?:`,
  String.raw`(?:iex|invoke-expression)\b[^\n]{0,60}(?:downloadstring|iwr|irm|invoke-webrequest|invoke-restmethod)`,
  String.raw`\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b[^\n]{0,200}\|\s{0,9}(?:iex|invoke-expression)\b`,
  String.raw`\b(?:iwr|invoke-webrequest|curl|wget|bitsadmin)\b[^\n]{0,200}\.exe\b[^\n]{0,100}(?:;|&&?)\s{0,9}(?:start-process|start|&)\s`,
];

const BAD = [
  // Whoever reads the line does not see what is run.
  String.raw`(?:^|\n)\s{0,20}\$\{?\w{1,40}\}?\s[^\n|]{0,200}\|\s{0,9}(?:ba|z|da)?sh\s{0,9}(?=\n|$)`,
  // What the machine is, told to an address.
  String.raw`\b(?:curl|wget)\b[^\n]{0,200}https?:[^\s]{0,200}(?:\$\(|${'`'})\s{0,9}(?:whoami|hostname|env|printenv|cat|base64|ifconfig)\b`,
  String.raw`CurrentVersion\\{1,2}Run\b`,
  String.raw`(?:^|[\s;&|(])(?:echo|printf)\b[^\n]{0,200}(?:curl|wget|\bnc\b|base64)[^\n]{0,200}>>\s{0,9}["']?(?:~|\$HOME|\/root)\/\.(?:bashrc|profile|zshrc|bash_profile)`,
  String.raw`\bWScript\.Shell\b[^\n]{0,100}\.(?:Run|Exec)\b|\bActiveXObject\s{0,9}\(\s{0,9}["']WScript`,
];

const critical = new RegExp(`(?:${CRITICAL.join('|')})`, 'gi');
const high = new RegExp(`(?:${BAD.join('|')})`, 'i');

/** Installers that makers of tools give out to be piped into a shell: a habit, and no attack. */
const INSTALLERS =
  /^https:\/\/(?:astral\.sh\/|sh\.rustup\.rs|install\.python-poetry\.org|get\.docker\.com|(?:raw\.githubusercontent\.com|github\.com)\/(?:nvm-sh|Homebrew|pyenv|rust-lang|conda-forge|python-poetry|pdm-project|git-lfs|ohmyzsh|helm|aquasecurity|anchore|golangci)\/|deb\.nodesource\.com\/|bun\.sh\/|ollama\.com\/|(?:www\.)?ollama\.ai\/|get\.pnpm\.io\/|pixi\.sh\/|install\.duckdb\.org|micro\.mamba\.pm\/|packagecloud\.io\/install\/repositories\/github\/|dl\.yarnpkg\.com|packages\.cloud\.google\.com\/|nvidia\.github\.io\/|developer\.download\.nvidia\.com\/|apt\.llvm\.org\/|codecov\.io\/|uploader\.codecov\.io\/|get\.helm\.sh|fly\.io\/install|starship\.rs\/|deno\.land\/|get\.scoop\.sh|cli\.github\.com\/|hf\.co\/cli\/|download\.docker\.com\/|repo\.anaconda\.com\/)/;

/** The worst that a command for a shell does, if it does what only intruders do. */
export function hostileIn(commands: string): Hostile | undefined {
  // A line goes on behind a backslash.
  const text = commands.slice(0, 1 << 20).replace(/\\\r?\n/g, '');
  let known: string | undefined;
  for (const [worst] of text.matchAll(critical)) {
    const addresses = worst.match(/\bhttps?:\/\/[^\s"'|)]{1,400}/g) ?? [];
    if (addresses.length === 0 || !addresses.every((one) => INSTALLERS.test(`${one}/`)))
      return { text: worst, severity: 'critical' };
    known ??= worst;
  }
  const bad = high.exec(text)?.[0];
  if (bad !== undefined) return { text: bad, severity: 'high' };
  return known === undefined ? undefined : { text: known, severity: 'low' };
}

/** What no manual asks people to run: an address without a name, hidden commands, what a window for commands is pasted. */
const ATTACK =
  /\b(?:curl|wget)\b[^\n|`]{0,200}https?:\/\/\d{1,3}(?:\.\d{1,3}){3}[^\n|`]{0,200}\|\s{0,9}(?:sudo\s{1,9})?\w{0,3}sh\b|\bpowershell\b[^\n`]{0,100}\s-e(?:nc|c|ncodedcommand)?\s{1,9}[\w+/=]{16}|\bmshta(?:\.exe)?\s{1,9}["']?(?:https?|javascript|vbscript):|\b(?:iwr|irm)\b[^\n`]{0,100}https?:\/\/\d{1,3}(?:\.\d{1,3}){3}[^\n`]{0,100}\|\s{0,9}iex\b|base64\s{1,9}(?:-d|-D|--decode)\b[^\n|`]{0,100}\|\s{0,9}(?:sudo\s{1,9})?\w{0,3}sh\b/i;

/** A command in a text for people that no honest text has in it. */
export const attackIn = (text: string): string | undefined => ATTACK.exec(text.slice(0, 1 << 20))?.[0];
