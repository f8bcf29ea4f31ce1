import { shown } from '../findings/finding.ts';
import type { Severity } from '../findings/severity.ts';
import { CODE_RULES } from './code-rules.ts';
import type { Part, Report } from './format.ts';
import { installedFrom, withoutPassword } from './package-sources.ts';
import { type PythonCall, pythonCalls } from './python-calls.ts';
import { hostileIn } from './shell-commands.ts';

const RUNS =
  /^(?:(?:os|posix|nt)\.(?:system|popen\w*|exec[lv]\w*|spawn\w+|posix_spawnp?|startfile)|subprocess\.(?:Popen|run|call|check_call|check_output|getoutput|getstatusoutput)|_posixsubprocess\.\w+|pty\.(?:spawn|fork)|commands\.get(?:status|output|statusoutput)|popen2\.\w+|asyncio\.(?:subprocess\.)?create_subprocess_\w+|multiprocessing\.util\.spawnv_passfds|pexpect\.(?:spawn|run|runu|spawnu|popen_spawn\.\w+)|plumbum\.(?:cmd|local)\.\w+|sh\.(?:bash|sh|zsh|curl|wget|nc|python3?|perl|rm|sudo|ssh|Command)|invoke\.(?:run|Context|sudo)|fabric\.\w+|webbrowser\.open\w*|get_ipython\.system)$/;
/** Programs that are asked something, or work on files of a training: as first words of a list, or of a text without a shell's signs. */
const ASKS =
  /^(?:\[ )?(?:nvidia-smi|rocm-smi|nvcc|lscpu|uname|hostname|which|ldconfig|git (?:, )?(?:rev-parse|describe|log|status|diff|branch|show|ls-files|config --get)|ffmpeg|ffprobe|sox|tput|stty|sysctl|lsb_release|gcc (?:, )?--version|nproc|df|du|free|tensorboard|torchrun|accelerate launch|deepspeed)(?=[\s,\]]|$)(?![^\]]{0,2000}(?:[|;&`<>]|\$\())/;
const DYNAMIC =
  /^(?:exec|eval|compile|execfile|marshal\.loads?|types\.(?:FunctionType|CodeType)|_?pickle\.loads?|cPickle\.loads?|dill\.loads?|cloudpickle\.loads?|runpy\.run_\w+|code\.(?:interact|InteractiveInterpreter|InteractiveConsole)|ctypes\.(?:CDLL|cdll\.LoadLibrary|windll\.\w+|WinDLL|PyDLL)|imp\.load_\w+|importlib\.(?:util\.)?(?:spec_from_file_location|spec_from_loader)|bdb\.Bdb|torch\.ops\.load_library|pip\.main|pip\._internal\.(?:\w+\.){0,3}main|[cC]ython\.inline|torch\.utils\.cpp_extension\.load\w*|(?:tensorflow|tf)\.load_(?:op_)?library|ctypes\.pythonapi\.\w+|pdb\.run\w*|pandas\.eval|[\w.]+\.enable_load_extension|cffi\.\w+|sys\._getframe\.f_builtins\.\w+|(?:os|posix|subprocess|builtins|pty|ctypes|marshal)\.(?:\*|get|pop|__getitem__))$/;
const NETWORK =
  /^(?:socket\.(?:socket|create_connection|gethostbyname|getaddrinfo)|urllib2?\.(?:request\.)?(?:urlopen|urlretrieve|Request)|requests\.(?:get|post|put|patch|request|Session)|httpx\.\w+|aiohttp\.\w+|http\.client\.\w+|httplib\.\w+|ftplib\.FTP\w*|smtplib\.SMTP\w*|telnetlib\.\w+|paramiko\.\w+|websockets?\.\w+|urllib3\.\w+|dns\.resolver\.\w+)$/;
/** All that somebody has. */
const EVERYTHING =
  /^(?:os \. path \. expanduser ~|(?:pathlib \. )?Path \. home|\/|~|\/home|C:\\{1,2})[\s()]*(?:,|$)/;
/** What objects give a pickler to have run, among those. */
const HANDED_ON =
  /^(?:(?:os|posix|nt)\.(?:system|popen|exec\w+|spawn\w+)|subprocess\.(?:Popen|call|run|check_\w+|getoutput)|exec|eval)$/;
/** What nobody else is to know: variables of the environment, keys, passwords. */
const PRIVATE =
  /\b(?:environ|getenv|id_rsa|passwd|shadow)\b|\.(?:ssh|aws|netrc|kube|docker|git-credentials)\b|\.cache\/huggingface\/token/;
/** What makes text of what was hidden. */
const DECODES =
  /\b(?:b(?:16|32|64|85)decode|a85decode|urlsafe_b64decode|decodebytes|decompress|fromhex|unhexlify|a2b_\w+|rot_?13|codecs|marshal|urlopen|requests|chr)\b/;
/** What is told by how it is written. */
const WRITTEN = [
  [
    /__(?:bases?__|mro__)(?:\s{0,9}\[\s{0,9}-?\d{1,3}\s{0,9}\])?\s{0,9}\.\s{0,9}__subclasses__/,
    CODE_RULES.dynamic,
    'the code looks for a class among all that there are',
  ],
  [
    /\bf_builtins\s{0,9}\[/,
    CODE_RULES.dynamic,
    'the code reaches for the functions of Python through a frame',
  ],
  // PEP 263: the text is not what it looks like.
  [
    /^(?:\uFEFF?#[^\n]{0,200}\n)?\uFEFF?[ \t\f]{0,9}#[^\n]{0,200}coding[:=][ \t]{0,9}(?:utf[-_]?(?:7|16|32)\w*|u7|rot_?13|hex\w*|base64\w*|bz2\w*|zlib\w*|zip|uu\w*|quopri\w*|(?:raw[-_])?unicode[-_]escape|punycode|idna|cp(?:037|273|424|500|864|875|1026|1140)|charmap|unicode_internal|mbcs|oem|undefined|string_escape)/i,
    CODE_RULES.dynamic,
    'the code is in an encoding that hides it',
  ],
  [
    /\bopen\s{0,9}\(\s{0,9}[rfb]{0,2}['"]\/etc\/(?:cron|systemd\/|init\.d\/|profile|ld\.so\.preload|rc\.local|sudoers)[^\n]{0,100}['"]\s{0,9},\s{0,9}['"][wax]|['"/\\](?:authorized_keys|\.(?:bash|zsh)rc|\.(?:bash_|z)?profile|\.bash_login|\.zshenv|\.zlogin|\.Rprofile|(?:site|user)customize\.py|crontab)['"]|['"][^'"\n]{0,100}(?:\.config\/autostart\/|Library\/Launch(?:Agents|Daemons)\/|\.git\/hooks\/|\.ipython\/profile_default\/startup|modules\/transformers_modules\/|CurrentVersion\\{1,2}Run\b|Start Menu\\{1,2}Programs\\{1,2}Startup)|\bopen\s{0,9}\([^\n]{0,60}get(?:user)?sitepackages\b|\bget(?:user)?sitepackages\s{0,9}\([^\n]{0,100}(?:\.pth\b|\bwrite)/,
    CODE_RULES.persists,
    'the code names what the system runs by itself',
  ],
] as const;

export interface Setting {
  /** A notebook: its cells are run by hand, and commands are ordinary in it. */
  readonly isNotebook?: boolean;
  /** Bytes before the text in the source; undefined where it does not stand there as it is. */
  readonly start?: number | undefined;
}

/** Reads code in Python that stands beside a model. */
export function judgePython(part: Part, text: string, { isNotebook = false, start }: Setting = {}): void {
  const reports = new Map<string, Report>();
  for (const call of pythonCalls(text)) {
    const found = judged(call, isNotebook);
    if (found === undefined) continue;
    // Of the same kind the first, and the worst, say it all.
    const key = `${found.rule.id} ${found.severity}`;
    if (reports.has(key)) continue;
    const at = start === undefined ? undefined : start + Buffer.byteLength(text.slice(0, call.at));
    reports.set(key, {
      rule: found.rule.id,
      severity: found.severity,
      message: `the code calls ${shown(call.name, 60)}${call.onImport && !isNotebook ? ' when it is imported' : ''}`,
      evidence: { call: shown(call.name, 200), arguments: shown(call.arguments, 200) },
      ...(at !== undefined && { range: { start: at, end: at + call.name.length } }),
    });
  }
  for (const report of reports.values()) part.report(report);
  for (const [pattern, rule, message] of WRITTEN) {
    const found = pattern.exec(text);
    if (found !== null) part.report({ rule: rule.id, message, evidence: { text: shown(found[0], 200) } });
  }
  if (/\bcmdclass\s{0,9}=/.test(text) && /\bsetup\s{0,9}\(/.test(text))
    part.report({ rule: CODE_RULES.install.id, message: 'the set-up has commands of its own (cmdclass)' });
}

/** Commands of a shell: lines of a notebook that begin with `!`, a script. */
export function judgeShell(part: Part, text: string): void {
  const found = hostileIn(text);
  if (found !== undefined)
    part.report({
      rule: CODE_RULES.shell.id,
      ...(found.severity !== 'critical' && { severity: found.severity }),
      message:
        found.severity === 'low'
          ? `a command runs what a well-known address gives it: ${shown(found.text, 80)}`
          : `a command does what only intruders do: ${shown(found.text, 80)}`,
      evidence: { command: shown(found.text, 200) },
    });
  const from = installedFrom(text);
  if (from !== undefined)
    part.report({
      rule: CODE_RULES.requirement.id,
      message: `a command installs what comes from ${shown(withoutPassword(from), 100)}`,
    });
  for (const [, , code = ''] of text.slice(0, 1 << 20).matchAll(PROGRAM)) judgePython(part, code);
}

/** A program on a line: `python -c "…"`. */
const PROGRAM =
  /\bpython[\d.]{0,4}\s{1,9}(?:-\w{1,3}\s{1,9})?-c\s{0,9}(["'])([^\n]{1,2000}?)\1(?=[\s;&|)]|$)/g;

interface Judged {
  readonly rule: (typeof CODE_RULES)[keyof typeof CODE_RULES];
  readonly severity: Severity;
}

function judged(
  { name, onImport, arguments: given, isHandedOn }: PythonCall,
  isNotebook: boolean,
): Judged | undefined {
  if (isHandedOn) return HANDED_ON.test(name) ? { rule: CODE_RULES.runs, severity: 'medium' } : undefined;
  const runs = RUNS.test(name);
  if (runs && hostileIn(given) !== undefined) return { rule: CODE_RULES.shell, severity: 'critical' };
  if (runs && ASKS.test(given)) return { rule: CODE_RULES.runs, severity: 'low' };
  if (runs) return { rule: CODE_RULES.runs, severity: isNotebook ? 'low' : onImport ? 'high' : 'medium' };
  // Measuring runs a text; it is ordinary unless the text is not.
  if (
    /^(?:timeit\.(?:timeit|repeat|Timer)|c?[pP]rofile\.run(?:ctx)?)$/.test(name) &&
    /\b(?:system|popen|Popen|subprocess|__import__|b64decode|exec|eval)\b/.test(given)
  )
    return { rule: CODE_RULES.dynamic, severity: 'medium' };
  if (DYNAMIC.test(name)) {
    if (DECODES.test(given)) return { rule: CODE_RULES.dynamic, severity: 'critical' };
    const isWeak = /^(?:compile|eval|importlib\..*|.*pickle\.loads?|dill\.loads?)$/.test(name);
    return {
      rule: CODE_RULES.dynamic,
      severity: isNotebook || (isWeak && !onImport) || name === 'compile' ? 'low' : 'medium',
    };
  }
  if (
    /^_?operator\.(?:attrgetter|methodcaller)$/.test(name) &&
    /^(?:system|popen|Popen|exec[lv]?\w*|eval|spawn\w*)\b/.test(given)
  )
    return { rule: CODE_RULES.runs, severity: onImport ? 'high' : 'medium' };
  if (NETWORK.test(name) && PRIVATE.test(given)) return { rule: CODE_RULES.sends, severity: 'high' };
  // Nobody who means to be read imports these so.
  if (
    /^(?:__import__|importlib\.import_module)$/.test(name) &&
    /^(?:os|subprocess|posix|pty|marshal|ctypes|builtins|socket)\s*(?:,|$)/.test(given)
  )
    return { rule: CODE_RULES.dynamic, severity: 'medium' };
  if (name === 'shutil.rmtree' && EVERYTHING.test(given)) return { rule: CODE_RULES.shell, severity: 'high' };
  if (/^sys\.path\.(?:insert|append)$/.test(name) && /(?:^|[\s,])\/(?:tmp|var\/tmp|dev\/shm)\b/.test(given))
    return { rule: CODE_RULES.dynamic, severity: 'medium' };
  // What is imported is put together: nobody writes `''.join(['o', 's'])` to be read.
  if (/^(?:__import__|importlib\.import_module)$/.test(name) && /\bjoin\b|\bchr\b|\[ : : -/.test(given))
    return { rule: CODE_RULES.dynamic, severity: 'medium' };
  if (NETWORK.test(name) && onImport && !isNotebook) return { rule: CODE_RULES.network, severity: 'medium' };
  return undefined;
}
