import type { Severity } from '../findings/severity.ts';

/** What is known of something that a file has called or taken from a module. */
export interface Known {
  readonly verdict: 'allowed' | 'dangerous' | 'unknown';
  /** Why it is allowed (library, version, who looked), or what it can be made to do. */
  readonly why: string;
  readonly severity?: Severity;
}

/**
 * The book of calls: what `module.attribute` is, by its exact name. Nothing is allowed because of the module that it
 * is in. An owner's policy adds entries with reasons and dates; the book answers as of today.
 */
export interface CallBook {
  /** @param module as imported, `torch._utils`; @param attribute may have dots, `Tensor.__reduce_ex__` */
  lookUp(module: string, attribute: string): Known;
}
