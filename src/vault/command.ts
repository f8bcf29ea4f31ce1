import { execFile } from 'node:child_process';

/** A key, and room for line ends. */
const OUTPUT_BYTES = 4096;

/** Milliseconds. */
const PATIENCE = 10_000;

/**
 * What a program prints: the way to a master key that a password manager or a cloud's own command keeps. The program is
 * started once, without a shell, with the arguments as they stand in the settings; its output and time are bounded, and
 * nothing of it is repeated in an error. Rejects where it fails, prints nothing, or takes too long.
 */
export function outputOf([program = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: PATIENCE, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES } as const;
    execFile(program, args, { ...limits, shell: false, windowsHide: true }, (error, stdout) => {
      if (error === null) return resolve(stdout);
      // The error of Node holds the command line and what the program said: either may hold a secret.
      reject(
        new Error(
          typeof error.code === 'string' ? error.code : `it ended with ${error.code ?? error.signal}`,
        ),
      );
    }).stdin?.end();
  });
}
