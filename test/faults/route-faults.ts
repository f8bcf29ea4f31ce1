import type { Script } from '../harness/upstream.ts';
import { type Ask, type Fault, forwarded, type Outcome } from './fault.ts';
import { answers, says } from './upstream-scripts.ts';

/** A model of two targets: the first is `<dialect>-m`, or nobody; the second is the same server by another name. */
const asking =
  (model: 'spare' | 'pair') =>
  (ask: Ask): Ask => ({ ...ask, body: { ...ask.body, model: `${ask.dialect}-${model}` } });

const good: Record<'plain' | 'stream', Outcome> = {
  plain: forwarded('200 “Hello”', 'completed', 'the report'),
  stream: forwarded('200 “Hello”, then the end', 'completed', 'the report'),
};
const leaving = (left: number) => ({ plain: { ...good.plain, left }, stream: { ...good.stream, left } });

/** It fails at the first target of a request, and works at the next. */
function first(fails: Script): Script {
  let asked = 0;
  return (res, seen) => (asked++ === 0 ? fails : says('Hello'))(res, seen);
}

const failing = (what: string, fails: Script, expect: Fault['expect']): Fault => ({
  step: 'forward',
  moment: 'after',
  what,
  ask: asking('pair'),
  arrange: (scene) => {
    scene.upstream.script = first(fails);
  },
  expect,
});

export const ROUTE_FAULTS: readonly Fault[] = [
  {
    step: 'forward',
    moment: 'before',
    what: 'the first of two targets refuses the connection',
    ask: asking('spare'),
    expect: leaving(1),
  },
  failing('the first of two targets answers 503', answers(503, {}, ''), leaving(2)),
  failing('the first of two targets answers 500, and may have done the request', answers(500, {}, ''), {
    plain: forwarded('502 upstream_failed', 'failed, upstream_failed', 'the request'),
    stream: forwarded('502 upstream_failed', 'failed, upstream_failed', 'the request'),
  }),
];
