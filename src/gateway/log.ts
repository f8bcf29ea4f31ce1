import type { Clock } from '../base/clock.ts';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Everything a log line may say beside its message. The list is closed on purpose: there is no field in which a
 * prompt, a reply or a key could be put.
 */
export interface LogFields {
  readonly id?: string;
  readonly caller?: string;
  readonly operation?: string;
  readonly model?: string;
  readonly upstream?: string;
  /** Name of a witness of the ledger, from the settings. */
  readonly witness?: string;
  readonly code?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly count?: number;
  readonly address?: string;
  /** Name of an identity provider in the settings. */
  readonly issuer?: string;
  /** Name of a feed in the settings. */
  readonly feed?: string;
  readonly file?: string;
  readonly seq?: number;
  readonly percent?: number;
  /** Name and system code of an error of ours or of the runtime (`TypeError`, `ECONNREFUSED`); never its text. */
  readonly error?: string;
}

export type Log = (level: Level, message: string, fields?: LogFields) => void;

/** Structured lines: JSON for machines, one readable line for a terminal. */
export function makeLog(options: {
  readonly level: Level;
  readonly format: 'json' | 'text';
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): Log {
  const least = LEVELS.indexOf(options.level);
  return (level, message, fields = {}) => {
    if (LEVELS.indexOf(level) < least) return;
    const time = new Date(options.clock.now()).toISOString();
    if (options.format === 'json') {
      options.write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      return;
    }
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${printable(String(value))}`);
    options.write(`${time} ${level.padEnd(5)} ${message}${rest.join('')}\n`);
  };
}

/** What an error may be called in a log: its name and system code, never its message. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
}

/** No line breaks, no terminal escapes, nothing that hides or turns around what follows (log injection, CWE-117). */
const printable = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
