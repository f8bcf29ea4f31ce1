import type { Library } from './library.ts';

/** Frames, series, indexes and what is in them. Readers, writers, eval and query are not here. */
export const PANDAS: Library = {
  name: 'pandas',
  versions: '0.17 to 3.0',
  source: 'https://github.com/pandas-dev/pandas',
  calls: {
    'pandas.core.indexes.interval': '_new_IntervalIndex IntervalIndex',
    'pandas._libs.arrays': '__pyx_unpickle_NDArrayBacked',
    'pandas._libs.internals': 'BlockManager BlockPlacement _unpickle_block',
    'pandas.core.groupby.grouper': 'Grouper',
    'pandas._libs.interval': 'Interval IntervalMixin __pyx_unpickle_IntervalMixin _interval_unpickle',
    'pandas._libs.lib': 'no_default',
    'pandas._libs.missing': 'NA NAType',
    'pandas._libs.sparse': 'BlockIndex IntIndex',
    'pandas._libs.tslib': 'Timestamp _NaT __nat_unpickle',
    'pandas._libs.tslibs.nattype': 'NaTType __nat_unpickle _nat_unpickle',
    'pandas._libs.tslibs.offsets': `
      ApplyTypeError BQuarterBegin BQuarterEnd BYearBegin BYearEnd BaseOffset BusinessDay
      BusinessHour BusinessMixin BusinessMonthBegin BusinessMonthEnd CustomBusinessDay
      CustomBusinessHour CustomBusinessMonthBegin CustomBusinessMonthEnd DateOffset Day Easter
      FY5253 FY5253Mixin FY5253Quarter Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd
      MonthOffset Nano OffsetMeta QuarterBegin QuarterEnd QuarterOffset RelativeDeltaOffset Second
      SemiMonthBegin SemiMonthEnd SemiMonthOffset SingleConstructorOffset Tick Week WeekOfMonth
      WeekOfMonthMixin YearBegin YearEnd YearOffset _offset_unpickle
    `,
    'pandas._libs.tslibs.period': 'Period _period_unpickle',
    'pandas._libs.tslibs.timedeltas': 'Timedelta _timedelta_unpickle',
    'pandas._libs.tslibs.timestamps': 'Timestamp _unpickle_timestamp',
    'pandas._period': 'Period _period_unpickle',
    'pandas.core.arrays.arrow.array': 'ArrowExtensionArray',
    'pandas.core.arrays.boolean': 'BooleanArray BooleanDtype',
    'pandas.core.arrays.categorical': 'Categorical',
    'pandas.core.arrays.floating': 'Float32Dtype Float64Dtype FloatingArray FloatingDtype',
    'pandas.core.arrays.integer': `
      Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntegerArray IntegerDtype UInt16Dtype UInt32Dtype
      UInt64Dtype UInt8Dtype
    `,
    'pandas.core.arrays.string_': 'StringDtype',
    'pandas.core.categorical': 'Categorical',
    'pandas.core.dtypes.dtypes': 'CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype',
    'pandas.core.frame': 'DataFrame',
    'pandas.core.index': '_new_Index',
    'pandas.core.indexes.base': 'Index _new_Index',
    'pandas.core.indexes.datetimes': '_new_DatetimeIndex',
    'pandas.core.indexes.frozen': 'FrozenList FrozenNDArray',
    'pandas.core.indexes.multi': 'MultiIndex',
    'pandas.core.indexes.period': '_new_PeriodIndex',
    'pandas.core.indexes.range': 'RangeIndex',
    'pandas.core.internals.blocks': 'Block new_block',
    'pandas.core.internals.managers': 'BlockManager SingleBlockManager',
    'pandas.core.series': 'Series',
    'pandas.indexes.base': '_new_Index',
    'pandas.tseries.index': '_new_DatetimeIndex',
    'pandas.tseries.offsets': `
      ApplyTypeError BQuarterBegin BQuarterEnd BYearBegin BYearEnd BaseOffset BusinessDay
      BusinessHour BusinessMixin BusinessMonthBegin BusinessMonthEnd CustomBusinessDay
      CustomBusinessHour CustomBusinessMonthBegin CustomBusinessMonthEnd DateOffset Day Easter
      FY5253 FY5253Mixin FY5253Quarter Hour LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd
      MonthOffset Nano OffsetMeta QuarterBegin QuarterEnd QuarterOffset RelativeDeltaOffset Second
      SemiMonthBegin SemiMonthEnd SemiMonthOffset SingleConstructorOffset Tick Week WeekOfMonth
      WeekOfMonthMixin YearBegin YearEnd YearOffset
    `,
    'pandas.tslib': 'Timestamp _NaT __nat_unpickle',
  },
  makes: {
    'pandas._libs.arrays': 'NDArrayBacked',
    'pandas._libs.hashtable': `
      Complex128HashTable Complex128Vector Complex64HashTable Complex64Vector Factorizer
      Float32HashTable Float32Vector Float64HashTable Float64Vector HashTable Int16HashTable
      Int16Vector Int32HashTable Int32Vector Int64Factorizer Int64HashTable Int64Vector
      Int8HashTable Int8Vector ObjectFactorizer ObjectVector PyObjectHashTable StringHashTable
      StringVector UInt16HashTable UInt16Vector UInt32HashTable UInt32Vector UInt64HashTable
      UInt64Vector UInt8HashTable UInt8Vector Vector
    `,
    'pandas._libs.index': `
      BaseMultiIndexCodesEngine BoolEngine Complex128Engine Complex64Engine DatetimeEngine
      ExtensionEngine Float32Engine Float64Engine IndexEngine Int16Engine Int32Engine Int64Engine
      Int8Engine ObjectEngine PeriodEngine TimedeltaEngine UInt16Engine UInt32Engine UInt64Engine
      UInt8Engine
    `,
    'pandas._libs.indexing': 'NDFrameIndexerBase',
    'pandas._libs.internals': 'Block NDArrayBackedBlock NumpyBlock SharedBlock',
    'pandas._libs.interval': 'IntervalMixin IntervalTree',
    'pandas._libs.lib': '_NoDefault',
    'pandas.core.window.ewm': 'ExponentialMovingWindow ExponentialMovingWindowGroupby',
    'pandas.core.window.expanding': 'Expanding ExpandingGroupby',
    'pandas.core.window.rolling': 'BaseWindow Rolling RollingGroupby Window',
    'pandas._libs.missing': 'C_NAType',
    'pandas._libs.sparse': 'SparseIndex',
    'pandas._libs.tslibs.base': 'ABCTimestamp',
    'pandas._libs.tslibs.conversion': '_TSObject',
    'pandas._libs.tslibs.dtypes': 'FreqGroup NpyDatetimeUnit PeriodDtypeBase Resolution',
    'pandas._libs.tslibs.fields': 'RoundTo',
    'pandas._libs.tslibs.nattype': '_NaT',
    'pandas._libs.tslibs.np_datetime': 'OutOfBoundsDatetime OutOfBoundsTimedelta',
    'pandas._libs.tslibs.offsets': '_CustomBusinessMonth',
    'pandas._libs.tslibs.period': 'IncompatibleFrequency PeriodMixin _Period',
    'pandas._libs.tslibs.timedeltas': 'MinMaxReso _Timedelta',
    'pandas._libs.tslibs.timestamps': 'MinMaxReso _Timestamp',
    'pandas._libs.tslibs.tzconversion': 'Localizer',
    'pandas.core.arrays._mixins': 'NDArrayBackedExtensionArray',
    'pandas.core.arrays.arrow.dtype': 'ArrowDtype',
    'pandas.core.arrays.base': 'ExtensionArray ExtensionOpsMixin ExtensionScalarOpsMixin',
    'pandas.core.arrays.categorical': 'CategoricalAccessor',
    'pandas.core.arrays.datetimelike': 'DatelikeOps DatetimeLikeArrayMixin InvalidComparison TimelikeOps',
    'pandas.core.arrays.datetimes': 'DatetimeArray',
    'pandas.core.arrays.interval': 'IntervalArray',
    'pandas.core.arrays.masked': 'BaseMaskedArray',
    'pandas.core.arrays.numeric': 'NumericArray NumericDtype',
    'pandas.core.arrays.numpy_': 'NumpyExtensionArray PandasArray',
    'pandas.core.arrays.period': 'PeriodArray',
    'pandas.core.arrays.sparse.array': 'SparseArray',
    'pandas.core.arrays.sparse.dtype': 'SparseDtype',
    'pandas.core.arrays.string_': 'BaseStringArray StringArray StringArrayNumpySemantics',
    'pandas.core.arrays.string_arrow': 'ArrowStringArray',
    'pandas.core.arrays.timedeltas': 'TimedeltaArray',
    'pandas.core.dtypes.base': 'ExtensionDtype Registry StorageExtensionDtype',
    'pandas.core.dtypes.dtypes': `
      ArrowDtype BaseMaskedDtype CategoricalDtypeType NumpyEADtype PandasDtype PandasExtensionDtype
      SparseDtype
    `,
    'pandas.core.dtypes.generic': `
      ABCCategorical ABCCategoricalIndex ABCDataFrame ABCDatetimeArray ABCDatetimeIndex
      ABCExtensionArray ABCFloat64Index ABCIndex ABCInt64Index ABCIntervalIndex ABCMultiIndex
      ABCNDFrame ABCPandasArray ABCPeriodArray ABCPeriodIndex ABCRangeIndex ABCSeries
      ABCTimedeltaArray ABCTimedeltaIndex ABCUInt64Index
    `,
    'pandas.core.flags': 'Flags',
    'pandas.core.generic': 'NDFrame',
    'pandas.core.indexers.objects': `
      BaseIndexer ExpandingIndexer ExponentialMovingWindowIndexer FixedForwardWindowIndexer
      FixedWindowIndexer GroupbyIndexer VariableOffsetWindowIndexer VariableWindowIndexer
    `,
    'pandas.core.indexes.category': 'CategoricalIndex',
    'pandas.core.indexes.datetimelike': 'DatetimeIndexOpsMixin DatetimeTimedeltaMixin',
    'pandas.core.indexes.datetimes': 'DatetimeIndex',
    'pandas.core.indexes.extension': 'ExtensionIndex NDArrayBackedExtensionIndex',
    'pandas.core.indexes.interval': 'IntervalIndex',
    'pandas.core.indexes.multi': 'MultiIndexPyIntEngine MultiIndexUIntEngine',
    'pandas.core.indexes.numeric': 'Float64Index Int64Index IntegerIndex NumericIndex UInt64Index',
    'pandas.core.indexes.period': 'PeriodIndex',
    'pandas.core.indexes.timedeltas': 'TimedeltaIndex',
    'pandas.core.internals.array_manager': `
      ArrayManager BaseArrayManager NullArrayProxy SingleArrayManager
    `,
    'pandas.core.internals.base': 'DataManager SingleDataManager',
    'pandas.core.internals.blocks': `
      CategoricalBlock DatetimeLikeBlock DatetimeTZBlock EABackedBlock ExtensionBlock
      NDArrayBackedExtensionBlock NumericBlock NumpyBlock ObjectBlock
    `,
    'pandas.core.internals.managers': 'BaseBlockManager',
    'pandas.core.sparse.frame': 'SparseDataFrame',
    'pandas.core.sparse.series': 'SparseSeries',
    'pandas.tseries.holiday': `
      AbstractHolidayCalendar Holiday HolidayCalendarMetaClass USFederalHolidayCalendar
    `,
  },
  renamed: {
    'pandas._libs.tslibs.conversion': 'pandas._libs.tslibs.timestamps',
    'pandas.core.index': 'pandas.core.indexes.base',
    'pandas.core.internals': 'pandas.core.internals.managers',
    'pandas.core.internals.api': 'pandas.core.internals.blocks',
    'pandas.indexes.base': 'pandas.core.indexes.base',
    'pandas.indexes.category': 'pandas.core.indexes.category',
    'pandas.indexes.multi': 'pandas.core.indexes.multi',
    'pandas.indexes.numeric': 'pandas.core.indexes.numeric',
    'pandas.indexes.range': 'pandas.core.indexes.range',
    'pandas.tseries.index': 'pandas.core.indexes.datetimes',
    'pandas.tseries.period': 'pandas.core.indexes.period',
    'pandas.tseries.tdi': 'pandas.core.indexes.timedeltas',
  },
};
