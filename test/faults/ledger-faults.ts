import { either, type Fault, forwarded, type Outcome } from './fault.ts';
import type { DiskFault } from './faulty-disk.ts';
import { says } from './upstream-scripts.ts';

const SEGMENT = /\.jsonl$/;

interface Failing {
  readonly what: string;
  readonly moment: Fault['moment'];
  readonly fault: DiskFault;
}

const FAILING: readonly Failing[] = [
  {
    what: 'the disk fails to write',
    moment: 'before',
    fault: { file: SEGMENT, operation: 'write', how: 'before', code: 'EIO' },
  },
  {
    what: 'the disk is full, and half of the entry is on it',
    moment: 'before',
    fault: { file: SEGMENT, operation: 'write', how: 'half', code: 'ENOSPC' },
  },
  {
    what: 'the disk is full, and stays so',
    moment: 'before',
    fault: { file: SEGMENT, operation: 'write', how: 'before', code: 'ENOSPC', lasting: true },
  },
  {
    what: 'the disk fails to sync',
    moment: 'before',
    fault: { file: SEGMENT, operation: 'sync', how: 'before', code: 'EIO' },
  },
  {
    what: 'the disk reports a failed write, and has written',
    moment: 'after',
    fault: { file: SEGMENT, operation: 'write', how: 'after', code: 'EIO' },
  },
  {
    what: 'the disk reports a failed sync, and has synced',
    moment: 'after',
    fault: { file: SEGMENT, operation: 'sync', how: 'after', code: 'EIO' },
  },
];

const SHORT: DiskFault = { file: SEGMENT, operation: 'write', how: 'short', code: 'EIO' };

const unrecorded: Outcome = { caller: '503 ledger_unavailable', ledger: [], left: 0, paid: 'nothing' };
const served: Fault['expect'] = {
  plain: forwarded('200 “Hello”', 'completed', 'the report'),
  stream: forwarded('200 “Hello”, then the end', 'completed', 'the report'),
};

type Arrange = NonNullable<Fault['arrange']>;

const atBegin = (fault: DiskFault): Arrange => {
  return ({ disk }) => {
    disk.fault = fault;
  };
};

/** When the model server has the prompt, the first entry is durable: what is written next is the last. */
const atEnd = (fault: DiskFault): Arrange => {
  return ({ disk, upstream }) => {
    upstream.script = (res, seen) => {
      disk.fault = fault;
      return says('Hel', 'lo')(res, seen);
    };
  };
};

export const LEDGER_FAULTS: readonly Fault[] = [
  ...FAILING.map(
    ({ what, moment, fault }): Fault => ({
      step: 'begin',
      moment,
      what,
      arrange: atBegin(fault),
      expect: either(unrecorded),
    }),
  ),
  {
    step: 'begin',
    moment: 'before',
    what: 'the disk takes half of what it is given',
    arrange: atBegin(SHORT),
    expect: served,
  },
  ...FAILING.map(
    ({ what, moment, fault }): Fault => ({
      step: 'end',
      moment,
      what,
      arrange: atEnd(fault),
      expect: {
        plain: { caller: '503 ledger_unavailable', ledger: ['begin'], left: 1, paid: 'the report' },
        stream: {
          caller: '200 “Hello”, then the error ledger_unavailable',
          ledger: ['begin'],
          left: 1,
          paid: 'the report',
        },
      },
    }),
  ),
  {
    step: 'end',
    moment: 'before',
    what: 'the disk takes half of what it is given',
    arrange: atEnd(SHORT),
    expect: served,
  },
  {
    step: 'end',
    moment: 'after',
    what: 'the checkpoint over it cannot be written',
    arrange: atEnd({ file: /^checkpoints$/, operation: 'write', how: 'before', code: 'EIO', until: SEGMENT }),
    expect: served,
  },
];
