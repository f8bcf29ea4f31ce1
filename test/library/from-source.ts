import { registerHooks } from 'node:module';

/** Examples import the package by its name; here that is the source beside them, which nobody has to build. */
const GUARDS = new URL('../../src/library/guards.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'gatehouse/guards' ? { url: GUARDS, shortCircuit: true } : next(specifier, context),
});
