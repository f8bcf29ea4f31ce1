import type { Sample } from '../format.ts';
import { PICKLE_RULES } from './rules.ts';

const latin1 = (text: string) => () => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Written by hand, opcode by opcode: what they would call does nothing but print. */
export const CATCHES: readonly Sample[] = [
  {
    name: 'a command, protocol 0',
    bytes: latin1("cos\nsystem\n(S'true'\ntR."),
    rules: [PICKLE_RULES.dangerousCall.id],
  },
  {
    name: 'names from the stack, protocol 4',
    bytes: latin1('\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.'),
    rules: [PICKLE_RULES.dangerousCall.id],
  },
  {
    name: 'imported and not called',
    bytes: latin1('\x80\x02cos\nsystem\n.'),
    rules: [PICKLE_RULES.dangerousImport.id],
  },
  {
    name: 'through getattr',
    bytes: latin1(
      '\x80\x02c__builtin__\ngetattr\ncos\npath\nX\x06\x00\x00\x00system\x86RX\x04\x00\x00\x00true\x85R.',
    ),
    rules: [PICKLE_RULES.dangerousCall.id],
  },
  {
    name: 'a class that nobody knows',
    bytes: latin1('\x80\x02cnobody.knows\nThis\n)\x81.'),
    rules: [PICKLE_RULES.unknownCall.id],
  },
  {
    name: 'a module that nobody knows',
    bytes: latin1('\x80\x02cnobody.knows\nthis\n.'),
    rules: [PICKLE_RULES.unknownImport.id],
  },
  {
    name: 'a name that is made as it runs',
    bytes: latin1('\x80\x04\x8c\x02os\x8c\x06metsys\x8c\x01x\x86\x93.'),
    rules: [PICKLE_RULES.unresolved.id],
  },
  {
    name: 'a class that is changed',
    bytes: latin1('\x80\x02ccollections\nOrderedDict\n}X\x01\x00\x00\x00aK\x01sb.'),
    rules: [PICKLE_RULES.patch.id],
  },
  { name: 'a number for a name', bytes: latin1('\x80\x02\x82\x07)R.'), rules: [PICKLE_RULES.extension.id] },
  {
    name: 'broken after the call',
    bytes: latin1('\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R\xff'),
    rules: [PICKLE_RULES.dangerousCall.id, PICKLE_RULES.broken.id],
  },
  { name: 'more than its end', bytes: latin1('\x80\x02N.\xff\xfe\xfd'), rules: [PICKLE_RULES.trailing.id] },
  {
    name: 'one more behind rubbish',
    bytes: latin1('\x80\x02N.\xff\xfe\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.'),
    rules: [PICKLE_RULES.hidden.id, PICKLE_RULES.dangerousCall.id],
  },
];

export const PASSES: readonly Sample[] = [
  { name: 'nothing', bytes: latin1('\x80\x04N.') },
  { name: 'a list of protocol 0', bytes: latin1("(lp0\nS'a'\np1\naI1\naF0.5\na.") },
  { name: 'a dict with bytes', bytes: latin1('\x80\x03}q\x00X\x01\x00\x00\x00aq\x01C\x03\x00\xff.q\x02s.') },
  {
    name: 'an ordered dict',
    bytes: latin1('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00aK\x01s.'),
  },
  { name: 'two in a row', bytes: latin1('\x80\x04K\x01.\x80\x04K\x02.') },
];
