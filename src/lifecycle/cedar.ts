import { createRequire } from 'node:module';
import { Problem } from '../base/problem.ts';
import type { Engine } from '../policy/cedar/engine.ts';

let loaded: Engine | undefined;

/**
 * The Cedar engine, which costs 4 MB and some 30 ms: it is loaded for the first policy that needs it. Throws
 * `Problem('environment')` where it is missing or does not start.
 */
export function cedar(): Engine {
  try {
    loaded ??= createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Engine;
    return loaded;
  } catch (cause) {
    throw new Problem(
      'environment',
      'the policy has Cedar documents, and the Cedar engine (@cedar-policy/cedar-wasm) cannot be loaded',
      'Install the package again with its dependencies.',
      cause,
    );
  }
}
