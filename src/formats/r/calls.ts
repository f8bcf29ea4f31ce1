import { shown } from '../../findings/finding.ts';
import type { Report } from '../format.ts';
import { R_RULES as RULES } from './rules.ts';

/** What is known of an object of the language once it was read: enough to say what a call does. */
export type Value =
  | { readonly is: 'symbol' | 'string' | 'builtin'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly items: readonly Value[] }
  | { readonly is: 'nothing' | 'unbound' | 'function' | 'other' };

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Functions of base R and of packages that start programs, fetch, or load machine code. */
const STRONG = words(`
  system system2 shell shell.exec pipe download.file url.show socketConnection socketSelect make.socket serverSocket socketAccept
  source sys.source dyn.load library.dynam install.packages remove.packages update.packages install_github install_url
  py_run_string py_run_file source_python py_eval rscript r_bg run_process exec_wait exec_background exec_internal
  curl_download curl_fetch_memory curl_fetch_disk nsl Rscript mcparallel
  shinyApp runApp sourceCpp cppFunction evalCpp cfunction javaImport .jcall .jnew .jinit rJava fifo browseURL
  file.remove Sys.setenv Sys.chmod writeBin attachNamespace`);
/** Where R evaluates them unasked, these do harm as well. */
const WEAK = words(`
  eval evalq parse load readRDS unserialize .Call .External .External2 .C .Fortran .Internal do.call match.fun get get0 assign attach
  library require loadNamespace requireNamespace unlink file url gzfile bzfile writeLines cat sink dput dump save saveRDS Sys.getenv
  readLines readChar scan read.table read.csv setwd list.files file.copy file.rename file.create dir.create Recall delayedAssign makeActiveBinding
  reg.finalizer on.exit options trace untrace local environment str2lang str2expression run GET POST curl httr lapply sapply vapply Map Reduce`);
/** What is given to them is called, or gives back what is called. */
const CALLERS = words(`
  do.call match.fun get get0 mget getFunction as.name as.symbol call Reduce Map Filter lapply sapply vapply mapply tapply outer
  getExportedValue getFromNamespace getAnywhere dynGet Recall Vectorize eval evalq sym as.function match.arg`);
const MAKES_TEXT = words(
  `paste paste0 rawToChar intToUtf8 chartr rev strsplit base64decode base64_dec sprintf gsub sub URLdecode utf8ToInt readLines readChar`,
);
/** Packages that start programs, run other languages, or talk to the network. */
const PACKAGES = words(
  'processx callr sys reticulate rJava Rcpp inline cpp11 httr httr2 curl RCurl websocket ssh V8 basilisk remotes devtools pak',
);
/** What gives back code: a text of it, or objects that were packed. */
const GIVES_CODE = words(
  'parse str2lang str2expression unserialize memDecompress base64decode base64_dec readRDS rawToChar',
);
const WRITES = words(
  'writeLines cat write writeChar dput dump sink file file.copy file.rename file.append file.symlink saveRDS save write.table write.csv con',
);
/** Files that are run by themselves later, or are keys. */
const RUN_LATER =
  /(?:^|[\\/])\.(?:Rprofile|Renviron|bashrc|bash_profile|profile|zshrc|ssh|aws|netrc|gitconfig)|authorized_keys|^\/etc\/|[\\/]cron|Startup[\\/]/i;
const EVALUATES = words('eval evalq eval.parent source sys.eval');

/** Where a call stands: R evaluates what a promise holds, and what a binding calls, when somebody looks. */
export interface Where {
  readonly promise: boolean;
}

/** The name of what is called: `system`, and of `base::system` the last. */
export function nameOf(value: Value | undefined): string {
  if (value === undefined) return '';
  if (value.is === 'call') {
    if ((value.name === '::' || value.name === ':::') && value.items.length >= 2)
      return nameOf(value.items[1]);
    if (value.name === '$' || value.name === '@') return nameOf(value.items[1]);
    return CALLERS.has(value.name) ? nameOf(value.items[0]) : '';
  }
  return 'name' in value ? value.name : '';
}

/** `httr` of `httr::POST`. */
const packageOf = (value: Value | undefined): string =>
  value?.is === 'call' && (value.name === '::' || value.name === ':::') ? nameOf(value.items[0]) : '';

/** What does harm: itself, its package, or what is given to it to be called. */
function dangerOf(first: Value | undefined, name: string, items: readonly Value[]): string | undefined {
  const from = packageOf(first);
  if (PACKAGES.has(from)) return `${from}::${name}`;
  if (STRONG.has(name)) return name;
  return CALLERS.has(name) ? items.map(nameOf).find((one) => STRONG.has(one)) : undefined;
}

/** What a call does. @param first what is called */
export function judgeCall(
  first: Value | undefined,
  items: readonly Value[],
  { promise }: Where,
): Report | undefined {
  const name = nameOf(first);
  const text = WRITES.has(name)
    ? items.find((item) => item.is === 'string' && RUN_LATER.test(item.name))
    : undefined;
  if (text !== undefined)
    return {
      rule: RULES.call.id,
      message: `it calls ${shown(name, 60)} on ${shown(nameOf(text), 80)}`,
      evidence: { call: shown(name, 100), argument: shown(nameOf(text), 200) },
    };
  const called = dangerOf(first, name, items);
  if (called !== undefined)
    return {
      rule: RULES.call.id,
      message: `it calls ${shown(called, 60)}${promise ? ' as soon as somebody looks at it' : ''}`,
      evidence: { call: shown(called, 100) },
      ...(promise && { severity: 'critical' }),
    };
  if (promise && WEAK.has(name))
    return {
      rule: RULES.call.id,
      message: `it calls ${shown(name, 60)} as soon as somebody looks at it`,
      evidence: { call: shown(name, 100) },
    };
  const made = items.find((item) => item.is === 'call');
  if (EVALUATES.has(name) && items.some((item) => item.is === 'call' && GIVES_CODE.has(item.name)))
    return {
      rule: RULES.hidden.id,
      message: `it runs as code what ${shown(items.map((item) => ('name' in item ? item.name : '')).find((one) => GIVES_CODE.has(one)) ?? 'a call', 20)} gives back`,
    };
  if (promise && made?.is === 'call' && CALLERS.has(name) && MAKES_TEXT.has(made.name))
    return {
      rule: RULES.hidden.id,
      severity: 'high',
      message: `it calls what ${shown(made.name, 20)} puts together`,
    };
  return undefined;
}

/** A symbol among the constants of bytecode: what the code calls need not be what the expression beside it says. */
export const judgeConstant = (value: Value): Report | undefined =>
  value.is === 'symbol' && STRONG.has(value.name)
    ? {
        rule: RULES.call.id,
        message: `its bytecode has ${shown(value.name, 60)}`,
        evidence: { call: shown(value.name, 100) },
      }
    : undefined;

/** Names that R calls by itself when it restores a workspace, and operators, which stand in every expression. */
const HOOKS =
  /^(?:\.First|\.Last|\.First\.sys|\.onLoad|\.onAttach|\.Rprofile|\(|\{|<-|=|\+|\[|\[\[|\$|if|for|while|function|return|library|print|invisible)$/;

export const judgeName = (name: string): Report | undefined =>
  HOOKS.test(name)
    ? {
        rule: RULES.hook.id,
        message: `the workspace has a function ${shown(name, 40)}, which R calls by itself`,
      }
    : undefined;
