/** How the argument of an opcode stands in the stream. */
export const ARGUMENT = {
  none: 0,
  /** As many bytes as `SIZE` says. */
  fixed: 1,
  /** A length of so many bytes, little-endian, then that many bytes. */
  counted: 2,
  line: 3,
  twoLines: 4,
  /** Not an opcode. */
  invalid: 5,
} as const;

/** The opcodes of protocols 0 to 5, as in Lib/pickle.py of CPython. */
export const OP = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

/** Kind of the argument, by opcode. */
export const KIND = new Uint8Array(256).fill(ARGUMENT.invalid);
/** Bytes of a fixed argument, or of the length of a counted one, by opcode. */
export const SIZE = new Uint8Array(256);

for (const op of Object.values(OP)) KIND[op] = ARGUMENT.none;
const set = (kind: number, size: number, ...ops: number[]) => {
  for (const op of ops) {
    KIND[op] = kind;
    SIZE[op] = size;
  }
};
set(ARGUMENT.fixed, 1, OP.BININT1, OP.BINGET, OP.BINPUT, OP.PROTO, OP.EXT1);
set(ARGUMENT.fixed, 2, OP.BININT2, OP.EXT2);
set(ARGUMENT.fixed, 4, OP.BININT, OP.LONG_BINGET, OP.LONG_BINPUT, OP.EXT4);
set(ARGUMENT.fixed, 8, OP.BINFLOAT, OP.FRAME);
set(ARGUMENT.counted, 1, OP.SHORT_BINSTRING, OP.SHORT_BINBYTES, OP.SHORT_BINUNICODE, OP.LONG1);
set(ARGUMENT.counted, 4, OP.BINSTRING, OP.BINUNICODE, OP.BINBYTES, OP.LONG4);
set(ARGUMENT.counted, 8, OP.BINUNICODE8, OP.BINBYTES8, OP.BYTEARRAY8);
set(ARGUMENT.line, 0, OP.FLOAT, OP.INT, OP.LONG, OP.STRING, OP.UNICODE, OP.PERSID, OP.GET, OP.PUT);
set(ARGUMENT.twoLines, 0, OP.GLOBAL, OP.INST);

/** Opcodes that a pickle can begin with: those that take nothing from the stack. */
export const BEGINS = new Set<number>([
  OP.MARK,
  OP.EMPTY_TUPLE,
  OP.BINBYTES,
  OP.SHORT_BINBYTES,
  OP.FLOAT,
  OP.BINFLOAT,
  OP.INT,
  OP.BININT,
  OP.BININT1,
  OP.LONG,
  OP.BININT2,
  OP.NONE,
  OP.PERSID,
  OP.STRING,
  OP.BINSTRING,
  OP.SHORT_BINSTRING,
  OP.UNICODE,
  OP.BINUNICODE,
  OP.EMPTY_LIST,
  OP.GLOBAL,
  // It imports before it looks for its mark.
  OP.INST,
  OP.EMPTY_DICT,
  OP.PROTO,
  OP.EXT1,
  OP.EXT2,
  OP.EXT4,
  OP.NEWTRUE,
  OP.NEWFALSE,
  OP.LONG1,
  OP.LONG4,
  OP.SHORT_BINUNICODE,
  OP.BINUNICODE8,
  OP.BINBYTES8,
  OP.EMPTY_SET,
  OP.FRAME,
  OP.BYTEARRAY8,
  OP.NEXT_BUFFER,
]);

/** Opcodes that put a literal on the stack. */
export const LITERAL = new Uint8Array(256);
for (const op of [
  OP.NONE,
  OP.NEWTRUE,
  OP.NEWFALSE,
  OP.BININT,
  OP.BININT1,
  OP.BININT2,
  OP.LONG1,
  OP.LONG4,
  OP.BINFLOAT,
  OP.EMPTY_TUPLE,
  OP.BINSTRING,
  OP.SHORT_BINSTRING,
  OP.BINUNICODE,
  OP.SHORT_BINUNICODE,
  OP.BINUNICODE8,
  OP.BINBYTES,
  OP.SHORT_BINBYTES,
  OP.BINBYTES8,
  OP.BYTEARRAY8,
  OP.INT,
  OP.LONG,
  OP.FLOAT,
  OP.STRING,
  OP.UNICODE,
])
  LITERAL[op] = 1;

/** Of those, the ones that may hold a pickle. */
export const HOLDS_BYTES = 2;
for (const op of [
  OP.BINBYTES,
  OP.SHORT_BINBYTES,
  OP.BINBYTES8,
  OP.BYTEARRAY8,
  OP.BINSTRING,
  OP.SHORT_BINSTRING,
])
  LITERAL[op] = HOLDS_BYTES;
