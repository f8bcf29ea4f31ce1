import type { Library } from './library.ts';

/** Boosters come with their trees as bytes, which their own reader in C++ takes. Given the name of a file they would read it, so that they may only be made. */
export const BOOSTERS: Library = {
  name: 'xgboost, lightgbm, catboost',
  versions: 'xgboost 0.6 to 3.1, lightgbm 2.0 to 4.7, catboost 0.8 to 1.2',
  source:
    'https://github.com/dmlc/xgboost, https://github.com/microsoft/LightGBM, https://github.com/catboost/catboost',
  calls: {
    'lightgbm.basic': 'LightGBMError _choose_param_value',
    'xgboost.core': 'XGBoostError',
  },
  makes: {
    'xgboost.core': 'Booster',
    'xgboost.sklearn': `
      XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker XGBRankerMixIn XGBRegressor XGBModelBase
      XGBClassifierBase XGBRegressorBase
    `,
    'xgboost.compat': 'XGBoostLabelEncoder XGBClassifierBase XGBModelBase XGBRegressorBase',
    'xgboost.callback': `
      EarlyStopping EvaluationMonitor LearningRateScheduler TrainingCallback TrainingCheckPoint
    `,
    'xgboost.training': '_PackedBooster',
    'lightgbm.basic': 'Booster Dataset _InnerPredictor',
    'lightgbm.sklearn': `
      LGBMClassifier LGBMModel LGBMRanker LGBMRegressor _EvalFunctionWrapper _ObjectiveFunctionWrapper
    `,
    'lightgbm.callback':
      '_EarlyStoppingCallback _LogEvaluationCallback _RecordEvaluationCallback _ResetParameterCallback',
    'lightgbm.compat': '_LGBMLabelEncoder _LGBMClassifierBase _LGBMModelBase _LGBMRegressorBase',
    'lightgbm.engine': 'CVBooster _CVBooster',
    'catboost.core': 'CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor _CatBoostBase',
    catboost: 'CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor',
    'ngboost.ngboost': 'NGBoost',
    'ngboost.api': 'NGBClassifier NGBRegressor NGBSurvival',
    'rgf.sklearn': 'RGFClassifier RGFRegressor',
  },
};

/** How joblib writes arrays into a pickle. Its wrappers of before 0.10 name a file beside it: the reader of pickles looks at which. */
export const JOBLIB: Library = {
  name: 'joblib',
  versions: '0.8 to 1.6',
  source: 'https://github.com/joblib/joblib',
  calls: {},
  makes: {
    'joblib.numpy_pickle': 'NDArrayWrapper NumpyArrayWrapper ZNDArrayWrapper',
    'joblib.numpy_pickle_compat': 'NDArrayWrapper ZNDArrayWrapper',
    'sklearn.externals.joblib.numpy_pickle': 'NDArrayWrapper NumpyArrayWrapper ZNDArrayWrapper',
  },
};
