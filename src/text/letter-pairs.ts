/**
 * How common each pair of letters is: one character for a pair (a to z, then the edge of a word), 5 steps for a bit,
 * 'P' for none. Made by scripts/letters.ts.
 */
export const LETTER_PAIRS = [
  'GLMRCDPIQ?LTN[CI;WVUHJA4LDZ',
  'YG@@_@@@UJ@T@GX@@V@GR@@@W@G',
  'U=M=Y==]V=TH==Z==OHUQ===DHL',
  'W99K]9G9Y@@@CJV99MG9K999HM_',
  'JDMQJCJEJ>GROX?D?YVQAL>HCA_',
  'Y@@@RK@@Y@@Q@@^@@T@QQ@@@@@Z',
  'S<<I]<CTU<CP<TT<<SGGV<<<<<]',
  '[:A:b:::T::AEAV::GERP:A:::W',
  'OFRPVGT@6FJTM[U=6NVU=I66CCX',
  'ZGGG^GGGRGNGGNRGGGGGVNGGGGY',
  '[AAA[AAAWAAUHPRAAAPNSAAAAA]',
  'Y@@P]D99WDHXDDW999LNP@D9N@Y',
  ']L==_===W=DDODUU====M===G=Y',
  'Q5NXTGW<R<BF@KV55@RVI@<5H5_',
  '@DKQENI=H=FPRYNM6YRNXNTDF=Z',
  '[@@G[@@@Q@@T@@]N@YJNP@@@@@Q',
  'HHHHHHHHHHHHHHHHHHHHeHHHHHH',
  'VAAQ^7K7W>EKKMQ77IQNPCA7NH]',
  'V6MFX66NS6FCCANI==SZM6G6EC`',
  'T5@5Z<<]V5<E<5U@5TMKM5D5B<^',
  'TMNHXBQ;QBNRSYEE;XTW;EBB;HU',
  'VAAAcAAAYAAAAAXAALAAAAAAAAA',
  '[?F?Z??YY??N?SV??ILIF???FJY',
  'UJJJYJJJUJJJJJJUJJJ]JJJJJJW',
  'UGKGQ@@@G@@KGGZK@@XKK@@@@@b',
  'TEEP]EME]EEMEMPEEEEESEMEVEY',
  'VROSRQNOSGIOPNQPJOVXGKS.KD.',
].join('');
export const PAIR_STEPS = 5;
export const PAIR_ZERO = 80;
