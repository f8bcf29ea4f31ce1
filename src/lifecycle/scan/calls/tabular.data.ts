import type { Library } from './library.ts';

/** Only made and given their state, never called. A model of statsmodels with a formula evaluates it: the reader of pickles looks at the formula. */
export const TABULAR: Library = {
  name: 'statsmodels, imbalanced-learn and others that build on scikit-learn',
  versions: 'statsmodels 0.8 to 0.14, imbalanced-learn 0.4 to 0.14',
  source: 'https://github.com/statsmodels/statsmodels, https://github.com/scikit-learn-contrib',
  calls: {
    'statsmodels.tools.decorators': 'ResettableCache',
    'statsmodels.tsa.statespace._initialization': `
      cInitialization dInitialization sInitialization zInitialization
    `,
    'statsmodels.tsa.statespace._kalman_filter': `
      cKalmanFilter dKalmanFilter sKalmanFilter zKalmanFilter
    `,
    'statsmodels.tsa.statespace._kalman_smoother': `
      cKalmanSmoother dKalmanSmoother sKalmanSmoother zKalmanSmoother
    `,
    'statsmodels.tsa.statespace._representation': 'cStatespace dStatespace sStatespace zStatespace',
    'statsmodels.tsa.statespace._simulation_smoother': `
      cSimulationSmoother dSimulationSmoother sSimulationSmoother zSimulationSmoother
    `,
    'statsmodels.tsa.statespace.simulation_smoother': 'SimulationSmoothResults SimulationSmoother',
  },
  makes: {
    'keras.callbacks': 'History',
    'keras.src.callbacks': 'History',
    'keras.src.callbacks.history': 'History',
    'tensorflow.python.keras.callbacks': 'History',
    'category_encoders.binary': 'BinaryEncoder',
    'category_encoders.cat_boost': 'CatBoostEncoder',
    'category_encoders.count': 'CountEncoder',
    'category_encoders.hashing': 'HashingEncoder',
    'category_encoders.james_stein': 'JamesSteinEncoder',
    'category_encoders.leave_one_out': 'LeaveOneOutEncoder',
    'category_encoders.one_hot': 'OneHotEncoder',
    'category_encoders.ordinal': 'OrdinalEncoder',
    'category_encoders.target_encoder': 'TargetEncoder',
    'category_encoders.woe': 'WOEEncoder',
    'daal4py.sklearn.ensemble._forest': 'RandomForestClassifier RandomForestRegressor',
    'econml.dml.dml': 'LinearDML',
    'fbprophet.forecaster': 'Prophet',
    'feature_engine.encoding.one_hot': 'OneHotEncoder',
    'feature_engine.encoding.rare_label': 'RareLabelEncoder',
    'feature_engine.imputation.mean_median': 'MeanMedianImputer',
    'gym.spaces.box': 'Box',
    'gym.spaces.dict': 'Dict',
    'gym.spaces.discrete': 'Discrete',
    'gymnasium.spaces.box': 'Box',
    'gymnasium.spaces.dict': 'Dict',
    'gymnasium.spaces.discrete': 'Discrete',
    'hdbscan.hdbscan_': 'HDBSCAN',
    'hdbscan.prediction': 'PredictionData',
    'hmmlearn.base': 'ConvergenceMonitor',
    'hmmlearn.hmm': 'CategoricalHMM GMMHMM GaussianHMM MultinomialHMM PoissonHMM',
    'imblearn.base': 'BaseSampler FunctionSampler SamplerMixin _ParamsValidationMixin',
    'imblearn.combine._smote_enn': 'SMOTEENN',
    'imblearn.combine._smote_tomek': 'SMOTETomek',
    'imblearn.ensemble._bagging': 'BalancedBaggingClassifier',
    'imblearn.ensemble._easy_ensemble': 'EasyEnsembleClassifier',
    'imblearn.ensemble._forest': 'BalancedRandomForestClassifier',
    'imblearn.ensemble._weight_boosting': 'RUSBoostClassifier',
    'imblearn.metrics.pairwise': 'ValueDifferenceMetric',
    'imblearn.over_sampling._adasyn': 'ADASYN',
    'imblearn.over_sampling._random_over_sampler': 'RandomOverSampler',
    'imblearn.over_sampling._smote.base': 'BaseSMOTE SMOTE SMOTEN SMOTENC',
    'imblearn.over_sampling._smote.cluster': 'KMeansSMOTE',
    'imblearn.over_sampling._smote.filter': 'BorderlineSMOTE SVMSMOTE',
    'imblearn.over_sampling.base': 'BaseOverSampler',
    'imblearn.pipeline': 'Pipeline',
    'imblearn.under_sampling._prototype_generation._cluster_centroids': 'ClusterCentroids',
    'imblearn.under_sampling._prototype_selection._condensed_nearest_neighbour': `
      CondensedNearestNeighbour
    `,
    'imblearn.under_sampling._prototype_selection._edited_nearest_neighbours': `
      AllKNN EditedNearestNeighbours RepeatedEditedNearestNeighbours
    `,
    'imblearn.under_sampling._prototype_selection._instance_hardness_threshold': `
      InstanceHardnessThreshold
    `,
    'imblearn.under_sampling._prototype_selection._nearmiss': 'NearMiss',
    'imblearn.under_sampling._prototype_selection._neighbourhood_cleaning_rule': `
      NeighbourhoodCleaningRule
    `,
    'imblearn.under_sampling._prototype_selection._one_sided_selection': 'OneSidedSelection',
    'imblearn.under_sampling._prototype_selection._random_under_sampler': 'RandomUnderSampler',
    'imblearn.under_sampling._prototype_selection._tomek_links': 'TomekLinks',
    'imblearn.under_sampling.base': 'BaseCleaningSampler BaseUnderSampler',
    'implicit.als': 'AlternatingLeastSquares',
    'implicit.cpu.als': 'AlternatingLeastSquares',
    'interpret.glassbox._ebm._ebm': 'ExplainableBoostingClassifier ExplainableBoostingRegressor',
    'interpret.glassbox.ebm.ebm': 'ExplainableBoostingClassifier ExplainableBoostingRegressor',
    'lifelines.fitters.coxph_fitter': 'CoxPHFitter SemiParametricPHFitter',
    'lifelines.fitters.kaplan_meier_fitter': 'KaplanMeierFitter',
    'lifelines.fitters.weibull_fitter': 'WeibullFitter',
    'lightfm.data': 'Dataset',
    'lightfm.lightfm': 'LightFM',
    'mlxtend.classifier.stacking_classification': 'StackingClassifier',
    'mlxtend.preprocessing.transactionencoder': 'TransactionEncoder',
    'mlxtend.regressor.stacking_cv_regression': 'StackingCVRegressor',
    'patsy.desc': 'ModelDesc Term',
    'patsy.design_info': 'DesignInfo FactorInfo SubtermInfo',
    'pmdarima.arima.arima': 'ARIMA',
    'prophet.forecaster': 'Prophet',
    'pynndescent.pynndescent_': 'NNDescent PyNNDescentTransformer',
    'pyod.models.iforest': 'IForest',
    'pyod.models.knn': 'KNN',
    'pyod.models.lof': 'LOF',
    'sklearn_pandas.dataframe_mapper': 'DataFrameMapper',
    'sklearn_pandas.pipeline': 'TransformerPipeline',
    'sklearnex.ensemble._forest': 'RandomForestClassifier RandomForestRegressor',
    'skopt.space.space': 'Categorical Integer Real Space',
    'skopt.space.transformers': `
      CategoricalEncoder Identity LabelEncoder LogN Normalize Pipeline StringEncoder
    `,
    'sksurv.ensemble.forest': 'ExtraSurvivalTrees RandomSurvivalForest',
    'sksurv.functions': 'StepFunction',
    'sksurv.linear_model.coxph': 'CoxPHSurvivalAnalysis',
    'sktime.classification.kernel_based._rocket_classifier': 'RocketClassifier',
    'stable_baselines3.common.running_mean_std': 'RunningMeanStd',
    'statsmodels.base._constraints': 'LinearConstraints TransformRestriction',
    'statsmodels.base._penalized': 'PenalizedMixin',
    'statsmodels.base._penalties': `
      ConstraintsPenalty CovariancePenalty L2 L2ConstraintsPenalty L2Univariate NonePenalty PSD
      Penalty PseudoHuber SCAD SCADSmoothed
    `,
    'statsmodels.base._screening': 'ScreeningResults VariableScreening',
    'statsmodels.base.data': 'ModelData PandasData PatsyData',
    'statsmodels.base.distributed_estimation': 'DistributedModel DistributedResults',
    'statsmodels.base.elastic_net': 'RegularizedResults RegularizedResultsWrapper',
    'statsmodels.base.model': `
      GenericLikelihoodModel GenericLikelihoodModelResults LikelihoodModel LikelihoodModelResults
      LikelihoodResultsWrapper Model ResultMixin Results _LLRMixin
    `,
    'statsmodels.base.optimizer': 'Optimizer',
    'statsmodels.base.transform': 'BoxCox',
    'statsmodels.base.wrapper': 'ResultsWrapper',
    'statsmodels.discrete.conditional_models': `
      ConditionalLogit ConditionalMNLogit ConditionalPoisson ConditionalResults
      ConditionalResultsWrapper _ConditionalModel
    `,
    'statsmodels.discrete.count_model': `
      GenericZeroInflated L1ZeroInflatedGeneralizedPoissonResults
      L1ZeroInflatedGeneralizedPoissonResultsWrapper L1ZeroInflatedNegativeBinomialResults
      L1ZeroInflatedNegativeBinomialResultsWrapper L1ZeroInflatedPoissonResults
      L1ZeroInflatedPoissonResultsWrapper ZeroInflatedGeneralizedPoisson
      ZeroInflatedGeneralizedPoissonResults ZeroInflatedGeneralizedPoissonResultsWrapper
      ZeroInflatedNegativeBinomialP ZeroInflatedNegativeBinomialResults
      ZeroInflatedNegativeBinomialResultsWrapper ZeroInflatedPoisson ZeroInflatedPoissonResults
      ZeroInflatedPoissonResultsWrapper
    `,
    'statsmodels.discrete.discrete_margins': 'DiscreteMargins Margins',
    'statsmodels.discrete.discrete_model': `
      BinaryModel BinaryResults BinaryResultsWrapper CountModel CountResults CountResultsWrapper
      DiscreteModel DiscreteResults GeneralizedPoisson GeneralizedPoissonResults
      GeneralizedPoissonResultsWrapper L1BinaryResults L1BinaryResultsWrapper L1CountResults
      L1CountResultsWrapper L1GeneralizedPoissonResults L1GeneralizedPoissonResultsWrapper
      L1MultinomialResults L1MultinomialResultsWrapper L1NegativeBinomialResults
      L1NegativeBinomialResultsWrapper L1PoissonResults L1PoissonResultsWrapper Logit LogitResults
      MNLogit MultinomialModel MultinomialResults MultinomialResultsWrapper NegativeBinomial
      NegativeBinomialP NegativeBinomialResults NegativeBinomialResultsWrapper OrderedResults
      OrderedResultsWrapper Poisson PoissonResults PoissonResultsWrapper Probit ProbitResults
    `,
    'statsmodels.distributions.bernstein': `
      BernsteinDistribution BernsteinDistributionBV BernsteinDistributionUV
    `,
    'statsmodels.distributions.copula.archimedean': `
      ArchimedeanCopula ClaytonCopula FrankCopula GumbelCopula
    `,
    'statsmodels.distributions.copula.copulas': 'Copula CopulaDistribution',
    'statsmodels.distributions.copula.depfunc_ev': `
      AsymBiLogistic AsymLogistic AsymMixed AsymNegLogistic HR PickandDependence TEV
    `,
    'statsmodels.distributions.copula.elliptical': 'EllipticalCopula GaussianCopula StudentTCopula',
    'statsmodels.distributions.copula.extreme_value': 'ExtremeValueCopula',
    'statsmodels.distributions.copula.other_copulas': 'IndependenceCopula',
    'statsmodels.distributions.copula.transforms': `
      TransfClayton TransfFrank TransfGumbel TransfIndep Transforms _TransfPower
    `,
    'statsmodels.distributions.discrete': `
      DiscretizedCount DiscretizedModel genpoisson_p_gen zigeneralizedpoisson_gen
      zinegativebinomial_gen zipoisson_gen
    `,
    'statsmodels.distributions.edgeworth': 'ExpandedNormal',
    'statsmodels.distributions.empirical_distribution': 'ECDF StepFunction',
    'statsmodels.distributions.mixture_rvs': 'MixtureDistribution',
    'statsmodels.distributions.tools': '_Grid',
    'statsmodels.duration.hazard_regression': 'PHReg PHRegResults PHSurvivalTime rv_discrete_float',
    'statsmodels.duration.survfunc': 'CumIncidenceRight SurvfuncRight',
    'statsmodels.emplike.aft_el': 'AFTResults OptAFT emplikeAFT',
    'statsmodels.emplike.descriptive': 'DescStatMV DescStatUV _OptFuncts',
    'statsmodels.emplike.elanova': 'ANOVA _ANOVAOpt',
    'statsmodels.emplike.elregress': '_ELRegOpts',
    'statsmodels.emplike.originregress': 'ELOriginRegress OriginResults',
    'statsmodels.gam.gam_cross_validation.cross_validators': 'BaseCrossValidator KFold',
    'statsmodels.gam.gam_cross_validation.gam_cross_validation': `
      BaseCV BasePenaltiesPathCV MultivariateGAMCV MultivariateGAMCVPath
    `,
    'statsmodels.gam.gam_penalties': 'MultivariateGamPenalty UnivariateGamPenalty',
    'statsmodels.gam.generalized_additive_model': 'GLMGam GLMGamResults GLMGamResultsWrapper LogitGam',
    'statsmodels.gam.smooth_basis': `
      AdditiveGamSmoother BSplines CubicSplines CyclicCubicSplines GenericSmoothers
      PolynomialSmoother UnivariateBSplines UnivariateCubicCyclicSplines UnivariateCubicSplines
      UnivariateGamSmoother UnivariateGenericSmoother UnivariatePolynomialSmoother
    `,
    'statsmodels.genmod._prediction': 'PredictionResults',
    'statsmodels.genmod.bayes_mixed_glm': `
      BayesMixedGLMResults BinomialBayesMixedGLM PoissonBayesMixedGLM _BayesMixedGLM
      _VariationalBayesMixedGLM
    `,
    'statsmodels.genmod.cov_struct': `
      Autoregressive CategoricalCovStruct CovStruct Equivalence Exchangeable GlobalOddsRatio
      Independence Nested NominalIndependence OrdinalIndependence Stationary Unstructured
    `,
    'statsmodels.genmod.families.family': `
      Binomial Family Gamma Gaussian InverseGaussian NegativeBinomial Poisson Tweedie
    `,
    'statsmodels.genmod.families.links': `
      CDFLink CLogLog Link Log LogLog Logit NegativeBinomial Power cauchy cloglog identity
      inverse_power inverse_squared log logit loglog nbinom probit sqrt
    `,
    'statsmodels.genmod.families.varfuncs': 'Binomial NegativeBinomial Power VarianceFunction',
    'statsmodels.genmod.generalized_estimating_equations': `
      GEE GEEMargins GEEResults GEEResultsWrapper NominalGEE NominalGEEResults
      NominalGEEResultsWrapper OrdinalGEE OrdinalGEEResults OrdinalGEEResultsWrapper
      ParameterConstraint _Multinomial _MultinomialLogit
    `,
    'statsmodels.genmod.generalized_linear_model': 'GLM GLMResults GLMResultsWrapper _ModuleVariable',
    'statsmodels.genmod.qif': `
      QIF QIFAutoregressive QIFCovariance QIFExchangeable QIFIndependence QIFResults
      QIFResultsWrapper
    `,
    'statsmodels.imputation.bayes_mi': 'BayesGaussMI MI MIResults',
    'statsmodels.imputation.mice': 'MICE MICEData MICEResults PatsyFormula',
    'statsmodels.miscmodels.count': 'NonlinearDeltaCov PoissonGMLE PoissonOffsetGMLE PoissonZiGMLE',
    'statsmodels.miscmodels.nonlinls': 'Myfunc NonlinearLS Results',
    'statsmodels.miscmodels.ordinal_model': 'OrderedModel OrderedResults OrderedResultsWrapper',
    'statsmodels.miscmodels.tmodel': 'TArma TLinearModel',
    'statsmodels.miscmodels.try_mlecov': 'MLEGLS',
    'statsmodels.multivariate.cancorr': 'CanCorr CanCorrTestResults',
    'statsmodels.multivariate.factor': 'Factor FactorResults',
    'statsmodels.multivariate.manova': 'MANOVA',
    'statsmodels.multivariate.multivariate_ols': `
      MultivariateTestResults _MultivariateOLS _MultivariateOLSResults
    `,
    'statsmodels.multivariate.pca': 'PCA',
    'statsmodels.nonparametric._kernel_base': 'EstimatorSettings GenericKDE LeaveOneOut',
    'statsmodels.nonparametric.kde': 'KDEUnivariate',
    'statsmodels.nonparametric.kernel_density': 'KDEMultivariate KDEMultivariateConditional',
    'statsmodels.nonparametric.kernel_regression': `
      KernelCensoredReg KernelReg TestRegCoefC TestRegCoefD
    `,
    'statsmodels.othermod.betareg': 'BetaModel BetaResults BetaResultsWrapper',
    'statsmodels.regression._prediction': 'PredictionResults',
    'statsmodels.regression.dimred': `
      CovarianceReduction DimReductionResults DimReductionResultsWrapper PrincipalHessianDirections
      SlicedAverageVarianceEstimation SlicedInverseReg _DimReductionRegression
    `,
    'statsmodels.regression.feasible_gls': 'GLSHet GLSHet2',
    'statsmodels.regression.linear_model': `
      GLS GLSAR OLS OLSResults RegressionModel RegressionResults RegressionResultsWrapper WLS
    `,
    'statsmodels.regression.mixed_linear_model': `
      MixedLM MixedLMParams MixedLMResults MixedLMResultsWrapper VCSpec _mixedlm_distribution
    `,
    'statsmodels.regression.process_regression': `
      GaussianCovariance ProcessCovariance ProcessMLE ProcessMLEResults
    `,
    'statsmodels.regression.quantile_regression': 'QuantReg QuantRegResults',
    'statsmodels.regression.recursive_ls': 'RecursiveLS RecursiveLSResults RecursiveLSResultsWrapper',
    'statsmodels.regression.rolling': 'RollingOLS RollingRegressionResults RollingStore RollingWLS',
    'statsmodels.robust.norms': `
      AndrewWave Hampel HuberT LeastSquares RamsayE RobustNorm TrimmedMean TukeyBiweight
    `,
    'statsmodels.robust.robust_linear_model': 'RLM RLMResults RLMResultsWrapper',
    'statsmodels.robust.scale': 'Huber HuberScale',
    'statsmodels.stats._diagnostic_other': 'CMTNewey CMTTauchen ResultsGeneric TestResults',
    'statsmodels.stats._knockoff': 'RegressionFDR',
    'statsmodels.stats.anova': 'AnovaRM AnovaResults',
    'statsmodels.stats.base': 'AllPairsResults HolderTuple',
    'statsmodels.stats.contingency_tables': 'SquareTable StratifiedTable Table Table2x2 _Bunch',
    'statsmodels.stats.contrast': 'Contrast ContrastResults MultiCompResult WaldTestResults',
    'statsmodels.stats.descriptivestats': 'Describe Description',
    'statsmodels.stats.diagnostic': 'ResultsStore',
    'statsmodels.stats.dist_dependence_measures': 'DistDependStat',
    'statsmodels.stats.inter_rater': 'KappaResults ResultsBunch',
    'statsmodels.stats.knockoff_regeffects': `
      CorrelationEffects ForwardEffects OLSEffects RegModelEffects RegressionEffects
    `,
    'statsmodels.stats.mediation': 'Mediation MediationResults',
    'statsmodels.stats.meta_analysis': 'CombineResults',
    'statsmodels.stats.nonparametric': 'RankCompareResult',
    'statsmodels.stats.oaxaca': 'OaxacaBlinder OaxacaResults',
    'statsmodels.stats.outliers_influence': 'GLMInfluence MLEInfluence OLSInfluence _BaseInfluenceMixin',
    'statsmodels.stats.power': `
      FTestAnovaPower FTestPower GofChisquarePower NormalIndPower Power TTestIndPower TTestPower
      _GofChisquareIndPower
    `,
    'statsmodels.stats.regularized_covariance': 'RegularizedInvCovariance',
    'statsmodels.stats.robust_compare': 'TrimmedMean',
    'statsmodels.stats.tabledist': 'TableDist',
    'statsmodels.stats.weightstats': 'CompareMeans DescrStatsW',
    'statsmodels.tools.tools': 'Bunch',
    'statsmodels.tsa._stl': 'STL',
    'statsmodels.tsa.ar_model': `
      AR AROrderSelectionResults ARResults AutoReg AutoRegResults AutoRegResultsWrapper
    `,
    'statsmodels.tsa.ardl.model': `
      ARDL ARDLOrderSelectionResults ARDLResults ARDLResultsWrapper BoundsTestResult UECM
      UECMResults UECMResultsWrapper
    `,
    'statsmodels.tsa.arima.model': 'ARIMA ARIMAResults ARIMAResultsWrapper',
    'statsmodels.tsa.arima.params': 'SARIMAXParams',
    'statsmodels.tsa.arima.specification': 'SARIMAXSpecification',
    'statsmodels.tsa.arima_model': 'ARIMA ARIMAResults ARMA ARMAResults',
    'statsmodels.tsa.arima_process': 'ArmaProcess',
    'statsmodels.tsa.arma_mle': 'Arma',
    'statsmodels.tsa.base.prediction': 'PredictionResults',
    'statsmodels.tsa.base.tsa_model': 'TimeSeriesModel TimeSeriesModelResults TimeSeriesResultsWrapper',
    'statsmodels.tsa.descriptivestats': 'TsaDescriptive',
    'statsmodels.tsa.deterministic': `
      CalendarDeterministicTerm CalendarFourier CalendarSeasonality CalendarTimeTrend
      DeterministicProcess DeterministicTerm Fourier FourierDeterministicTerm Seasonality TimeTrend
      TimeTrendDeterministicTerm
    `,
    'statsmodels.tsa.exponential_smoothing.base': 'StateSpaceMLEModel StateSpaceMLEResults',
    'statsmodels.tsa.exponential_smoothing.ets': `
      ETSModel ETSResults ETSResultsWrapper PredictionResults PredictionResultsWrapper
    `,
    'statsmodels.tsa.forecasting.stl': 'STLForecast STLForecastResults',
    'statsmodels.tsa.forecasting.theta': 'ThetaModel ThetaModelResults',
    'statsmodels.tsa.holtwinters._exponential_smoothers': 'HoltWintersArgs',
    'statsmodels.tsa.holtwinters._smoothers': 'HoltWintersArgs',
    'statsmodels.tsa.holtwinters.model': 'ExponentialSmoothing Holt SimpleExpSmoothing _OptConfig',
    'statsmodels.tsa.holtwinters.results': 'HoltWintersResults HoltWintersResultsWrapper',
    'statsmodels.tsa.mlemodel': 'TSMLEModel',
    'statsmodels.tsa.regime_switching.markov_autoregression': `
      MarkovAutoregression MarkovAutoregressionResults MarkovAutoregressionResultsWrapper
    `,
    'statsmodels.tsa.regime_switching.markov_regression': `
      MarkovRegression MarkovRegressionResults MarkovRegressionResultsWrapper
    `,
    'statsmodels.tsa.regime_switching.markov_switching': `
      HamiltonFilterResults KimSmootherResults MarkovSwitching MarkovSwitchingParams
      MarkovSwitchingResults MarkovSwitchingResultsWrapper
    `,
    'statsmodels.tsa.seasonal': 'DecomposeResult',
    'statsmodels.tsa.statespace._initialization': `
      cInitialization dInitialization sInitialization zInitialization
    `,
    'statsmodels.tsa.statespace._pykalman_smoother': '_KalmanSmoother',
    'statsmodels.tsa.statespace._quarterly_ar1': 'QuarterlyAR1',
    'statsmodels.tsa.statespace.dynamic_factor': `
      DynamicFactor DynamicFactorResults DynamicFactorResultsWrapper
    `,
    'statsmodels.tsa.statespace.dynamic_factor_mq': `
      DynamicFactorMQ DynamicFactorMQResults DynamicFactorMQStates FactorBlock
    `,
    'statsmodels.tsa.statespace.exponential_smoothing': `
      ExponentialSmoothing ExponentialSmoothingResults ExponentialSmoothingResultsWrapper
    `,
    'statsmodels.tsa.statespace.initialization': 'Initialization',
    'statsmodels.tsa.statespace.kalman_filter': 'FilterResults KalmanFilter PredictionResults',
    'statsmodels.tsa.statespace.kalman_smoother': 'KalmanSmoother SmootherResults',
    'statsmodels.tsa.statespace.mlemodel': `
      MLEModel MLEResults MLEResultsWrapper PredictionResults PredictionResultsWrapper
    `,
    'statsmodels.tsa.statespace.news': 'NewsResults',
    'statsmodels.tsa.statespace.representation': `
      FrozenRepresentation MatrixWrapper OptionWrapper Representation
    `,
    'statsmodels.tsa.statespace.sarimax': 'SARIMAX SARIMAXResults SARIMAXResultsWrapper',
    'statsmodels.tsa.statespace.structural': `
      UnobservedComponents UnobservedComponentsResults UnobservedComponentsResultsWrapper
    `,
    'statsmodels.tsa.statespace.varmax': 'VARMAX VARMAXResults VARMAXResultsWrapper',
    'statsmodels.tsa.varma_process': 'VarmaPoly _Var',
    'statsmodels.tsa.vector_ar.hypothesis_test_results': `
      CausalityTestResults HypothesisTestResults NormalityTestResults WhitenessTestResults
    `,
    'statsmodels.tsa.vector_ar.irf': 'BaseIRAnalysis IRAnalysis',
    'statsmodels.tsa.vector_ar.output': 'VARSummary',
    'statsmodels.tsa.vector_ar.svar_model': 'SVAR SVARProcess SVARResults',
    'statsmodels.tsa.vector_ar.var_model': `
      FEVD LagOrderResults VAR VARProcess VARResults VARResultsWrapper
    `,
    'statsmodels.tsa.vector_ar.vecm': 'CointRankResults JohansenTestResult VECM VECMResults',
    'surprise.prediction_algorithms.matrix_factorization': 'NMF SVD SVDpp',
    'surprise.reader': 'Reader',
    'surprise.trainset': 'Trainset',
    'tensorflow.python.trackable.data_structures': 'ListWrapper _DictWrapper',
    'tensorflow.python.training.tracking.data_structures': 'ListWrapper _DictWrapper',
    'torch_geometric.data.data': 'Data DataEdgeAttr DataTensorAttr GlobalStorage',
    'torch_geometric.data.storage': 'BaseStorage EdgeStorage GlobalStorage NodeStorage',
    'torchmetrics.metric': 'Metric',
    'tpot.builtins.stacking_estimator': 'StackingEstimator',
    'tslearn.clustering.kmeans': 'TimeSeriesKMeans',
    'umap.umap_': 'DataFrameUMAP UMAP',
  },
};
