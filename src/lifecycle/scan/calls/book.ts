import type { Severity } from '../../../findings/severity.ts';
import type { CallBook, Known } from '../../../formats/calls.ts';
import { canonical } from '../../../formats/python-names.ts';
import { DANGERS } from './dangerous.data.ts';
import { LIBRARIES } from './index.ts';
import type { Names } from './library.ts';

/** What an owner has decided. Whoever makes the book leaves out what has expired. */
export interface OwnEntry {
  /** `mylib.models.Net`: one exact name. */
  readonly call: string;
  readonly verdict: 'allowed' | 'dangerous';
  readonly reason: string;
  readonly severity?: Severity;
}

/** Attributes by which any object leads to the whole interpreter. */
const REACHES = new Set(
  `__globals__ __builtins__ __subclasses__ __bases__ __base__ __mro__ mro __class__ __dict__ __code__ __closure__ __func__
  __self__ __loader__ __spec__ __getattribute__ __getattr__ __setattr__ __delattr__ __reduce__ __reduce_ex__ __import__
  __init_subclass__ __prepare__ __wrapped__ gi_frame f_globals f_builtins f_locals tb_frame cr_frame func_globals`.split(
    /\s+/,
  ),
);

const MAKES = /\.__new__(?:\.__init__)?$/;

/** Names of real classes, with the modules and classes they are in, are shorter. */
const STEPS = 20;
const LONGEST = 1_000;

const UNKNOWN: Known = { verdict: 'unknown', why: 'nobody has looked at it' };
const OWN_CODE: Known = { verdict: 'unknown', why: 'it belongs to the program that made the file' };

/** Made from the libraries that were looked at, the list of what does harm, and what the owner has decided. */
export class Book implements CallBook {
  readonly #own: ReadonlyMap<string, Known>;

  constructor(own: readonly OwnEntry[] = []) {
    this.#own = new Map(
      own.map(({ call, verdict, reason, severity }) => [
        canonicalName(call),
        { verdict, why: reason, ...(severity && { severity }) },
      ]),
    );
  }

  lookUp(module: string, attribute: string): Known {
    const [inModule, name] = canonical(module, attribute);
    const full = name === '' ? inModule : `${inModule}.${name}`;
    // An owner who allows a class allows calling it.
    return (
      this.#own.get(full) ?? this.#own.get(full.replace(/\.__init__$/, '')) ?? known(inModule, name, full)
    );
  }
}

function known(module: string, name: string, full: string): Known {
  const steps = name.split('.');
  // Looking at every part of it costs more the more there are.
  if (full.length > LONGEST || steps.length > STEPS) return UNKNOWN;
  if (name === '') return danger(module, '') ?? UNKNOWN;
  const allowed = ALLOWED.get(full) ?? ALLOWED.get(`${RENAMED.get(module) ?? module}.${name}`);
  if (allowed !== undefined) return allowed;
  const reaching = steps.find((step) => REACHES.has(step));
  if (reaching !== undefined)
    return { verdict: 'dangerous', why: `${reaching} reaches into the interpreter`, severity: 'critical' };
  const owner = steps.length === 2 ? MEMBERS.get(`${module}.${steps[0]}`) : undefined;
  if (owner !== undefined && /^[A-Z][A-Z\d_]*$/i.test(steps[1] as string)) return owner;
  // What NEWOBJ calls, by its name: protocols 2 and 3 write that where a class wants keywords.
  const made = MAKES.test(full) ? ALLOWED.get(full.replace(MAKES, '')) : undefined;
  if (made !== undefined) return made;
  const dangerous = danger(module, name) ?? throughModule(module, steps) ?? heldBy(module, name);
  if (dangerous !== undefined) return dangerous;
  if (/^__torch__(?:\.|$)/.test(module)) return TORCHSCRIPT;
  return /^(?:__main__|__mp_main__)$/.test(module) ? OWN_CODE : UNKNOWN;
}

/** There is no such module to import: TorchScript's own loader finds the class in the source that the archive brings. */
const TORCHSCRIPT: Known = { verdict: 'allowed', why: 'a TorchScript class of the archive itself' };
/** `pathlib` and `os.system`: what a module has imported is within reach through it. */
function throughModule(module: string, steps: readonly string[]): Known | undefined {
  for (let i = 0; i < steps.length; i++) {
    // `_os` is how modules keep it out of sight.
    const step = (steps[i] as string).replace(/^_+/, '');
    const rest = steps.slice(i + 1).join('.');
    const found =
      danger(step, rest) ?? (i > 0 || rest !== '' ? danger(`${module}.${step}`, rest) : undefined);
    if (found !== undefined && (ROOTS.has(step) || rest !== '')) return found;
  }
  return undefined;
}

/** `torch.os` is no module, but for who takes it step by step. */
function heldBy(module: string, name: string): Known | undefined {
  const held = HELD.exec(module)?.[1];
  return held === undefined ? undefined : danger(held, name);
}

const HELD =
  /\._?(os|posix|nt|sys|subprocess|builtins|shutil|socket|ctypes|importlib|pty|runpy|marshal|pickle)(?:\.path)?$/;

/** A module as a whole, one that it is in, or a name of it. Of the module itself: where anything in it does harm. */
function danger(module: string, name: string): Known | undefined {
  const exact = DANGEROUS.get(name === '' ? module : `${module}.${name}`);
  if (exact !== undefined) return exact;
  // A method does what its class does.
  const steps = name.split('.');
  for (let i = steps.length - 1; i > 0; i--) {
    const outer = DANGEROUS.get(`${module}.${steps.slice(0, i).join('.')}`);
    if (outer !== undefined) return outer;
  }
  const path = module.split('.');
  for (let i = path.length; i > 0; i--) {
    const whole = WHOLE.get(path.slice(0, i).join('.'));
    if (whole !== undefined) return whole;
  }
  return name === '' ? HOLDS.get(module) : undefined;
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const canonicalName = (call: string): string => {
  const cut = call.lastIndexOf('.');
  return cut < 0 ? call : canonical(call.slice(0, cut), call.slice(cut + 1)).join('.');
};

const ALLOWED = new Map<string, Known>();
const MEMBERS = new Map<string, Known>();
const RENAMED = new Map<string, string>();

const each = (names: Names | undefined, visit: (full: string) => void): void => {
  for (const [module, list] of Object.entries(names ?? {})) {
    for (const name of words(list)) visit(canonical(module, name).join('.'));
  }
};

for (const library of LIBRARIES) {
  const why: Known = { verdict: 'allowed', why: `harmless: ${library.name} ${library.versions}` };
  // What they do when they are called was looked at.
  each(library.calls, (full) => {
    ALLOWED.set(full, why);
    ALLOWED.set(`${full}.__init__`, why);
  });
  each(library.makes, (full) => ALLOWED.set(full, why));
  each(library.members, (full) => {
    ALLOWED.set(full, why);
    ALLOWED.set(`${full}.__init__`, why);
    MEMBERS.set(full, why);
  });
  for (const [old, now] of Object.entries(library.renamed ?? {})) RENAMED.set(old, now);
}

/** By name; modules of which everything does harm; modules of which something does; their first names. */
const DANGEROUS = new Map<string, Known>();
const WHOLE = new Map<string, Known>();
const HOLDS = new Map<string, Known>();
const ROOTS = new Set<string>();

for (const { does, severity, all, names } of DANGERS) {
  const why: Known = { verdict: 'dangerous', why: does, ...(severity && { severity }) };
  for (const module of words(all ?? '')) {
    WHOLE.set(module, why);
    if (!module.includes('.')) ROOTS.add(module);
  }
  for (const [module, list] of Object.entries(names ?? {})) {
    if (words(list).includes('*')) WHOLE.set(module, why);
    else if (!HOLDS.has(module)) HOLDS.set(module, why);
    for (const name of words(list)) DANGEROUS.set(canonical(module, name).join('.'), why);
  }
}
