import type { Source } from '../source.ts';
import { Caller } from './caller.ts';
import { CONTAINER } from './containers.ts';
import { Filling } from './filling.ts';
import type { Judge } from './judge.ts';
import { Keys } from './keys.ts';
import { indexOf, isName, isWritten, LINE } from './lines.ts';
import { ascii, type Literals, little, utf8 } from './literals.ts';
import { Memo } from './memo.ts';
import { ARGUMENT, HOLDS_BYTES, KIND, LITERAL, OP, SIZE } from './opcodes.ts';
import type { Break, Halt, Mode } from './run.ts';
import { DEEPEST, MARKS, Stack } from './stack.ts';
import { HEAD, Tape } from './tape.ts';
import {
  add,
  isSequence,
  LOST,
  listed,
  type Made,
  made,
  type Named,
  sequence,
  type Value,
} from './values.ts';

/** Whose BUILD is looked at. */
const REMEMBERS = /(?:^|\.)(?:dtype|NumpyArrayWrapper)$/;

/** CPython makes room for all indexes below one. There are no more of them than bytes; so many more do no harm. */
const ROOM = 1 << 20;

const WINDOW = 1 << 18;
/** Only a guess is read through this. */
const SMALL_WINDOW = 1 << 12;
/** First bytes of pickles, of zip archives and of ELF programs. */
const LOOKED_AT = new Set<number>([OP.PROTO, 0x50, 0x7f]);
/** Literals of protocol 0 that are checked, to tell a pickle from a text. */
const CHECKED = 10_000;

/**
 * Runs a pickle symbolically, as the unpicklers of CPython do, in C and in Python: where the two differ, what either
 * would run counts. After an error that stops them it goes on where it can tell how, since more that is found does no harm.
 */
export class Machine {
  readonly stack = new Stack();
  readonly memo = new Memo();
  readonly tape: Tape;
  readonly judge: Judge;
  readonly caller: Caller;
  readonly #size: number;
  readonly #mode: Mode;
  readonly #keys = new Keys();
  readonly #filling: Filling;
  #checked = 0;
  frameEnd = 0;
  broken: Break | undefined;
  result: Value = LOST;
  /** Of BINPERSID, the last ids: torch writes in them what storages follow. */
  onPersistent: (id: Value) => void = () => {};
  /** Of bytes that begin as a pickle, an archive or a program does, where they are. */
  onBytes: (at: number) => void = () => {};

  constructor(source: Source, judge: Judge, literals: Literals, mode: Mode = {}) {
    this.tape = new Tape(source, mode.middle ? SMALL_WINDOW : WINDOW);
    this.judge = judge;
    this.caller = new Caller(judge, literals);
    this.#size = source.size;
    this.#mode = mode;
    this.caller.onState = (of, state, at) => this.#filling.state(of, state, at);
    this.#filling = new Filling(this.stack, this.#keys, this.caller, judge, (why, at) =>
      this.#break(why, at),
    );
  }

  /** Begins a pickle at `at`. */
  begin(at: number): void {
    this.stack.clear();
    this.memo.clear();
    this.#keys.clear();
    this.frameEnd = 0;
    this.broken = undefined;
    this.result = LOST;
    this.tape.seek(at);
  }

  /** Carries out so many opcodes at the most. */
  run(steps: number): Halt {
    const { tape, stack } = this;
    for (let n = 0; n < steps; n++) {
      if (tape.i + HEAD > tape.limit && tape.base + tape.limit < this.#size) tape.move(tape.at);
      if (tape.i >= tape.limit) return this.#end('the file ends in the middle of it');
      const { buffer, i } = tape;
      const op = buffer[i] as number;
      const at = tape.base + i;
      const kind = KIND[op] as number;
      const size = SIZE[op] as number;
      let next = i + 1 + size;
      if (kind >= ARGUMENT.line) {
        if (kind === ARGUMENT.invalid) return this.#end(`byte 0x${op.toString(16)} is no opcode`);
        const halt = this.#lines(op, at, kind);
        if (halt !== 'on') return halt;
        if (this.judge.full) return this.#end('it names too many things');
        if (this.broken?.late === false && this.#mode.guess) return 'broken';
        continue;
      }
      if (kind === ARGUMENT.counted) next += little(buffer, i + 1, size);
      if (tape.base + next > this.#size) return this.#end('the file ends in the middle of it');
      const literal = LITERAL[op];
      if (literal) {
        if (literal === HOLDS_BYTES && LOOKED_AT.has(buffer[i + 1 + size] as number)) this.onBytes(at);
        if (kind === ARGUMENT.counted && next <= tape.limit)
          this.#keys.literal(at, buffer, i + 1 + size, next);
        if (next > tape.limit) tape.move(tape.base + next);
        else tape.i = next;
        stack.push(at);
        if (stack.top > DEEPEST) return this.#tooMuch();
        continue;
      }
      const halt = this.#do(op, at, size === 0 ? 0 : little(buffer, i + 1, size));
      // What is done reads the source, not the tape.
      tape.i = next;
      if (halt !== 'on') return halt;
      if (this.judge.full) return this.#end('it names too many things');
      if (this.broken?.late === false && this.#mode.guess) return 'broken';
    }
    return 'on';
  }

  /** It cannot be loaded any further, for a reason that the machine does not see. */
  fail(why: string): void {
    this.#break(why, this.tape.at);
  }

  #end(why: string): Halt {
    this.#break(why, this.tape.at);
    return 'broken';
  }

  #tooMuch(): Halt {
    this.judge.tell(
      'bounds',
      'its stack grows beyond what real pickles need; the rest was not read',
      this.tape.at,
    );
    return this.#end('it was not read further');
  }

  #break(why: string, at: number): void {
    this.broken ??= { why, at, late: this.judge.active };
  }

  #lines(op: number, at: number, kind: number): Halt {
    const { tape, stack } = this;
    const first = tape.newline(at + 1);
    let second = first >= 0 && kind === ARGUMENT.twoLines ? tape.newline(first + 1) : first;
    // At the end of a file both unpicklers take a last character for the newline that is not there.
    if (second < 0 && first >= 0 && this.#size - 1 > first + 1) second = this.#size - 1;
    if (first < 0 || second < 0) {
      tape.seek(at);
      return this.#end('the file ends in the middle of it');
    }
    const line = (from: number, to: number) => tape.slice(from, Math.min(to, from + LINE));
    if (kind === ARGUMENT.twoLines) {
      const named = this.#global(utf8(line(at + 1, first)), utf8(line(first + 1, second)), at);
      if (op === OP.GLOBAL) stack.push(named);
      else {
        const args = this.#above(at);
        this.#instantiate(named, listed(args), at, args.length > 0);
      }
    } else if (op === OP.PUT || op === OP.GET) {
      const index = tape.digits(at + 1, first) ?? indexOf(ascii(line(at + 1, first)));
      if (index === undefined) this.#break('an index of its memo is no number', at);
      else if (op === OP.PUT) this.#put(index, at);
      else this.#get(index, at);
    } else if (op === OP.PERSID) {
      stack.push(made(undefined, LOST));
    } else {
      this.#literal(op, at, Math.min(first, at + 1 + LINE));
      stack.push(at);
    }
    tape.seek(second + 1);
    return stack.top > DEEPEST ? this.#tooMuch() : 'on';
  }

  /** A literal that is a line, up to `to`: read where it lies, since there are millions of them. */
  #literal(op: number, at: number, to: number): void {
    const { tape } = this;
    const isHeld = tape.holds(at + 1, to);
    const bytes = isHeld ? tape.buffer : tape.slice(at + 1, to);
    const start = isHeld ? at + 1 - tape.base : 0;
    const end = start + to - at - 1;
    if (this.#checked++ < CHECKED && !isWritten(op, bytes, start, end))
      this.#break('a literal is not what its opcode says', at);
    this.#keys.line(at, bytes, start, end, op === OP.STRING ? 1 : 0, this.caller);
  }

  #do(op: number, at: number, argument: number): Halt {
    const { stack, memo } = this;
    switch (op) {
      case OP.PROTO:
        if (argument > 5) this.#break(`there is no protocol ${argument}`, at);
        break;
      case OP.FRAME:
        this.frameEnd = at + 9 + argument;
        if (this.frameEnd > this.#size) this.#break('a frame is longer than the file', at);
        break;
      case OP.MARK:
        stack.mark();
        if (stack.marks.length > MARKS) return this.#tooMuch();
        break;
      case OP.STOP:
        if (stack.isEmpty) this.#break('it ends with nothing on its stack', at);
        this.result = stack.pop();
        return 'stop';
      case OP.POP:
        if (!stack.isEmpty) stack.pop();
        else if (stack.unmark() === undefined) this.#break('it takes from an empty stack', at);
        break;
      case OP.POP_MARK: {
        const start = stack.unmark();
        if (start === undefined) this.#break('it looks for a mark and there is none', at);
        else stack.top = start;
        break;
      }
      case OP.DUP:
        this.#need(at);
        stack.push(stack.peek());
        break;
      case OP.BINGET:
      case OP.LONG_BINGET:
        this.#get(argument, at);
        break;
      case OP.BINPUT:
      case OP.LONG_BINPUT:
        this.#put(argument, at);
        break;
      case OP.MEMOIZE:
        this.#put(memo.size, at);
        break;
      case OP.EMPTY_LIST:
      case OP.EMPTY_DICT:
      case OP.EMPTY_SET:
        stack.push(this.#filling.containers.make(CONTAINER[op]));
        break;
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3:
        this.#filling.tuple(op - OP.TUPLE1 + 1, at);
        break;
      case OP.TUPLE:
      case OP.LIST:
      case OP.FROZENSET:
      case OP.DICT:
        stack.push(this.#filling.gather(CONTAINER[op], at));
        break;
      case OP.APPEND:
      case OP.SETITEM: {
        this.#need(at);
        const start = Math.max(stack.fence, stack.top - (op === OP.APPEND ? 1 : 2));
        this.#filling.fill(op === OP.SETITEM ? 'dict' : 'list', start, at);
        break;
      }
      case OP.APPENDS:
      case OP.ADDITEMS:
        this.#filling.fill('list', this.#filling.unmark(at), at);
        break;
      case OP.SETITEMS:
        this.#filling.fill('dict', this.#filling.unmark(at), at);
        break;
      case OP.REDUCE:
      case OP.NEWOBJ: {
        const args = this.#content(this.#taken(at));
        this.#instantiate(this.#taken(at), args, at, op === OP.REDUCE);
        break;
      }
      case OP.NEWOBJ_EX: {
        const keywords = this.#content(this.#taken(at));
        const args = this.#content(this.#taken(at));
        const all = sequence('tuple');
        for (const one of isSequence(args) ? args.items : [args]) add(all, one);
        if (!isSequence(keywords) || keywords.items.length > 0) add(all, keywords);
        this.#instantiate(this.#taken(at), all, at, false);
        break;
      }
      case OP.OBJ: {
        const [callee, ...args] = this.#above(at);
        if (callee === undefined) this.#break('it makes an object of nothing', at);
        this.#instantiate(callee ?? LOST, listed(args), at, args.length > 0);
        break;
      }
      case OP.BUILD:
        return this.#build(at);
      case OP.STACK_GLOBAL:
        this.#stackGlobal(at);
        break;
      case OP.EXT1:
      case OP.EXT2:
      case OP.EXT4:
        stack.push(this.caller.extension(argument, at));
        break;
      case OP.BINPERSID:
        stack.push(this.#persistent(this.#taken(at)));
        break;
      case OP.NEXT_BUFFER:
        stack.push(LOST);
        break;
      case OP.READONLY_BUFFER:
        this.#need(at);
        break;
    }
    return stack.top > DEEPEST ? this.#tooMuch() : 'on';
  }

  #need(at: number): void {
    if (this.stack.isEmpty) this.#break('it takes from an empty stack', at);
  }

  #taken(at: number): Value {
    this.#need(at);
    return this.stack.pop();
  }

  #put(index: number | string, at: number): void {
    this.#need(at);
    if (typeof index === 'string' || index > this.#size + ROOM)
      this.judge.tell('exhausting', `keeps something under number ${index}: memory for as many`, at);
    this.memo.put(index, this.stack.peek());
  }

  #get(index: number | string, at: number): void {
    const value = this.memo.get(index);
    if (value === undefined && !this.#mode.middle) this.#break('it fetches what it never kept', at);
    this.stack.push(value ?? LOST);
  }

  /** What stands above the last mark, as far as it is kept. */
  #above(at: number): Value[] {
    const all = this.#content(this.#filling.gather('tuple', at));
    return isSequence(all) ? all.items : [];
  }

  #content(value: Value): Value {
    return this.#filling.containers.open(value);
  }

  /** @param init whether the `__init__` of a class is called as well */
  #instantiate(callee: Value, args: Value, at: number, init: boolean): void {
    this.stack.push(this.caller.call(callee, args, at, init));
  }

  #build(at: number): Halt {
    const state = this.#content(this.#taken(at));
    this.#need(at);
    const to = this.stack.peek();
    if (typeof to === 'number') return 'on';
    this.#filling.state(to, state, at);
    if (to.kind === 'partial') {
      const [callee = LOST, args, keywords] = isSequence(state) ? state.items : [];
      to.callee = callee;
      to.args = isSequence(args) ? args.items : to.args;
      if (isSequence(keywords) && keywords.items.length > 0) to.args = [...to.args, keywords];
    } else if (to.kind === 'made' && to.by !== undefined && to.args !== LOST && REMEMBERS.test(to.by.name)) {
      to.state = state;
      if (this.#mode.arrays && to.by.name === 'NumpyArrayWrapper') return 'array';
    }
    return 'on';
  }

  /** Of the array wrapper that was just built. */
  get wrapper(): Made | undefined {
    const top = this.stack.peek();
    return typeof top === 'object' && top.kind === 'made' ? top : undefined;
  }

  #global(module: string, name: string, at: number): Named {
    // No import statement could name it, and the unpickler would still look it up.
    if (!isName(module) || !isName(name)) this.#break('a name is not one of Python', at);
    return this.caller.take(module, name, at);
  }

  #stackGlobal(at: number): void {
    const [nameValue, moduleValue] = [this.#taken(at), this.#taken(at)];
    const name = this.caller.text(nameValue);
    const module = this.caller.text(moduleValue);
    if (name === undefined || module === undefined) {
      this.judge.tell('unresolved', 'imports something whose name is made when it runs', at);
      this.stack.push(LOST);
    } else this.stack.push(this.#global(module, name, at));
  }

  /** torch before 1.6 saved a class with its source, for which the class stands. All else is a storage. */
  #persistent(id: Value): Value {
    const whole = this.#content(id);
    this.onPersistent(whole);
    const [kind, type] = isSequence(whole) ? whole.items : [];
    const isClass = typeof type === 'object' && type.kind === 'named' && this.caller.text(kind) === 'module';
    return isClass ? type : made(undefined, LOST);
  }
}
