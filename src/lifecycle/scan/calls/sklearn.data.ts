import type { Library } from './library.ts';

/** Estimators only keep what they are given; none does anything when it is made or given its state. */
export const SKLEARN: Library = {
  name: 'scikit-learn',
  versions: '0.16 to 1.7',
  source: 'https://github.com/scikit-learn/scikit-learn',
  calls: {
    'sklearn.utils.validation': 'check_array check_X_y column_or_1d check_consistent_length',
    'sklearn.feature_extraction.text': 'strip_accents_ascii strip_accents_unicode strip_tags',
    'sklearn.preprocessing._function_transformer': '_identity',
    'sklearn.utils.extmath': 'softmax log_logistic row_norms safe_sparse_dot squared_norm',
    'sklearn.gaussian_process.correlation_models': 'absolute_exponential squared_exponential linear cubic',
    'sklearn.gaussian_process.regression_models': 'constant linear quadratic',
    'sklearn.utils.deprecation': 'DeprecationDict deprecated',
    'sklearn.metrics.scorer': '_passthrough_scorer',
    'sklearn.cluster._kmeans': '_kmeans_single_lloyd _kmeans_single_elkan _minibatch_update_dense',
    _loss: `
      CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss
      CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss
      CyPinballLoss __pyx_unpickle_CyAbsoluteError __pyx_unpickle_CyExponentialLoss
      __pyx_unpickle_CyHalfBinomialLoss __pyx_unpickle_CyHalfGammaLoss
      __pyx_unpickle_CyHalfMultinomialLoss __pyx_unpickle_CyHalfPoissonLoss
      __pyx_unpickle_CyHalfSquaredError __pyx_unpickle_CyHalfTweedieLoss
      __pyx_unpickle_CyHalfTweedieLossIdentity __pyx_unpickle_CyHuberLoss
      __pyx_unpickle_CyPinballLoss
    `,
    'sklearn._loss._loss': `
      CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss
      CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss
      CyPinballLoss __pyx_unpickle_CyAbsoluteError __pyx_unpickle_CyExponentialLoss
      __pyx_unpickle_CyHalfBinomialLoss __pyx_unpickle_CyHalfGammaLoss
      __pyx_unpickle_CyHalfMultinomialLoss __pyx_unpickle_CyHalfPoissonLoss
      __pyx_unpickle_CyHalfSquaredError __pyx_unpickle_CyHalfTweedieLoss
      __pyx_unpickle_CyHalfTweedieLossIdentity __pyx_unpickle_CyHuberLoss
      __pyx_unpickle_CyPinballLoss
    `,
    'sklearn.compose._column_transformer': 'make_column_selector',
    'sklearn.datasets.base': 'Bunch',
    'sklearn.ensemble._hist_gradient_boosting.common': 'MonotonicConstraint',
    'sklearn.feature_selection._mutual_info': 'mutual_info_classif mutual_info_regression',
    'sklearn.feature_selection._univariate_selection': `
      chi2 f_classif f_oneway f_regression r_regression
    `,
    'sklearn.linear_model._sgd_fast': `
      EpsilonInsensitive Hinge Huber Log ModifiedHuber SquaredEpsilonInsensitive SquaredHinge
      SquaredLoss __pyx_unpickle_Classification __pyx_unpickle_CyLossFunction
      __pyx_unpickle_LossFunction __pyx_unpickle_Regression
    `,
    'sklearn.linear_model.sgd_fast': `
      EpsilonInsensitive Hinge Huber Log ModifiedHuber SquaredEpsilonInsensitive SquaredHinge
      SquaredLoss
    `,
    'sklearn.metrics._classification': `
      accuracy_score balanced_accuracy_score brier_score_loss class_likelihood_ratios
      classification_report cohen_kappa_score confusion_matrix f1_score fbeta_score hamming_loss
      hinge_loss jaccard_score log_loss matthews_corrcoef multilabel_confusion_matrix
      precision_recall_fscore_support precision_score recall_score zero_one_loss
    `,
    'sklearn.metrics._dist_metrics': `
      BrayCurtisDistance BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance
      CanberraDistance32 CanberraDistance64 ChebyshevDistance ChebyshevDistance32
      ChebyshevDistance64 DiceDistance DiceDistance32 DiceDistance64 DistanceMetric DistanceMetric32
      DistanceMetric64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 HammingDistance
      HammingDistance32 HammingDistance64 HaversineDistance HaversineDistance32 HaversineDistance64
      JaccardDistance JaccardDistance32 JaccardDistance64 KulsinskiDistance KulsinskiDistance32
      KulsinskiDistance64 MahalanobisDistance MahalanobisDistance32 MahalanobisDistance64
      ManhattanDistance ManhattanDistance32 ManhattanDistance64 MatchingDistance MatchingDistance32
      MatchingDistance64 MinkowskiDistance MinkowskiDistance32 MinkowskiDistance64
      RogersTanimotoDistance RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance
      RussellRaoDistance32 RussellRaoDistance64 SEuclideanDistance SEuclideanDistance32
      SEuclideanDistance64 SokalMichenerDistance SokalMichenerDistance32 SokalMichenerDistance64
      SokalSneathDistance SokalSneathDistance32 SokalSneathDistance64 WMinkowskiDistance
      WMinkowskiDistance32 WMinkowskiDistance64 newObj
    `,
    'sklearn.metrics._ranking': `
      auc average_precision_score coverage_error dcg_score det_curve
      label_ranking_average_precision_score label_ranking_loss ndcg_score precision_recall_curve
      roc_auc_score roc_curve top_k_accuracy_score
    `,
    'sklearn.metrics._regression': `
      d2_absolute_error_score d2_pinball_score d2_tweedie_score explained_variance_score max_error
      mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance mean_pinball_loss
      mean_poisson_deviance mean_squared_error mean_squared_log_error mean_tweedie_deviance
      median_absolute_error r2_score
    `,
    'sklearn.metrics._scorer': '_passthrough_scorer check_scoring get_scorer get_scorer_names make_scorer',
    'sklearn.metrics.cluster._bicluster': 'consensus_score',
    'sklearn.metrics.cluster._supervised': `
      adjusted_mutual_info_score adjusted_rand_score completeness_score fowlkes_mallows_score
      homogeneity_completeness_v_measure homogeneity_score mutual_info_score
      normalized_mutual_info_score pair_confusion_matrix rand_score v_measure_score
    `,
    'sklearn.metrics.cluster._unsupervised': `
      calinski_harabasz_score davies_bouldin_score silhouette_samples silhouette_score
    `,
    'sklearn.metrics.pairwise': `
      additive_chi2_kernel check_paired_arrays check_pairwise_arrays chi2_kernel cosine_distances
      cosine_similarity distance_metrics euclidean_distances haversine_distances kernel_metrics
      laplacian_kernel linear_kernel manhattan_distances nan_euclidean_distances
      paired_cosine_distances paired_distances paired_euclidean_distances paired_manhattan_distances
      pairwise_distances pairwise_distances_argmin pairwise_distances_argmin_min
      pairwise_distances_chunked pairwise_kernels polynomial_kernel rbf_kernel sigmoid_kernel
    `,
    'sklearn.neighbors._ball_tree': 'BallTree BallTree32 BallTree64 newObj',
    'sklearn.neighbors._dist_metrics': `
      BrayCurtisDistance BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance
      CanberraDistance32 CanberraDistance64 ChebyshevDistance ChebyshevDistance32
      ChebyshevDistance64 DiceDistance DiceDistance32 DiceDistance64 DistanceMetric DistanceMetric32
      DistanceMetric64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 HammingDistance
      HammingDistance32 HammingDistance64 HaversineDistance HaversineDistance32 HaversineDistance64
      JaccardDistance JaccardDistance32 JaccardDistance64 KulsinskiDistance KulsinskiDistance32
      KulsinskiDistance64 MahalanobisDistance MahalanobisDistance32 MahalanobisDistance64
      ManhattanDistance ManhattanDistance32 ManhattanDistance64 MatchingDistance MatchingDistance32
      MatchingDistance64 MinkowskiDistance MinkowskiDistance32 MinkowskiDistance64
      RogersTanimotoDistance RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance
      RussellRaoDistance32 RussellRaoDistance64 SEuclideanDistance SEuclideanDistance32
      SEuclideanDistance64 SokalMichenerDistance SokalMichenerDistance32 SokalMichenerDistance64
      SokalSneathDistance SokalSneathDistance32 SokalSneathDistance64 WMinkowskiDistance
      WMinkowskiDistance32 WMinkowskiDistance64 newObj
    `,
    'sklearn.neighbors._kd_tree': 'KDTree KDTree32 KDTree64 newObj',
    'sklearn.neighbors._quad_tree': '_QuadTree',
    'sklearn.neighbors.ball_tree': 'BallTree newObj',
    'sklearn.neighbors.dist_metrics': `
      BrayCurtisDistance BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance
      CanberraDistance32 CanberraDistance64 ChebyshevDistance ChebyshevDistance32
      ChebyshevDistance64 DiceDistance DiceDistance32 DiceDistance64 DistanceMetric DistanceMetric32
      DistanceMetric64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 HammingDistance
      HammingDistance32 HammingDistance64 HaversineDistance HaversineDistance32 HaversineDistance64
      JaccardDistance JaccardDistance32 JaccardDistance64 KulsinskiDistance KulsinskiDistance32
      KulsinskiDistance64 MahalanobisDistance MahalanobisDistance32 MahalanobisDistance64
      ManhattanDistance ManhattanDistance32 ManhattanDistance64 MatchingDistance MatchingDistance32
      MatchingDistance64 MinkowskiDistance MinkowskiDistance32 MinkowskiDistance64
      RogersTanimotoDistance RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance
      RussellRaoDistance32 RussellRaoDistance64 SEuclideanDistance SEuclideanDistance32
      SEuclideanDistance64 SokalMichenerDistance SokalMichenerDistance32 SokalMichenerDistance64
      SokalSneathDistance SokalSneathDistance32 SokalSneathDistance64 WMinkowskiDistance
      WMinkowskiDistance32 WMinkowskiDistance64 newObj
    `,
    'sklearn.neighbors.kd_tree': 'KDTree newObj',
    'sklearn.preprocessing._data': 'normalize',
    'sklearn.tree._tree': 'Tree __pyx_unpickle_TreeBuilder',
    'sklearn.tree.tree': 'Tree',
    'sklearn.utils': 'Bunch',
    'sklearn.utils._bunch': 'Bunch',
  },
  makes: {
    'sklearn._loss._loss': 'CyLossFunction',
    'sklearn._loss.glm_distribution': `
      DistributionBoundary ExponentialDispersionModel GammaDistribution InverseGaussianDistribution
      NormalDistribution PoissonDistribution TweedieDistribution
    `,
    'sklearn._loss.link': 'BaseLink IdentityLink Interval LogLink LogitLink MultinomialLogit',
    'sklearn._loss.loss': `
      AbsoluteError BaseLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss
      HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity PinballLoss
    `,
    'sklearn.base': `
      BaseEstimator BiclusterMixin ClassNamePrefixFeaturesOutMixin ClassifierMixin ClusterMixin
      DensityMixin MetaEstimatorMixin MultiOutputMixin OneToOneFeatureMixin OutlierMixin
      RegressorMixin TransformerMixin _UnstableArchMixin
    `,
    'sklearn.calibration': `
      CalibratedClassifierCV CalibrationDisplay _CalibratedClassifier _SigmoidCalibration
    `,
    'sklearn.cluster._affinity_propagation': 'AffinityPropagation',
    'sklearn.cluster._agglomerative': 'AgglomerativeClustering FeatureAgglomeration',
    'sklearn.cluster._bicluster': 'BaseSpectral SpectralBiclustering SpectralCoclustering',
    'sklearn.cluster._birch': 'Birch _CFNode _CFSubcluster',
    'sklearn.cluster._bisect_k_means': 'BisectingKMeans _BisectingTree',
    'sklearn.cluster._dbscan': 'DBSCAN',
    'sklearn.cluster._feature_agglomeration': 'AgglomerationTransform',
    'sklearn.cluster._hdbscan.hdbscan': 'HDBSCAN',
    'sklearn.cluster._hierarchical_fast': 'UnionFind WeightedEdge',
    'sklearn.cluster._kmeans': 'KMeans MiniBatchKMeans _BaseKMeans',
    'sklearn.cluster._mean_shift': 'MeanShift',
    'sklearn.cluster._optics': 'OPTICS',
    'sklearn.cluster._spectral': 'SpectralClustering',
    'sklearn.compose._column_transformer': 'ColumnTransformer',
    'sklearn.compose._target': 'TransformedTargetRegressor',
    'sklearn.covariance._elliptic_envelope': 'EllipticEnvelope',
    'sklearn.covariance._empirical_covariance': 'EmpiricalCovariance',
    'sklearn.covariance._graph_lasso': 'BaseGraphicalLasso GraphicalLasso GraphicalLassoCV',
    'sklearn.covariance._robust_covariance': 'MinCovDet',
    'sklearn.covariance._shrunk_covariance': 'LedoitWolf OAS ShrunkCovariance',
    'sklearn.cross_decomposition._pls': 'CCA PLSCanonical PLSRegression PLSSVD _PLS',
    'sklearn.cross_validation': 'KFold ShuffleSplit StratifiedKFold',
    'sklearn.decomposition._base': '_BasePCA',
    'sklearn.decomposition._dict_learning': `
      DictionaryLearning MiniBatchDictionaryLearning SparseCoder _BaseSparseCoding
    `,
    'sklearn.decomposition._factor_analysis': 'FactorAnalysis',
    'sklearn.decomposition._fastica': 'FastICA',
    'sklearn.decomposition._incremental_pca': 'IncrementalPCA',
    'sklearn.decomposition._kernel_pca': 'KernelPCA',
    'sklearn.decomposition._lda': 'LatentDirichletAllocation',
    'sklearn.decomposition._nmf': 'MiniBatchNMF NMF _BaseNMF',
    'sklearn.decomposition._pca': 'PCA RandomizedPCA',
    'sklearn.decomposition._sparse_pca': 'MiniBatchSparsePCA SparsePCA _BaseSparsePCA',
    'sklearn.decomposition._truncated_svd': 'TruncatedSVD',
    'sklearn.discriminant_analysis': 'LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis',
    'sklearn.dummy': 'DummyClassifier DummyRegressor',
    'sklearn.ensemble._bagging': 'BaggingClassifier BaggingRegressor BaseBagging',
    'sklearn.ensemble._base': 'BaseEnsemble _BaseHeterogeneousEnsemble',
    'sklearn.ensemble._forest': `
      BaseForest ExtraTreesClassifier ExtraTreesRegressor ForestClassifier ForestRegressor
      RandomForestClassifier RandomForestRegressor RandomTreesEmbedding
    `,
    'sklearn.ensemble._gb': `
      BaseGradientBoosting GradientBoostingClassifier GradientBoostingRegressor VerboseReporter
    `,
    'sklearn.ensemble._gb_losses': `
      BinomialDeviance ClassificationLossFunction ExponentialLoss HuberLossFunction
      LeastAbsoluteError LeastSquaresError LossFunction MultinomialDeviance QuantileLossFunction
      RegressionLossFunction
    `,
    'sklearn.ensemble._hist_gradient_boosting.binning': '_BinMapper',
    'sklearn.ensemble._hist_gradient_boosting.gradient_boosting': `
      BaseHistGradientBoosting HistGradientBoostingClassifier HistGradientBoostingRegressor
    `,
    'sklearn.ensemble._hist_gradient_boosting.grower': 'TreeGrower TreeNode',
    'sklearn.ensemble._hist_gradient_boosting.histogram': 'HistogramBuilder',
    'sklearn.ensemble._hist_gradient_boosting.loss': `
      BinaryCrossEntropy CategoricalCrossEntropy LeastAbsoluteDeviation LeastSquares Poisson
    `,
    'sklearn.ensemble._hist_gradient_boosting.predictor': 'TreePredictor',
    'sklearn.ensemble._hist_gradient_boosting.splitting': 'SplitInfo Splitter',
    'sklearn.ensemble._hist_gradient_boosting.utils': 'sum_parallel',
    'sklearn.ensemble._iforest': 'IsolationForest',
    'sklearn.ensemble._stacking': 'StackingClassifier StackingRegressor _BaseStacking',
    'sklearn.ensemble._voting': 'VotingClassifier VotingRegressor _BaseVoting',
    'sklearn.ensemble._weight_boosting': 'AdaBoostClassifier AdaBoostRegressor BaseWeightBoosting',
    'sklearn.ensemble.gradient_boosting': `
      LogOddsEstimator MeanEstimator PriorProbabilityEstimator QuantileEstimator
      ScaledLogOddsEstimator VerboseReporter ZeroEstimator
    `,
    'sklearn.exceptions': `
      ConvergenceWarning DataConversionWarning DataDimensionalityWarning EfficiencyWarning
      FitFailedWarning NotFittedError PositiveSpectrumWarning SkipTestWarning UndefinedMetricWarning
    `,
    'sklearn.feature_extraction._dict_vectorizer': 'DictVectorizer',
    'sklearn.feature_extraction._hash': 'FeatureHasher',
    'sklearn.feature_extraction.image': 'PatchExtractor',
    'sklearn.feature_extraction.text': `
      CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer _VectorizerMixin
    `,
    'sklearn.feature_selection._base': 'SelectorMixin',
    'sklearn.feature_selection._from_model': 'SelectFromModel',
    'sklearn.feature_selection._rfe': 'RFE RFECV',
    'sklearn.feature_selection._sequential': 'SequentialFeatureSelector',
    'sklearn.feature_selection._univariate_selection': `
      GenericUnivariateSelect SelectFdr SelectFpr SelectFwe SelectKBest SelectPercentile _BaseFilter
    `,
    'sklearn.feature_selection._variance_threshold': 'VarianceThreshold',
    'sklearn.frozen._frozen': 'FrozenEstimator',
    'sklearn.gaussian_process._gpc': 'GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace',
    'sklearn.gaussian_process._gpr': 'GaussianProcessRegressor',
    'sklearn.gaussian_process.kernels': `
      CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation GenericKernelMixin
      Hyperparameter Kernel KernelOperator Matern NormalizedKernelMixin PairwiseKernel Product RBF
      RationalQuadratic StationaryKernelMixin Sum WhiteKernel
    `,
    'sklearn.grid_search': 'GridSearchCV RandomizedSearchCV _CVScoreTuple',
    'sklearn.hmm': 'GaussianHMM MultinomialHMM',
    'sklearn.impute._base': 'MissingIndicator SimpleImputer _BaseImputer',
    'sklearn.impute._iterative': 'IterativeImputer _ImputerTriplet',
    'sklearn.impute._knn': 'KNNImputer',
    'sklearn.isotonic': 'IsotonicRegression',
    'sklearn.kernel_approximation': `
      AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler
    `,
    'sklearn.kernel_ridge': 'KernelRidge',
    'sklearn.lda': 'LDA',
    'sklearn.linear_model._base': 'LinearClassifierMixin LinearModel LinearRegression SparseCoefMixin',
    'sklearn.linear_model._bayes': 'ARDRegression BayesianRidge',
    'sklearn.linear_model._coordinate_descent': `
      ElasticNet ElasticNetCV Lasso LassoCV LinearModelCV MultiTaskElasticNet MultiTaskElasticNetCV
      MultiTaskLasso MultiTaskLassoCV
    `,
    'sklearn.linear_model._glm._newton_solver': 'NewtonCholeskySolver NewtonSolver',
    'sklearn.linear_model._glm.glm': `
      GammaRegressor PoissonRegressor TweedieRegressor _GeneralizedLinearRegressor
    `,
    'sklearn.linear_model._huber': 'HuberRegressor',
    'sklearn.linear_model._least_angle': 'Lars LarsCV LassoLars LassoLarsCV LassoLarsIC',
    'sklearn.linear_model._linear_loss': 'LinearModelLoss',
    'sklearn.linear_model._logistic': 'LogisticRegression LogisticRegressionCV',
    'sklearn.linear_model._omp': 'OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV',
    'sklearn.linear_model._passive_aggressive': 'PassiveAggressiveClassifier PassiveAggressiveRegressor',
    'sklearn.linear_model._perceptron': 'Perceptron',
    'sklearn.linear_model._quantile': 'QuantileRegressor',
    'sklearn.linear_model._ransac': 'RANSACRegressor',
    'sklearn.linear_model._ridge': `
      Ridge RidgeCV RidgeClassifier RidgeClassifierCV _BaseRidge _BaseRidgeCV _IdentityClassifier
      _IdentityRegressor _RidgeClassifierMixin _RidgeGCV _XT_CenterStackOp _X_CenterStackOp
    `,
    'sklearn.linear_model._sag_fast': 'MultinomialLogLoss32 MultinomialLogLoss64',
    'sklearn.linear_model._sgd_fast': 'Classification LossFunction Regression',
    'sklearn.linear_model._stochastic_gradient': `
      BaseSGD BaseSGDClassifier BaseSGDRegressor SGDClassifier SGDOneClassSVM SGDRegressor
      _ValidationScoreCallback
    `,
    'sklearn.linear_model._theil_sen': 'TheilSenRegressor',
    'sklearn.manifold._isomap': 'Isomap',
    'sklearn.manifold._locally_linear': 'LocallyLinearEmbedding',
    'sklearn.manifold._mds': 'MDS',
    'sklearn.manifold._spectral_embedding': 'SpectralEmbedding',
    'sklearn.manifold._t_sne': 'TSNE',
    'sklearn.metrics._dist_metrics': 'PyFuncDistance PyFuncDistance32',
    'sklearn.metrics._pairwise_distances_reduction._argkmin': `
      ArgKmin32 ArgKmin64 EuclideanArgKmin32 EuclideanArgKmin64
    `,
    'sklearn.metrics._pairwise_distances_reduction._base': `
      BaseDistancesReduction32 BaseDistancesReduction64
    `,
    'sklearn.metrics._pairwise_distances_reduction._datasets_pair': `
      DatasetsPair32 DatasetsPair64 DenseDenseDatasetsPair32 DenseDenseDatasetsPair64
      DenseSparseDatasetsPair32 DenseSparseDatasetsPair64 SparseDenseDatasetsPair32
      SparseDenseDatasetsPair64 SparseSparseDatasetsPair32 SparseSparseDatasetsPair64
    `,
    'sklearn.metrics._pairwise_distances_reduction._dispatcher': `
      ArgKmin BaseDistancesReductionDispatcher RadiusNeighbors
    `,
    'sklearn.metrics._pairwise_distances_reduction._middle_term_computer': `
      DenseDenseMiddleTermComputer32 DenseDenseMiddleTermComputer64 MiddleTermComputer32
      MiddleTermComputer64 SparseSparseMiddleTermComputer32 SparseSparseMiddleTermComputer64
    `,
    'sklearn.metrics._pairwise_distances_reduction._radius_neighbors': `
      EuclideanRadiusNeighbors32 EuclideanRadiusNeighbors64 RadiusNeighbors32 RadiusNeighbors64
    `,
    'sklearn.metrics._scorer': `
      _BaseScorer _CurveScorer _DeprecatedScorers _MultimetricScorer _PassthroughScorer
      _PredictScorer _ProbaScorer _Scorer _ThresholdScorer
    `,
    'sklearn.metrics.pairwise': `
      _argmin_min_reduce _argmin_reduce _check_chunk_size _dist_wrapper _euclidean_distances
      _euclidean_distances_upcast _pairwise_callable _parallel_pairwise _precompute_metric_params
      _return_float_dtype
    `,
    'sklearn.mixture._base': 'BaseMixture',
    'sklearn.mixture._bayesian_mixture': 'BayesianGaussianMixture',
    'sklearn.mixture._gaussian_mixture': 'GaussianMixture',
    'sklearn.mixture.gmm': 'GMM',
    'sklearn.model_selection._classification_threshold': `
      BaseThresholdClassifier FixedThresholdClassifier TunedThresholdClassifierCV
    `,
    'sklearn.model_selection._search': `
      BaseSearchCV GridSearchCV ParameterGrid ParameterSampler RandomizedSearchCV
    `,
    'sklearn.model_selection._search_successive_halving': `
      BaseSuccessiveHalving HalvingGridSearchCV HalvingRandomSearchCV _SubsampleMetaSplitter
    `,
    'sklearn.model_selection._split': `
      BaseCrossValidator BaseShuffleSplit GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut
      LeaveOneOut LeavePGroupsOut LeavePOut PredefinedSplit RepeatedKFold RepeatedStratifiedKFold
      ShuffleSplit StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit
      _BaseKFold _CVIterableWrapper _RepeatedSplits
    `,
    'sklearn.multiclass': `
      OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier _ConstantPredictor
    `,
    'sklearn.multioutput': `
      ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain _BaseChain
      _MultiOutputEstimator
    `,
    'sklearn.naive_bayes': `
      BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB _BaseDiscreteNB _BaseNB
    `,
    'sklearn.neighbors._ball_tree': 'BinaryTree NeighborsHeap NodeHeap',
    'sklearn.neighbors._base': 'KNeighborsMixin NeighborsBase RadiusNeighborsMixin',
    'sklearn.neighbors._classification': 'KNeighborsClassifier RadiusNeighborsClassifier',
    'sklearn.neighbors._distance_metric': 'DistanceMetric',
    'sklearn.neighbors._graph': 'KNeighborsTransformer RadiusNeighborsTransformer',
    'sklearn.neighbors._kd_tree': 'BinaryTree NeighborsHeap NodeHeap',
    'sklearn.neighbors._kde': 'KernelDensity',
    'sklearn.neighbors._lof': 'LocalOutlierFactor',
    'sklearn.neighbors._nca': 'NeighborhoodComponentsAnalysis',
    'sklearn.neighbors._nearest_centroid': 'NearestCentroid',
    'sklearn.neighbors._regression': 'KNeighborsRegressor RadiusNeighborsRegressor',
    'sklearn.neighbors._unsupervised': 'NearestNeighbors',
    'sklearn.neural_network._multilayer_perceptron': `
      BaseMultilayerPerceptron MLPClassifier MLPRegressor
    `,
    'sklearn.neural_network._rbm': 'BernoulliRBM',
    'sklearn.neural_network._stochastic_optimizers': 'AdamOptimizer BaseOptimizer SGDOptimizer',
    'sklearn.pipeline': 'FeatureUnion Pipeline',
    'sklearn.preprocessing._data': `
      Binarizer CategoricalEncoder KernelCenterer MaxAbsScaler MinMaxScaler Normalizer
      PowerTransformer QuantileTransformer RobustScaler StandardScaler
    `,
    'sklearn.preprocessing._discretization': 'KBinsDiscretizer',
    'sklearn.preprocessing._encoders': 'OneHotEncoder OrdinalEncoder _BaseEncoder',
    'sklearn.preprocessing._function_transformer': 'FunctionTransformer',
    'sklearn.preprocessing._label': 'LabelBinarizer LabelEncoder MultiLabelBinarizer',
    'sklearn.preprocessing._polynomial': 'PolynomialFeatures SplineTransformer',
    'sklearn.preprocessing._target_encoder': 'TargetEncoder',
    'sklearn.preprocessing.imputation': 'Imputer',
    'sklearn.qda': 'QDA',
    'sklearn.random_projection': 'BaseRandomProjection GaussianRandomProjection SparseRandomProjection',
    'sklearn.semi_supervised._label_propagation': 'BaseLabelPropagation LabelPropagation LabelSpreading',
    'sklearn.semi_supervised._self_training': 'SelfTrainingClassifier',
    'sklearn.svm._base': 'BaseLibSVM BaseSVC',
    'sklearn.svm._classes': 'LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR',
    'sklearn.tree._classes': `
      BaseDecisionTree DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier
      ExtraTreeRegressor
    `,
    'sklearn.tree._criterion': `
      ClassificationCriterion Criterion Entropy FriedmanMSE Gini MAE MSE Poisson RegressionCriterion
    `,
    'sklearn.tree._export': 'Sentinel _BaseTreeExporter _DOTTreeExporter _MPLTreeExporter',
    'sklearn.tree._reingold_tilford': 'DrawTree Tree',
    'sklearn.tree._splitter': `
      BaseDenseSplitter BaseSparseSplitter BestSparseSplitter BestSplitter RandomSparseSplitter
      RandomSplitter Splitter
    `,
    'sklearn.tree._tree': `
      BestFirstTreeBuilder DepthFirstTreeBuilder TreeBuilder _AlphaPruner _CCPPruneController
      _PathFinder
    `,
    'sklearn.tree._utils': 'WeightedMedianCalculator WeightedPQueue',
    'sklearn.utils._array_api': '_ArrayAPIWrapper _NumPyApiWrapper',
    'sklearn.utils._available_if': '_AvailableIfDescriptor',
    'sklearn.utils._encode': 'MissingValues _NaNCounter _nandict _unique',
    'sklearn.utils._fast_dict': 'IntFloatDict',
    'sklearn.utils._metadata_requests': `
      MetadataRequest MetadataRouter MethodMapping MethodMetadataRequest MethodPair
      RouterMappingPair
    `,
    'sklearn.utils._param_validation': `
      HasMethods Hidden Interval InvalidParameterError Options StrOptions _ArrayLikes _Booleans
      _CVObjects _Callables _Constraint _InstancesOf _IterablesNotString _MissingValues
      _NanConstraint _NoneConstraint _PandasNAConstraint _RandomStates _SparseMatrices
      _VerboseHelper
    `,
    'sklearn.utils._pprint': 'KeyValTuple KeyValTupleParam _EstimatorPrettyPrinter',
    'sklearn.utils._readonly_array_wrapper': 'ReadonlyArrayWrapper',
    'sklearn.utils._seq_dataset': `
      ArrayDataset32 ArrayDataset64 CSRDataset32 CSRDataset64 SequentialDataset32
      SequentialDataset64
    `,
    'sklearn.utils._set_output': '_SetOutputMixin',
    'sklearn.utils._tags': 'ClassifierTags InputTags RegressorTags Tags TargetTags TransformerTags',
    'sklearn.utils._vector_sentinel': `
      StdVectorSentinel StdVectorSentinelFloat64 StdVectorSentinelInt32 StdVectorSentinelInt64
      StdVectorSentinelIntP
    `,
    'sklearn.utils._weight_vector': 'WeightVector32 WeightVector64',
    'sklearn.utils.metaestimators': '_BaseComposition _IffHasAttrDescriptor',
    'sklearn.utils.optimize': '_LineSearchError',
  },
  renamed: {
    'sklearn.cluster.affinity_propagation_': 'sklearn.cluster._affinity_propagation',
    'sklearn.cluster.bicluster': 'sklearn.cluster._bicluster',
    'sklearn.cluster.birch': 'sklearn.cluster._birch',
    'sklearn.cluster.dbscan_': 'sklearn.cluster._dbscan',
    'sklearn.cluster.hierarchical': 'sklearn.cluster._agglomerative',
    'sklearn.cluster.k_means_': 'sklearn.cluster._kmeans',
    'sklearn.cluster.mean_shift_': 'sklearn.cluster._mean_shift',
    'sklearn.cluster.optics_': 'sklearn.cluster._optics',
    'sklearn.cluster.spectral': 'sklearn.cluster._spectral',
    'sklearn.covariance.elliptic_envelope': 'sklearn.covariance._elliptic_envelope',
    'sklearn.covariance.empirical_covariance_': 'sklearn.covariance._empirical_covariance',
    'sklearn.covariance.graph_lasso_': 'sklearn.covariance._graph_lasso',
    'sklearn.covariance.robust_covariance': 'sklearn.covariance._robust_covariance',
    'sklearn.covariance.shrunk_covariance_': 'sklearn.covariance._shrunk_covariance',
    'sklearn.cross_decomposition.cca_': 'sklearn.cross_decomposition._pls',
    'sklearn.cross_decomposition.pls_': 'sklearn.cross_decomposition._pls',
    'sklearn.decomposition.base': 'sklearn.decomposition._base',
    'sklearn.decomposition.dict_learning': 'sklearn.decomposition._dict_learning',
    'sklearn.decomposition.factor_analysis': 'sklearn.decomposition._factor_analysis',
    'sklearn.decomposition.fastica_': 'sklearn.decomposition._fastica',
    'sklearn.decomposition.incremental_pca': 'sklearn.decomposition._incremental_pca',
    'sklearn.decomposition.kernel_pca': 'sklearn.decomposition._kernel_pca',
    'sklearn.decomposition.nmf': 'sklearn.decomposition._nmf',
    'sklearn.decomposition.online_lda': 'sklearn.decomposition._lda',
    'sklearn.decomposition.pca': 'sklearn.decomposition._pca',
    'sklearn.decomposition.sparse_pca': 'sklearn.decomposition._sparse_pca',
    'sklearn.decomposition.truncated_svd': 'sklearn.decomposition._truncated_svd',
    'sklearn.ensemble.bagging': 'sklearn.ensemble._bagging',
    'sklearn.ensemble.base': 'sklearn.ensemble._base',
    'sklearn.ensemble.forest': 'sklearn.ensemble._forest',
    'sklearn.ensemble.gradient_boosting': 'sklearn.ensemble._gb',
    'sklearn.ensemble.iforest': 'sklearn.ensemble._iforest',
    'sklearn.ensemble.voting': 'sklearn.ensemble._voting',
    'sklearn.ensemble.voting_classifier': 'sklearn.ensemble._voting',
    'sklearn.ensemble.weight_boosting': 'sklearn.ensemble._weight_boosting',
    'sklearn.feature_extraction.dict_vectorizer': 'sklearn.feature_extraction._dict_vectorizer',
    'sklearn.feature_extraction.hashing': 'sklearn.feature_extraction._hash',
    'sklearn.feature_selection.base': 'sklearn.feature_selection._base',
    'sklearn.feature_selection.from_model': 'sklearn.feature_selection._from_model',
    'sklearn.feature_selection.mutual_info': 'sklearn.feature_selection._mutual_info',
    'sklearn.feature_selection.rfe': 'sklearn.feature_selection._rfe',
    'sklearn.feature_selection.univariate_selection': 'sklearn.feature_selection._univariate_selection',
    'sklearn.feature_selection.variance_threshold': 'sklearn.feature_selection._variance_threshold',
    'sklearn.gaussian_process.gpc': 'sklearn.gaussian_process._gpc',
    'sklearn.gaussian_process.gpr': 'sklearn.gaussian_process._gpr',
    'sklearn.linear_model.base': 'sklearn.linear_model._base',
    'sklearn.linear_model.bayes': 'sklearn.linear_model._bayes',
    'sklearn.linear_model.coordinate_descent': 'sklearn.linear_model._coordinate_descent',
    'sklearn.linear_model.huber': 'sklearn.linear_model._huber',
    'sklearn.linear_model.least_angle': 'sklearn.linear_model._least_angle',
    'sklearn.linear_model.logistic': 'sklearn.linear_model._logistic',
    'sklearn.linear_model.omp': 'sklearn.linear_model._omp',
    'sklearn.linear_model.passive_aggressive': 'sklearn.linear_model._passive_aggressive',
    'sklearn.linear_model.perceptron': 'sklearn.linear_model._perceptron',
    'sklearn.linear_model.ransac': 'sklearn.linear_model._ransac',
    'sklearn.linear_model.ridge': 'sklearn.linear_model._ridge',
    'sklearn.linear_model.stochastic_gradient': 'sklearn.linear_model._stochastic_gradient',
    'sklearn.linear_model.theil_sen': 'sklearn.linear_model._theil_sen',
    'sklearn.manifold.isomap': 'sklearn.manifold._isomap',
    'sklearn.manifold.locally_linear': 'sklearn.manifold._locally_linear',
    'sklearn.manifold.mds': 'sklearn.manifold._mds',
    'sklearn.manifold.spectral_embedding_': 'sklearn.manifold._spectral_embedding',
    'sklearn.manifold.t_sne': 'sklearn.manifold._t_sne',
    'sklearn.metrics.classification': 'sklearn.metrics._classification',
    'sklearn.metrics.cluster.bicluster': 'sklearn.metrics.cluster._bicluster',
    'sklearn.metrics.cluster.supervised': 'sklearn.metrics.cluster._supervised',
    'sklearn.metrics.cluster.unsupervised': 'sklearn.metrics.cluster._unsupervised',
    'sklearn.metrics.ranking': 'sklearn.metrics._ranking',
    'sklearn.metrics.regression': 'sklearn.metrics._regression',
    'sklearn.metrics.scorer': 'sklearn.metrics._scorer',
    'sklearn.mixture.base': 'sklearn.mixture._base',
    'sklearn.mixture.bayesian_mixture': 'sklearn.mixture._bayesian_mixture',
    'sklearn.mixture.gaussian_mixture': 'sklearn.mixture._gaussian_mixture',
    'sklearn.neighbors.base': 'sklearn.neighbors._base',
    'sklearn.neighbors.classification': 'sklearn.neighbors._classification',
    'sklearn.neighbors.graph': 'sklearn.neighbors._graph',
    'sklearn.neighbors.kde': 'sklearn.neighbors._kde',
    'sklearn.neighbors.lof': 'sklearn.neighbors._lof',
    'sklearn.neighbors.nca': 'sklearn.neighbors._nca',
    'sklearn.neighbors.nearest_centroid': 'sklearn.neighbors._nearest_centroid',
    'sklearn.neighbors.regression': 'sklearn.neighbors._regression',
    'sklearn.neighbors.unsupervised': 'sklearn.neighbors._unsupervised',
    'sklearn.neural_network.multilayer_perceptron': 'sklearn.neural_network._multilayer_perceptron',
    'sklearn.neural_network.rbm': 'sklearn.neural_network._rbm',
    'sklearn.preprocessing.data': 'sklearn.preprocessing._data',
    'sklearn.preprocessing.encoders': 'sklearn.preprocessing._encoders',
    'sklearn.preprocessing.imputation': 'sklearn.preprocessing._data',
    'sklearn.preprocessing.label': 'sklearn.preprocessing._label',
    'sklearn.semi_supervised.label_propagation': 'sklearn.semi_supervised._label_propagation',
    'sklearn.svm.base': 'sklearn.svm._base',
    'sklearn.svm.classes': 'sklearn.svm._classes',
    'sklearn.tree.tree': 'sklearn.tree._classes',
  },
};
