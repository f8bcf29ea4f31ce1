import type { Library } from './library.ts';

/** Sparse matrices, interpolators, trees, distributions. A distribution runs the text of its `_parse_arg_template`: the reader of pickles knows what is usual in it. */
export const SCIPY: Library = {
  name: 'scipy',
  versions: '0.14 to 1.16',
  source: 'https://github.com/scipy/scipy',
  calls: {
    'scipy.interpolate._rbf': `
      Rbf._h_cubic Rbf._h_gaussian Rbf._h_inverse_multiquadric Rbf._h_linear Rbf._h_multiquadric Rbf._h_quintic Rbf._h_thin_plate
    `,
    'scipy.stats._discrete_distns': `
      _nchypergeom_gen._entropy bernoulli_gen._entropy betabinom_gen._entropy binom_gen._entropy boltzmann_gen._entropy dlaplace_gen._entropy geom_gen._entropy hypergeom_gen._entropy logser_gen._entropy nbinom_gen._entropy nchypergeom_fisher_gen._entropy nchypergeom_wallenius_gen._entropy nhypergeom_gen._entropy planck_gen._entropy poisson_gen._entropy randint_gen._entropy skellam_gen._entropy yulesimon_gen._entropy zipf_gen._entropy zipfian_gen._entropy
    `,
    'scipy.stats._distn_infrastructure': 'rv_sample._entropy rv_discrete._entropy rv_continuous._entropy',
    'scipy.interpolate._interpolate':
      'interp1d._call_linear_np interp1d._call_linear interp1d._call_nearest interp1d._call_spline interp1d._call_previousnext',
    'scipy.interpolate.interpolate':
      'interp1d._call_linear_np interp1d._call_linear interp1d._call_nearest interp1d._call_spline interp1d._call_previousnext',
    'scipy.cluster.hierarchy': 'ClusterNode',
    'scipy.optimize._optimize': 'OptimizeResult',
    'scipy.optimize.optimize': 'OptimizeResult',
    'scipy.sparse': `
      bsr_matrix coo_array coo_matrix csc_array csc_matrix csr_array csr_matrix dia_matrix
      dok_matrix lil_matrix
    `,
    'scipy.spatial._ckdtree': 'cKDTree',
    'scipy.spatial._kdtree': 'KDTree',
    'scipy.spatial.ckdtree': 'cKDTree',
    'scipy.spatial.distance': `
      braycurtis canberra chebyshev cityblock correlation cosine euclidean hamming jaccard
      mahalanobis minkowski sqeuclidean
    `,
    'scipy.spatial.transform._rotation': 'Rotation',
    'scipy.special': 'expit logit',
    'scipy.special._ufuncs': 'digamma erf erfinv expit gammaln logit psi',
  },
  makes: {
    'scipy.interpolate._bsplines': 'BSpline NdBSpline',
    'scipy.interpolate._cubic': 'Akima1DInterpolator CubicHermiteSpline CubicSpline PchipInterpolator',
    'scipy.interpolate._fitpack2': `
      BivariateSpline InterpolatedUnivariateSpline LSQBivariateSpline LSQSphereBivariateSpline
      LSQUnivariateSpline RectBivariateSpline RectSphereBivariateSpline SmoothBivariateSpline
      SmoothSphereBivariateSpline SphereBivariateSpline UnivariateSpline _BivariateSplineBase
      _DerivedBivariateSpline
    `,
    'scipy.interpolate._interpolate': 'BPoly NdPPoly PPoly _PPolyBase interp1d interp2d',
    'scipy.interpolate._ndgriddata': 'NearestNDInterpolator',
    'scipy.interpolate._polyint': `
      BarycentricInterpolator KroghInterpolator _Interpolator1D _Interpolator1DWithDerivatives
    `,
    'scipy.interpolate._rbf': 'Rbf',
    'scipy.interpolate._rbfinterp': 'RBFInterpolator',
    'scipy.interpolate._rgi': 'RegularGridInterpolator',
    'scipy.interpolate.interpnd': 'CloughTocher2DInterpolator LinearNDInterpolator NDInterpolatorBase',
    'scipy.optimize._constraints': 'Bounds LinearConstraint NonlinearConstraint PreparedConstraint',
    'scipy.optimize._hessian_update_strategy': 'BFGS FullHessianUpdateStrategy HessianUpdateStrategy SR1',
    'scipy.optimize._lbfgsb_py': 'LbfgsInvHessProduct',
    'scipy.optimize._optimize': 'Brent MemoizeJac _Brute_Wrapper',
    'scipy.optimize._zeros_py': 'RootResults',
    'scipy.signal._ltisys': `
      Bunch LinearTimeInvariant StateSpace StateSpaceContinuous StateSpaceDiscrete TransferFunction
      TransferFunctionContinuous TransferFunctionDiscrete ZerosPolesGain ZerosPolesGainContinuous
      ZerosPolesGainDiscrete dlti lti
    `,
    'scipy.sparse._arrays': `
      _sparray bsr_array coo_array csc_array csr_array dia_array dok_array lil_array
    `,
    'scipy.sparse._base': 'spmatrix',
    'scipy.sparse._bsr': '_bsr_base bsr_array bsr_matrix',
    'scipy.sparse._compressed': '_cs_matrix',
    'scipy.sparse._coo': '_coo_base coo_array coo_matrix',
    'scipy.sparse._csc': '_csc_base csc_array csc_matrix',
    'scipy.sparse._csr': '_csr_base csr_array csr_matrix',
    'scipy.sparse._data': '_data_matrix _minmax_mixin',
    'scipy.sparse._dia': '_dia_base dia_array dia_matrix',
    'scipy.sparse._dok': '_dok_base dok_array dok_matrix',
    'scipy.sparse._index': 'IndexMixin',
    'scipy.sparse._lil': '_lil_base lil_array lil_matrix',
    'scipy.sparse.linalg._interface': `
      IdentityOperator LinearOperator MatrixLinearOperator _AdjointLinearOperator
      _AdjointMatrixOperator _CustomLinearOperator _PowerLinearOperator _ProductLinearOperator
      _ScaledLinearOperator _SumLinearOperator _TransposedLinearOperator
    `,
    'scipy.spatial._ckdtree': 'cKDTreeNode coo_entries ordered_pairs',
    'scipy.spatial._kdtree': 'Rectangle',
    'scipy.spatial._qhull': 'ConvexHull Delaunay HalfspaceIntersection Voronoi',
    'scipy.spatial.transform._rotation': 'Slerp',
    'scipy.spatial.transform._rotation_spline': 'RotationSpline',
    'scipy.stats._binned_statistic': `
      BinnedStatistic2dResult BinnedStatisticResult BinnedStatisticddResult
    `,
    'scipy.stats._common': 'ConfidenceInterval',
    'scipy.stats._continuous_distns': `
      alpha_gen anglit_gen arcsine_gen argus_gen beta_gen betaprime_gen bradford_gen burr12_gen
      burr_gen cauchy_gen chi2_gen chi_gen cosine_gen crystalball_gen dgamma_gen dweibull_gen
      erlang_gen expon_gen exponnorm_gen exponpow_gen exponweib_gen f_gen fatiguelife_gen fisk_gen
      foldcauchy_gen foldnorm_gen gamma_gen gausshyper_gen genexpon_gen genextreme_gen gengamma_gen
      genhalflogistic_gen genhyperbolic_gen geninvgauss_gen genlogistic_gen gennorm_gen
      genpareto_gen gibrat_gen gilbrat_gen gompertz_gen gumbel_l_gen gumbel_r_gen halfcauchy_gen
      halfgennorm_gen halflogistic_gen halfnorm_gen hypsecant_gen invgamma_gen invgauss_gen
      invweibull_gen johnsonsb_gen johnsonsu_gen kappa3_gen kappa4_gen ksone_gen kstwo_gen
      kstwobign_gen laplace_asymmetric_gen laplace_gen levy_gen levy_l_gen loggamma_gen logistic_gen
      loglaplace_gen lognorm_gen lomax_gen maxwell_gen mielke_gen moyal_gen nakagami_gen ncf_gen
      nct_gen ncx2_gen norm_gen norminvgauss_gen pareto_gen pearson3_gen powerlaw_gen
      powerlognorm_gen powernorm_gen rayleigh_gen rdist_gen recipinvgauss_gen reciprocal_gen
      rice_gen rv_histogram semicircular_gen skew_norm_gen skewcauchy_gen studentized_range_gen
      t_gen trapezoid_gen triang_gen truncexpon_gen truncnorm_gen truncpareto_gen
      truncweibull_min_gen tukeylambda_gen uniform_gen vonmises_gen wald_gen weibull_max_gen
      weibull_min_gen wrapcauchy_gen
    `,
    'scipy.stats._covariance': `
      CovViaCholesky CovViaDiagonal CovViaEigendecomposition CovViaPSD CovViaPrecision Covariance
    `,
    'scipy.stats._discrete_distns': `
      _nchypergeom_gen bernoulli_gen betabinom_gen binom_gen boltzmann_gen dlaplace_gen geom_gen
      hypergeom_gen logser_gen nbinom_gen nchypergeom_fisher_gen nchypergeom_wallenius_gen
      nhypergeom_gen planck_gen poisson_gen randint_gen skellam_gen yulesimon_gen zipf_gen
      zipfian_gen
    `,
    'scipy.stats._distn_infrastructure': `
      _ShapeInfo rv_continuous rv_continuous_frozen rv_discrete rv_discrete_frozen rv_frozen
      rv_generic rv_sample
    `,
    'scipy.stats._kde': 'gaussian_kde',
    'scipy.stats._morestats': `
      AndersonResult Anderson_ksampResult AnsariResult BartlettResult DirectionalStats FlignerResult
      LeveneResult Mean MedianTestResult ShapiroResult Std_dev Variance WilcoxonResult _ABW
    `,
    'scipy.stats._multivariate': `
      _PSD       _PSD Covariance
      dirichlet_frozen dirichlet_gen invwishart_frozen invwishart_gen matrix_normal_frozen
      matrix_normal_gen multi_rv_frozen multinomial_frozen multinomial_gen
      multivariate_hypergeom_frozen multivariate_hypergeom_gen multivariate_normal_frozen
      multivariate_normal_gen multivariate_t_frozen multivariate_t_gen ortho_group_frozen
      ortho_group_gen random_correlation_frozen random_correlation_gen random_table_frozen
      random_table_gen special_ortho_group_frozen special_ortho_group_gen uniform_direction_frozen
      uniform_direction_gen unitary_group_frozen unitary_group_gen wishart_frozen wishart_gen
    `,
    'scipy.stats._qmc': `
      Halton LatinHypercube MultinomialQMC MultivariateNormalQMC PoissonDisk QMCEngine Sobol
    `,
    'scipy.stats._stats_mstats_common':
      'LinregressResult LinregressResult.__new__ SiegelslopesResult TheilslopesResult',
    'scipy.stats._stats_py': `
      BrunnerMunzelResult ConfidenceInterval CumfreqResult DescribeResult F_onewayResult
      FriedmanchisquareResult HistogramResult KruskalResult KstestResult KurtosistestResult
      MGCResult ModeResult NormaltestResult PearsonRResult PearsonRResultBase Power_divergenceResult
      RanksumsResult RelfreqResult RepeatedResults SigmaclipResult SignificanceResult SkewtestResult
      TtestResult TtestResultBase Ttest_indResult
    `,
  },
  renamed: {
    'scipy.interpolate.bsplines': 'scipy.interpolate._bsplines',
    'scipy.interpolate.cubic': 'scipy.interpolate._cubic',
    'scipy.interpolate.fitpack2': 'scipy.interpolate._fitpack2',
    'scipy.interpolate.interpolate': 'scipy.interpolate._interpolate',
    'scipy.interpolate.ndgriddata': 'scipy.interpolate._ndgriddata',
    'scipy.interpolate.polyint': 'scipy.interpolate._polyint',
    'scipy.interpolate.rbf': 'scipy.interpolate._rbf',
    'scipy.signal.ltisys': 'scipy.signal._ltisys',
    'scipy.sparse.arrays': 'scipy.sparse._arrays',
    'scipy.sparse.base': 'scipy.sparse._base',
    'scipy.sparse.bsr': 'scipy.sparse._bsr',
    'scipy.sparse.compressed': 'scipy.sparse._compressed',
    'scipy.sparse.coo': 'scipy.sparse._coo',
    'scipy.sparse.csc': 'scipy.sparse._csc',
    'scipy.sparse.csr': 'scipy.sparse._csr',
    'scipy.sparse.data': 'scipy.sparse._data',
    'scipy.sparse.dia': 'scipy.sparse._dia',
    'scipy.sparse.dok': 'scipy.sparse._dok',
    'scipy.sparse.lil': 'scipy.sparse._lil',
    'scipy.spatial.kdtree': 'scipy.spatial._kdtree',
    'scipy.spatial.qhull': 'scipy.spatial._qhull',
    'scipy.stats.kde': 'scipy.stats._kde',
  },
};
