import { Algebra } from '../algebra.ts';
import { type Attributes, int, word } from '../emitter.ts';
import { type Activation, type Given, type Recurrence, recurrent } from '../recurrence.ts';
import type { Draw, Rule, Sample } from '../rule.ts';

// Backpropagation through time (Werbos, 1990). What does not hang on the step before is reckoned for all steps at once, from the
// states that the node has made; only what flows back from step to step is a loop.

/** The next of what flows back: unchanged at steps beyond the end of a sequence. */
const kept = (m: Algebra, live: string | undefined, next: string, before: string): string =>
  live === undefined ? next : m.where(live, next, before);

/** What is passed on from a step: nothing beyond the end of a sequence. */
const passed = (m: Algebra, live: string | undefined, made: string): string =>
  live === undefined ? made : m.where(live, made, 0);

/** Whether each step is live goes along where sequences have lengths. */
const liveOf = ({ live }: Recurrence) => (live === undefined ? [] : [{ name: live, type: 'bool' as const }]);

/** h' = f(x · Wᵀ + h · Rᵀ + b). */
function plain(one: Recurrence): Given {
  const { step, type, activations } = one;
  const [f] = activations as [Activation];
  const [w, r] = [one.own(step.input(1).name), one.own(step.input(2).name)];
  const x = one.turned(step.input(0).name);
  const states = one.states;
  const first = one.state(step.has(5) ? step.input(5).name : undefined);
  const [before = '', dz = ''] = step.emit.scan(
    {
      states: [{ name: one.state(step.cotangents[1]), type }],
      over: [{ name: one.flowing, type }, { name: states, type }, ...liveOf(one)],
      backwards: true,
    },
    (body, [carried = ''], [flowing = '', state = '', live]) => {
      const m = new Algebra(body, type);
      const made = passed(m, live, m.mul(m.add(flowing, carried), f.slope(m, state)));
      return {
        states: [kept(m, live, body.op('MatMul', [made, r]), carried)],
        results: [{ name: made, type }],
      };
    },
  );
  const total = one.total(dz);
  return [
    one.turned(step.emit.op('MatMul', [dz, w])),
    one.outer(dz, x),
    one.outer(dz, one.before(first, states)),
    step.emit.op('Concat', [total, total], { axis: int(0) }),
    undefined,
    before,
  ];
}

/** Cho and others, 2014; the gates are update z, reset r, candidate. */
function gated(one: Recurrence): Given {
  const { step, type, activations, m } = one;
  const { emit } = step;
  const late = step.int('linear_before_reset', 0) !== 0;
  const [f, g] = activations as [Activation, Activation];
  const [w, r] = [one.own(step.input(1).name), one.own(step.input(2).name)];
  const [rGates, rNew] = [one.rows(r, 0, 2), one.rows(r, 2, 3)];
  const bias = one.ownInput(3);
  const biasOf = (from: number, to: number) => bias && one.rows(bias, from, to);
  const x = one.turned(step.input(0).name);
  const first = one.state(step.has(5) ? step.input(5).name : undefined);
  const before = one.before(first, one.states);
  const [xz = '', xr = '', xn = ''] = one.gates(one.product(x, w, biasOf(0, 3)), 3);
  const [hz = '', hr = ''] = one.gates(one.product(before, rGates, biasOf(3, 5)), 2);
  const update = emit.op(f.op, [m.add(xz, hz)]);
  const reset = emit.op(f.op, [m.add(xr, hr)]);
  // What the candidate sees of the state: reset after the product, or before it.
  const seen = late ? one.product(before, rNew, biasOf(5, 6)) : m.mul(reset, before);
  const added = late ? m.mul(reset, seen) : one.product(seen, rNew, biasOf(5, 6));
  const candidate = emit.op(g.op, [m.add(xn, added)]);
  const [state = '', gates = '', fresh = '', inner = ''] = emit.scan(
    {
      states: [{ name: one.state(step.cotangents[1]), type }],
      over: [
        ...[one.flowing, update, reset, candidate, before, seen].map((name) => ({ name, type })),
        ...liveOf(one),
      ],
      backwards: true,
    },
    (body, [carried = ''], [flowing = '', z = '', r = '', n = '', h = '', s = '', live]) => {
      const m = new Algebra(body, type);
      const dh = m.add(flowing, carried);
      const dz = m.mul(m.mul(dh, m.sub(h, n)), f.slope(m, z));
      const dn = passed(m, live, m.mul(m.mul(dh, m.sub(1, z)), g.slope(m, n)));
      // Of what the product with the state's weights made, or took.
      const ds = late ? m.mul(dn, r) : body.op('MatMul', [dn, rNew]);
      const dr = m.mul(m.mul(late ? dn : ds, late ? s : h), f.slope(m, r));
      const both = passed(m, live, body.op('Concat', [dz, dr], { axis: int(-1) }));
      const back = late ? body.op('MatMul', [ds, rNew]) : m.mul(ds, r);
      const next = m.add(m.add(m.mul(dh, z), back), body.op('MatMul', [both, rGates]));
      const results = [both, dn, late ? ds : dn].map((name) => ({ name, type }));
      return { states: [kept(m, live, next, carried)], results };
    },
  );
  const all = emit.op('Concat', [gates, fresh], { axis: int(2) });
  const recurrentAll = emit.op('Concat', [gates, inner], { axis: int(2) });
  return [
    one.turned(emit.op('MatMul', [all, w])),
    one.outer(all, x),
    emit.op('Concat', [one.outer(gates, before), one.outer(inner, late ? before : seen)], { axis: int(0) }),
    emit.op('Concat', [one.total(all), one.total(recurrentAll)], { axis: int(0) }),
    undefined,
    state,
  ];
}

/** Hochreiter and Schmidhuber, 1997, with peepholes (Gers and Schmidhuber, 2000); the gates are input, output, forget, cell. */
function longShort(one: Recurrence): Given {
  const { step, type, activations, m } = one;
  const { emit } = step;
  if (step.int('input_forget', 0) !== 0) return step.refuse('its input and forget gates are one');
  const [f, g, h] = activations as [Activation, Activation, Activation];
  const [w, r] = [one.own(step.input(1).name), one.own(step.input(2).name)];
  const bias = one.ownInput(3);
  const peeps = one.ownInput(7);
  const [pi, po, pf] = peeps === undefined ? [] : one.gates(peeps, 3);
  const peeped = (m: Algebra, sum: string, weights: string | undefined, cell: string) =>
    weights === undefined ? sum : m.add(sum, m.mul(weights, cell));
  const x = one.turned(step.input(0).name);
  const stateOf = (index: number) => one.state(step.has(index) ? step.input(index).name : undefined);
  const [first, firstCell] = [stateOf(5), stateOf(6)];
  const before = one.before(first, one.states);
  const sums = m.add(
    one.product(x, w, bias && one.rows(bias, 0, 4)),
    one.product(before, r, bias && one.rows(bias, 4, 8)),
  );
  const [zi = '', zo = '', zf = '', zc = ''] = one.gates(sums, 4);
  const fresh = emit.op(g.op, [zc]);
  const [, cells = '', input = '', forget = ''] = emit.scan(
    { states: [{ name: firstCell, type }], over: [zi, zf, fresh].map((name) => ({ name, type })) },
    (body, [cell = ''], [i = '', f0 = '', c = '']) => {
      const m = new Algebra(body, type);
      const opened = body.op(f.op, [peeped(m, i, pi, cell)]);
      const remembered = body.op(f.op, [peeped(m, f0, pf, cell)]);
      const next = m.add(m.mul(remembered, cell), m.mul(opened, c));
      return { states: [next], results: [next, opened, remembered].map((name) => ({ name, type })) };
    },
  );
  const output = emit.op(f.op, [peeped(m, zo, po, cells)]);
  const shown = emit.op(h.op, [cells]);
  const cellsBefore = one.before(firstCell, cells);
  const { cotangents } = step;
  const [state = '', cell = '', gates = ''] = emit.scan(
    {
      states: [cotangents[1], cotangents[2]].map((name) => ({ name: one.state(name), type })),
      over: [
        ...[one.flowing, input, output, forget, fresh, shown, cellsBefore].map((name) => ({ name, type })),
        ...liveOf(one),
      ],
      backwards: true,
    },
    (body, [carried = '', carriedCell = ''], slices) => {
      const [flowing = '', i = '', o = '', k = '', c = '', a = '', cellBefore = '', live] = slices;
      const m = new Algebra(body, type);
      const dh = m.add(flowing, carried);
      const dO = m.mul(m.mul(dh, a), f.slope(m, o));
      const dCell = peeped(m, m.add(carriedCell, m.mul(m.mul(dh, o), h.slope(m, a))), po, dO);
      const dI = m.mul(m.mul(dCell, c), f.slope(m, i));
      const dF = m.mul(m.mul(dCell, cellBefore), f.slope(m, k));
      const dC = m.mul(m.mul(dCell, i), g.slope(m, c));
      const all = passed(m, live, body.op('Concat', [dI, dO, dF, dC], { axis: int(-1) }));
      const nextCell = peeped(m, peeped(m, m.mul(dCell, k), pi, dI), pf, dF);
      const next = body.op('MatMul', [all, r]);
      return {
        states: [kept(m, live, next, carried), kept(m, live, nextCell, carriedCell)],
        results: [{ name: all, type }],
      };
    },
  );
  const total = one.total(gates);
  const peepGradient = () => {
    const [dI = '', dO = '', dF = ''] = one.gates(gates, 4);
    const parts = [m.mul(dI, cellsBefore), m.mul(dO, cells), m.mul(dF, cellsBefore)];
    return emit.op(
      'Concat',
      parts.map((part) => one.total(part)),
      { axis: int(0) },
    );
  };
  return [
    one.turned(emit.op('MatMul', [gates, w])),
    one.outer(gates, x),
    one.outer(gates, before),
    emit.op('Concat', [total, total], { axis: int(0) }),
    undefined,
    state,
    cell,
    peeps === undefined ? undefined : peepGradient(),
  ];
}

/** Of each kind, in one direction or both: with and without biases, lengths and states. */
const samplesOf =
  (gates: number, outputs: number, kinds: readonly Attributes[], peeps = false) =>
  (draw: Draw): Sample[] =>
    kinds.map((kind, at) => {
      const [length, batch, width, hidden] = [draw.int(2, 4), draw.int(2, 3), draw.int(1, 3), draw.int(2, 3)];
      const direction = draw.pick(['forward', 'reverse', 'bidirectional']);
      const directions = direction === 'bidirectional' ? 2 : 1;
      const state = { dims: [directions, batch, hidden] };
      const full = at % 2 === 0;
      const lengths = Array.from({ length: batch }, (_, row) => (row === 0 ? length : draw.int(1, length)));
      const repeated =
        kind.activations?.kind === 'strings' && directions === 2
          ? words(...kind.activations.value, ...kind.activations.value)
          : {};
      return {
        inputs: [
          { dims: [length, batch, width] },
          { dims: [directions, gates * hidden, width] },
          { dims: [directions, gates * hidden, hidden] },
          full ? { dims: [directions, 2 * gates * hidden] } : undefined,
          draw.pick([
            undefined,
            { tensor: { type: 'int32', dims: [batch], data: Int32Array.from(lengths) } },
          ]),
          full ? state : undefined,
          ...(outputs === 3 ? [full ? state : undefined] : []),
          ...(peeps && full ? [{ dims: [directions, 3 * hidden] }] : []),
        ],
        attributes: { ...kind, ...repeated, hidden_size: int(hidden), direction: word(direction) },
        outputs,
      };
    });

const words = (...value: string[]) => ({ activations: { kind: 'strings' as const, value } });

/** Recurrent nodes, of one direction and of two, over sequences of one length and of several. */
export const recurrence: readonly Rule[] = [
  {
    op: 'RNN',
    several: true,
    backward: (step) => recurrent(step, ['tanh'], plain),
    proof: samplesOf(1, 2, [{}, {}, words('Sigmoid')]),
  },
  {
    op: 'GRU',
    several: true,
    backward: (step) => recurrent(step, ['sigmoid', 'tanh'], gated),
    proof: samplesOf(3, 2, [{}, {}, { linear_before_reset: int(1) }, { linear_before_reset: int(1) }]),
  },
  {
    op: 'LSTM',
    several: true,
    backward: (step) => recurrent(step, ['sigmoid', 'tanh', 'tanh'], longShort),
    proof: samplesOf(4, 3, [{}, {}, words('Sigmoid', 'Tanh', 'Sigmoid')], true),
  },
];
