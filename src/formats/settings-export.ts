import { shown } from '../findings/finding.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { type Look, tell } from './settings-value.ts';

/** Sums of symbols and numbers, comparisons, and the functions that torch's own printer writes. */
const EXPRESSION =
  /^(?:[\w\s+\-*/%,<>=!&|~^]|(?<!\w)\.\d|\d\.|(?:(?<=\b(?:Mod|PythonMod|Min|Max|Abs|And|Or|Not|Eq|Ne|Lt|Le|Gt|Ge|Pow|Rational|Integer|Float|Symbol|floor|ceiling|sqrt|log2?|exp|Where|Piecewise|True|False|(?:Clean|Ceil|Floor|Int|Float)?(?:Div|TrueDiv)|Mod\w{0,10}|FloatPow|PowByNatural|ToFloat|TruncToInt|CeilToInt|FloorToInt|RoundToInt|RoundDecimal|ModularIndexing|Identity|LShift|RShift|IsNonOverlappingAndDenseIndicator|OpaqueUnaryFn_\w{1,20}))|(?<!\w))\(|\))*$/;

/** Sizes of a program of torch.export: sympy reads them, and runs them as Python (torch/_export/serde/serialize.py). */
export const expression: Look = (part, at) => {
  if (typeof at.value !== 'string') return;
  if (at.value.length > 10_000 || !EXPRESSION.test(at.value) || at.value.includes('__'))
    tell(
      part,
      at,
      SETTINGS_RULES.target.id,
      `a size is worked out by ${shown(at.value, 80)}, which is run as code`,
    );
};
