import { shown } from '../../findings/finding.ts';
import type { Report } from '../format.ts';
import { R_RULES as RULES } from './rules.ts';

/** What is known of an object of the language once it was read: enough to say what a call does. */
export type Value =
  | { readonly is: 'symbol' | 'string' | 'builtin'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly items: readonly Value[] }
  | { readonly is: 'nothing' | 'unbound' | 'other' };

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

/** What a call does. @param first what is called */
export function judgeCall(
  first: Value | undefined,
  items: readonly Value[],
  { promise }: Where,
): Report | undefined {
  const name = nameOf(first);
  const called = STRONG.has(name)
    ? name
    : CALLERS.has(name)
      ? items.map(nameOf).find((one) => STRONG.has(one))
      : undefined;
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
  if (
    EVALUATES.has(name) &&
    items.some((item) => item.is === 'call' && /^(?:parse|str2lang|str2expression)$/.test(item.name))
  )
    return { rule: RULES.hidden.id, message: `it runs text as code: ${shown(name, 20)}(parse(…))` };
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
