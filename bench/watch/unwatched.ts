// A gateway that is started with `--import` of this watches nothing: there is no setting for that, and people should have none.
import { registerHooks } from 'node:module';

const IDLE = new URL('./idle-watcher.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './watcher.ts' && context.parentURL?.endsWith('/gateway/watch/open.ts') === true
      ? { url: IDLE, shortCircuit: true }
      : next(specifier, context),
});
