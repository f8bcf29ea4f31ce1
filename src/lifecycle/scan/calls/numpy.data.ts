import type { Library } from './library.ts';

const SCALARS = `
  bool bool_ byte bytes_ cdouble cfloat character clongdouble clongfloat complex128 complex256 complex64 complex_
  complexfloating csingle datetime64 double flexible float16 float32 float64 float96 float128 float_ floating generic half
  inexact int16 int32 int64 int8 int_ intc integer intp long longcomplex longdouble longfloat longlong number object_ short
  signedinteger single singlecomplex str_ string_ timedelta64 ubyte uint uint16 uint32 uint64 uint8 uintc uintp ulong
  ulonglong unicode_ unsignedinteger ushort void
`;

/** Functions that people hand to transformers and keep in models. */
const FUNCTIONS = `
  abs absolute add all amax amin any arange arccos arcsin arctan argmax argmin argsort around array asarray atleast_1d
  atleast_2d average cbrt ceil clip concatenate copy cos cosh cumsum diff divide dot empty equal exp expm1 eye fabs floor
  full hypot hstack identity isfinite isinf isnan linspace log log10 log1p log2 logical_and logical_not logical_or
  logspace matmul max maximum mean median min minimum mod multiply nan_to_num nanmax nanmean nanmedian nanmin nanstd nansum
  negative ones ones_like percentile power prod quantile ravel reciprocal reshape round sign sin sinh sort sqrt square
  squeeze stack std subtract sum tan tanh transpose unique var vstack where zeros zeros_like
`;

/** Arrays, scalars and generators. What reads files, runs text or imports (load, f2py, testing) is not here. */
export const NUMPY: Library = {
  name: 'numpy',
  versions: '1.7 to 2.4',
  source: 'https://github.com/numpy/numpy',
  calls: {
    numpy: `ndarray dtype matrix poly1d recarray ufunc vectorize record chararray broadcast finfo iinfo ${SCALARS} ${FUNCTIONS}`,
    'numpy.core.multiarray': `_reconstruct scalar ndarray dtype correlate ${FUNCTIONS}`,
    'numpy.core.getlimits': 'MachArLike finfo iinfo',
    'numpy.core.numeric': `_frombuffer ${FUNCTIONS}`,
    'numpy.core.fromnumeric': FUNCTIONS,
    'numpy.core.function_base': 'linspace logspace geomspace',
    'numpy.core.numerictypes': SCALARS,
    'numpy.core.internal': '_dtype_from_pep3118',
    'numpy.core.records': 'recarray record fromarrays',
    'numpy.core.defchararray': 'chararray',
    'numpy.core._internal': '_convert_to_stringdtype_kwargs',
    'numpy.rec': 'recarray record',
    'numpy.lib.function_base': `${FUNCTIONS} vectorize`,
    'numpy.lib._function_base_impl': `${FUNCTIONS} vectorize`,
    'numpy.lib.nanfunctions': FUNCTIONS,
    'numpy.lib._nanfunctions_impl': FUNCTIONS,
    'numpy.lib.polynomial': 'poly1d',
    'numpy.lib._polynomial_impl': 'poly1d',
    'numpy.lib.type_check': 'nan_to_num',
    'numpy.linalg': 'norm inv pinv det LinAlgError',
    'numpy.linalg.linalg': 'norm inv pinv det LinAlgError',
    'numpy.linalg._linalg': 'norm inv pinv det LinAlgError',
    'numpy.dtypes': `
      BoolDType ByteDType BytesDType CLongDoubleDType Complex128DType Complex64DType DateTime64DType Float16DType
      Float32DType Float64DType Int16DType Int32DType Int64DType Int8DType IntDType LongDType LongDoubleDType LongLongDType
      ObjectDType ShortDType StrDType StringDType TimeDelta64DType UByteDType UInt16DType UInt32DType UInt64DType UInt8DType
      UIntDType ULongDType ULongLongDType UShortDType VoidDType
    `,
    'numpy.ma.core': 'MaskedArray _mareconstruct MaskedConstant masked_array mvoid',
    'numpy.ma': 'MaskedArray',
    'numpy.matrixlib.defmatrix': 'matrix',
    'numpy.random': 'RandomState __RandomState_ctor Generator',
    'numpy.random.mtrand': 'RandomState __RandomState_ctor',
    'numpy.random._pickle': '__randomstate_ctor __bit_generator_ctor __generator_ctor',
    'numpy.random._mt19937': 'MT19937',
    'numpy.random._pcg64': 'PCG64 PCG64DXSM',
    'numpy.random._philox': 'Philox',
    'numpy.random._sfc64': 'SFC64',
    'numpy.random._generator': 'Generator',
    'numpy.random.bit_generator': `
      SeedSequence __pyx_unpickle_SeedSequence __pyx_unpickle_SeedlessSequence SeedlessSeedSequence
      __pyx_unpickle_SeedlessSeedSequence
    `,
    'numpy.random._bit_generator': 'SeedSequence __pyx_unpickle_SeedSequence',
    'numpy.polynomial.polynomial': 'Polynomial',
    'numpy.polynomial.chebyshev': 'Chebyshev',
    'numpy.polynomial.legendre': 'Legendre',
    'numpy.polynomial.hermite': 'Hermite',
    'numpy.polynomial.hermite_e': 'HermiteE',
    'numpy.polynomial.laguerre': 'Laguerre',
    ml_dtypes: 'bfloat16 float8_e4m3fn float8_e5m2 int4 uint4',
  },
};
