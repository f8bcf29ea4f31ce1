import type { Library } from './library.ts';

/** Tensors are put together from storages; modules keep their parameters. Loaders (load, hub, jit, package, fx) are not here. */
export const TORCH: Library = {
  name: 'torch',
  versions: '0.3 to 2.9',
  source: 'https://github.com/pytorch/pytorch',
  calls: {
    torch: `
      BFloat16Storage BFloat16Tensor BoolStorage BoolTensor ByteStorage ByteTensor CharStorage
      CharTensor ComplexDoubleStorage ComplexFloatStorage DoubleStorage DoubleTensor FloatStorage
      FloatTensor Generator HalfStorage HalfTensor IntStorage IntTensor LongStorage LongTensor
      QInt32Storage QInt8Storage QUInt2x4Storage QUInt4x2Storage QUInt8Storage ShortStorage
      ShortTensor Size Tensor TypedStorage UntypedStorage abs add argmax bfloat16 bmm bool cat ceil
      channels_last channels_last_3d clamp clone complex128 complex32 complex64 concat
      contiguous_format cos cumsum device div dot double dtype einsum empty exp eye flatten float
      float16 float32 float4_e2m1fn_x2 float64 float8_e4m3fn float8_e4m3fnuz float8_e5m2
      float8_e5m2fnuz float8_e8m0fnu floor from_numpy full half int int16 int32 int64 int8 layout
      log log1p logsumexp long matmul max mean memory_format min mm mul neg ones per_channel_affine
      per_channel_affine_float_qparams per_channel_symmetric per_tensor_affine per_tensor_symmetric
      permute pow preserve_format qint32 qint8 quint2x4 quint4x2 quint8 rand randn relu relu_
      reshape round rsqrt selu short sigmoid sigmoid_ sign sin softmax sparse_bsc sparse_bsr
      sparse_coo sparse_csc sparse_csr sqrt square squeeze stack strided sub sum tanh tanh_ tensor
      transpose tril triu uint16 uint32 uint64 uint8 unsqueeze where zeros
    `,
    'torch._C': 'Generator Size _VariableFunctions.relu device dtype layout',
    'torch._C._nn': `
      elu_ gelu hardsigmoid hardswish hardtanh leaky_relu linear log_sigmoid mish
      scaled_dot_product_attention silu softplus
    `,
    'torch._tensor': 'Tensor _rebuild_from_type _rebuild_from_type_v2',
    'torch._utils': `
      _rebuild_device_tensor_from_cpu_tensor _rebuild_device_tensor_from_numpy
      _rebuild_meta_tensor_no_storage _rebuild_mlc_tensor _rebuild_nested_tensor _rebuild_parameter
      _rebuild_parameter_v2 _rebuild_parameter_with_state _rebuild_qtensor
      _rebuild_sparse_csr_tensor _rebuild_sparse_tensor _rebuild_tensor _rebuild_tensor_v2
      _rebuild_tensor_v3 _rebuild_wrapper_subclass _rebuild_xla_tensor
    `,
    'torch.autograd.variable': 'Variable',
    'torch.backends.cudnn.rnn': 'Unserializable',
    'torch.cuda': `
      BFloat16Storage BFloat16Tensor BoolStorage BoolTensor ByteStorage ByteTensor CharStorage
      CharTensor ComplexDoubleStorage ComplexFloatStorage DoubleStorage DoubleTensor FloatStorage
      FloatTensor HalfStorage HalfTensor IntStorage IntTensor LongStorage LongTensor QInt32Storage
      QInt8Storage QUInt2x4Storage QUInt4x2Storage QUInt8Storage ShortStorage ShortTensor
      TypedStorage UntypedStorage
    `,
    'torch.cuda.sparse': `
      BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor
      LongTensor ShortTensor
    `,
    'torch.distributed._tensor.api': 'DTensor',
    'torch.distributed.tensor': 'DTensor',
    'torch.fx.immutable_collections': 'immutable_dict immutable_list',
    'torch.jit._pickle': `
      build_boollist build_doublelist build_intlist build_tensor_from_id build_tensorlist
      restore_type_tag
    `,
    'torch.nn': 'Parameter',
    'torch.nn._reduction': 'get_enum',
    'torch.nn.backends.thnn': '_get_thnn_function_backend',
    'torch.nn.functional': `
      adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool2d avg_pool2d celu cross_entropy
      dropout elu gelu glu hardsigmoid hardswish hardtanh interpolate kl_div layer_norm leaky_relu
      linear log_softmax logsigmoid max_pool2d mish mse_loss nll_loss normalize one_hot pad prelu
      relu relu6 relu_ rrelu scaled_dot_product_attention selu sigmoid silu smooth_l1_loss softmax
      softplus softshrink softsign tanh tanhshrink threshold
    `,
    'torch.nn.parameter': 'Buffer Parameter UninitializedBuffer UninitializedParameter',
    'torch.nn.utils.rnn': 'PackedSequence',
    'torch.nn.modules.linear': 'LazyLinear._infer_parameters LazyLinear._lazy_load_hook',
    'torch.optim.lr_scheduler': `
      CyclicLR._exp_range_scale_fn CyclicLR._triangular2_scale_fn CyclicLR._triangular_scale_fn OneCycleLR._annealing_cos
      OneCycleLR._annealing_linear
    `,
    'torch.utils.data._utils.collate': 'default_collate',
    'torch.serialization': '_get_dtype _get_layout',
    'torch.sparse': `
      BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor
      LongTensor ShortTensor
    `,
    'torch.storage': 'TypedStorage UntypedStorage _LegacyStorage _TypedStorage _UntypedStorage',
    'torch.tensor': 'Tensor _rebuild_from_type _rebuild_from_type_v2 _rebuild_wrapper_subclass',
    'torch.torch_version': 'TorchVersion',
  },
  makes: {
    'torch.ao.nn.intrinsic.modules.fused': `
      BNReLU2d BNReLU3d ConvBn1d ConvBn2d ConvBn3d ConvBnReLU1d ConvBnReLU2d ConvBnReLU3d ConvReLU1d
      ConvReLU2d ConvReLU3d LinearBn1d LinearReLU _FusedModule
    `,
    'torch.ao.nn.intrinsic.qat.modules.conv_fused': `
      ConvBn1d ConvBn2d ConvBn3d ConvBnReLU1d ConvBnReLU2d ConvBnReLU3d ConvReLU1d ConvReLU2d
      ConvReLU3d _ConvBnNd
    `,
    'torch.ao.nn.intrinsic.qat.modules.linear_fused': 'LinearBn1d',
    'torch.ao.nn.intrinsic.qat.modules.linear_relu': 'LinearReLU',
    'torch.ao.nn.intrinsic.quantized.dynamic.modules.linear_relu': 'LinearReLU',
    'torch.ao.nn.intrinsic.quantized.modules.bn_relu': 'BNReLU2d BNReLU3d',
    'torch.ao.nn.intrinsic.quantized.modules.conv_relu': 'ConvReLU1d ConvReLU2d ConvReLU3d',
    'torch.ao.nn.intrinsic.quantized.modules.linear_relu': 'LinearReLU',
    'torch.ao.nn.qat.dynamic.modules.linear': 'Linear',
    'torch.ao.nn.qat.modules.conv': 'Conv1d Conv2d Conv3d _ConvNd',
    'torch.ao.nn.qat.modules.embedding_ops': 'Embedding EmbeddingBag',
    'torch.ao.nn.qat.modules.linear': 'Linear',
    'torch.ao.nn.quantizable.modules.activation': 'MultiheadAttention',
    'torch.ao.nn.quantizable.modules.rnn': 'LSTM LSTMCell _LSTMLayer _LSTMSingleLayer',
    'torch.ao.nn.quantized.dynamic.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d
    `,
    'torch.ao.nn.quantized.dynamic.modules.linear': 'Linear',
    'torch.ao.nn.quantized.dynamic.modules.rnn': `
      GRU GRUCell LSTM LSTMCell PackedParameter RNNBase RNNCell RNNCellBase
    `,
    'torch.ao.nn.quantized.modules': 'DeQuantize Quantize',
    'torch.ao.nn.quantized.modules.activation': `
      ELU Hardswish LeakyReLU MultiheadAttention PReLU ReLU6 Sigmoid Softmax
    `,
    'torch.ao.nn.quantized.modules.batchnorm': 'BatchNorm2d BatchNorm3d _BatchNorm',
    'torch.ao.nn.quantized.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d _ConvNd _ConvTransposeNd
    `,
    'torch.ao.nn.quantized.modules.dropout': 'Dropout',
    'torch.ao.nn.quantized.modules.embedding_ops': 'Embedding EmbeddingBag EmbeddingPackedParams',
    'torch.ao.nn.quantized.modules.functional_modules': 'FXFloatFunctional FloatFunctional QFunctional',
    'torch.ao.nn.quantized.modules.linear': 'Linear LinearPackedParams',
    'torch.ao.nn.quantized.modules.normalization': `
      GroupNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm
    `,
    'torch.ao.nn.quantized.modules.rnn': 'LSTM',
    'torch.ao.nn.quantized.modules.utils': 'WeightedQuantizedModule',
    'torch.ao.nn.quantized.reference.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d _ConvNd _ConvTransposeNd
    `,
    'torch.ao.nn.quantized.reference.modules.linear': 'Linear',
    'torch.ao.nn.quantized.reference.modules.rnn': 'GRUCell LSTM LSTMCell RNNBase RNNCell RNNCellBase',
    'torch.ao.nn.quantized.reference.modules.sparse': 'Embedding EmbeddingBag',
    'torch.ao.nn.quantized.reference.modules.utils': 'ReferenceQuantizedModule',
    'torch.ao.nn.sparse.quantized.dynamic.linear': 'Linear',
    'torch.ao.nn.sparse.quantized.linear': 'Linear LinearPackedParams',
    'torch.ao.quantization.fake_quantize': `
      FakeQuantize FakeQuantizeBase FixedQParamsFakeQuantize FusedMovingAvgObsFakeQuantize
    `,
    'torch.ao.quantization.observer': `
      FixedQParamsObserver HistogramObserver MinMaxObserver MovingAverageMinMaxObserver
      MovingAveragePerChannelMinMaxObserver NoopObserver ObserverBase PerChannelMinMaxObserver
      PlaceholderObserver RecordingObserver UniformQuantizationObserverBase _PartialWrapper
    `,
    'torch.ao.quantization.stubs': 'DeQuantStub QuantStub QuantWrapper',
    'torch.distributions.bernoulli': 'Bernoulli',
    'torch.distributions.beta': 'Beta',
    'torch.distributions.binomial': 'Binomial',
    'torch.distributions.categorical': 'Categorical',
    'torch.distributions.cauchy': 'Cauchy',
    'torch.distributions.chi2': 'Chi2',
    'torch.distributions.constraint_registry': 'ConstraintRegistry',
    'torch.distributions.constraints': `
      Constraint _Boolean _Cat _CorrCholesky _Dependent _DependentProperty _GreaterThan
      _GreaterThanEq _HalfOpenInterval _IndependentConstraint _IntegerGreaterThan _IntegerInterval
      _IntegerLessThan _Interval _LessThan _LowerCholesky _LowerTriangular _Multinomial _OneHot
      _PositiveDefinite _PositiveSemidefinite _Real _Simplex _Square _Stack _Symmetric
    `,
    'torch.distributions.continuous_bernoulli': 'ContinuousBernoulli',
    'torch.distributions.dirichlet': 'Dirichlet _Dirichlet',
    'torch.distributions.distribution': 'Distribution',
    'torch.distributions.exp_family': 'ExponentialFamily',
    'torch.distributions.exponential': 'Exponential',
    'torch.distributions.fishersnedecor': 'FisherSnedecor',
    'torch.distributions.gamma': 'Gamma',
    'torch.distributions.geometric': 'Geometric',
    'torch.distributions.gumbel': 'Gumbel',
    'torch.distributions.half_cauchy': 'HalfCauchy',
    'torch.distributions.half_normal': 'HalfNormal',
    'torch.distributions.independent': 'Independent',
    'torch.distributions.kl': '_Match',
    'torch.distributions.kumaraswamy': 'Kumaraswamy',
    'torch.distributions.laplace': 'Laplace',
    'torch.distributions.lkj_cholesky': 'LKJCholesky',
    'torch.distributions.log_normal': 'LogNormal',
    'torch.distributions.logistic_normal': 'LogisticNormal',
    'torch.distributions.lowrank_multivariate_normal': 'LowRankMultivariateNormal',
    'torch.distributions.mixture_same_family': 'MixtureSameFamily',
    'torch.distributions.multinomial': 'Multinomial',
    'torch.distributions.multivariate_normal': 'MultivariateNormal',
    'torch.distributions.negative_binomial': 'NegativeBinomial',
    'torch.distributions.normal': 'Normal',
    'torch.distributions.one_hot_categorical': 'OneHotCategorical OneHotCategoricalStraightThrough',
    'torch.distributions.pareto': 'Pareto',
    'torch.distributions.poisson': 'Poisson',
    'torch.distributions.relaxed_bernoulli': 'LogitRelaxedBernoulli RelaxedBernoulli',
    'torch.distributions.relaxed_categorical': 'ExpRelaxedCategorical RelaxedOneHotCategorical',
    'torch.distributions.studentT': 'StudentT',
    'torch.distributions.transformed_distribution': 'TransformedDistribution',
    'torch.distributions.transforms': `
      AbsTransform AffineTransform CatTransform ComposeTransform CorrCholeskyTransform
      CumulativeDistributionTransform ExpTransform IndependentTransform LowerCholeskyTransform
      PowerTransform ReshapeTransform SigmoidTransform SoftmaxTransform SoftplusTransform
      StackTransform StickBreakingTransform TanhTransform Transform _InverseTransform
    `,
    'torch.distributions.uniform': 'Uniform',
    'torch.distributions.utils': '_lazy_property_and_property lazy_property',
    'torch.distributions.von_mises': 'VonMises',
    'torch.distributions.weibull': 'Weibull',
    'torch.distributions.wishart': 'Wishart',
    'torch.nn.intrinsic.qat.modules.conv_fused': `
      ConvBn1d ConvBn2d ConvBn3d ConvBnReLU1d ConvBnReLU2d ConvBnReLU3d ConvReLU1d ConvReLU2d
      ConvReLU3d _ConvBnNd
    `,
    'torch.nn.intrinsic.qat.modules.linear_fused': 'LinearBn1d',
    'torch.nn.intrinsic.qat.modules.linear_relu': 'LinearReLU',
    'torch.nn.intrinsic.quantized.dynamic.modules.linear_relu': 'LinearReLU',
    'torch.nn.intrinsic.quantized.modules.bn_relu': 'BNReLU2d BNReLU3d',
    'torch.nn.intrinsic.quantized.modules.conv_relu': 'ConvReLU1d ConvReLU2d ConvReLU3d',
    'torch.nn.intrinsic.quantized.modules.linear_relu': 'LinearReLU',
    'torch.nn.modules.activation': `
      CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax
      Mish MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin
      Softplus Softshrink Softsign Tanh Tanhshrink Threshold
    `,
    'torch.nn.modules.adaptive': 'AdaptiveLogSoftmaxWithLoss',
    'torch.nn.modules.batchnorm': `
      BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d
      SyncBatchNorm _BatchNorm _LazyNormBase _NormBase
    `,
    'torch.nn.modules.channelshuffle': 'ChannelShuffle',
    'torch.nn.modules.container': `
      Container ModuleDict ModuleList ParameterDict ParameterList Sequential
    `,
    'torch.nn.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d
      LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d _ConvNd
      _ConvTransposeMixin _ConvTransposeNd
    `,
    'torch.nn.modules.distance': 'CosineSimilarity PairwiseDistance',
    'torch.nn.modules.dropout': `
      AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout _DropoutNd
    `,
    'torch.nn.modules.flatten': 'Flatten Unflatten',
    'torch.nn.modules.fold': 'Fold Unfold',
    'torch.nn.modules.instancenorm': `
      InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d
      LazyInstanceNorm3d _InstanceNorm
    `,
    'torch.nn.modules.linear': 'Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear',
    'torch.nn.modules.loss': `
      BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss
      HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss
      MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss
      SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss _Loss _WeightedLoss
    `,
    'torch.nn.modules.module': 'Module _WrappedHook',
    'torch.nn.utils.prune': `
      CustomFromMask Identity L1Unstructured LnStructured PruningContainer RandomStructured RandomUnstructured
    `,
    'torch.nn.modules.normalization': 'CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm',
    'torch.nn.modules.padding': `
      CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d
      ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d
      ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d _ConstantPadNd _ReflectionPadNd
      _ReplicationPadNd
    `,
    'torch.nn.modules.pixelshuffle': 'PixelShuffle PixelUnshuffle',
    'torch.nn.modules.pooling': `
      AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d
      AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d
      LPPool1d LPPool2d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d
      _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _AvgPoolNd _LPPoolNd _MaxPoolNd _MaxUnpoolNd
    `,
    'torch.nn.modules.rnn': 'GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase',
    'torch.nn.modules.sparse': 'Embedding EmbeddingBag',
    'torch.nn.modules.transformer': `
      Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
      TransformerEncoderLayer
    `,
    'torch.nn.modules.upsampling': 'Upsample UpsamplingBilinear2d UpsamplingNearest2d',
    'torch.nn.parallel.data_parallel': 'DataParallel',
    'torch.nn.parallel.distributed': 'DistributedDataParallel',
    'torch.nn.qat.dynamic.modules.linear': 'Linear',
    'torch.nn.qat.modules.conv': 'Conv1d Conv2d Conv3d _ConvNd',
    'torch.nn.qat.modules.embedding_ops': 'Embedding EmbeddingBag',
    'torch.nn.qat.modules.linear': 'Linear',
    'torch.nn.quantizable.modules.activation': 'MultiheadAttention',
    'torch.nn.quantizable.modules.rnn': 'LSTM LSTMCell _LSTMLayer _LSTMSingleLayer',
    'torch.nn.quantized.dynamic.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d
    `,
    'torch.nn.quantized.dynamic.modules.linear': 'Linear',
    'torch.nn.quantized.dynamic.modules.rnn': `
      GRU GRUCell LSTM LSTMCell PackedParameter RNNBase RNNCell RNNCellBase
    `,
    'torch.nn.quantized.modules': 'DeQuantize Quantize',
    'torch.nn.quantized.modules.activation': `
      ELU Hardswish LeakyReLU MultiheadAttention PReLU ReLU6 Sigmoid Softmax
    `,
    'torch.nn.quantized.modules.batchnorm': 'BatchNorm2d BatchNorm3d _BatchNorm',
    'torch.nn.quantized.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d _ConvNd _ConvTransposeNd
    `,
    'torch.nn.quantized.modules.dropout': 'Dropout',
    'torch.nn.quantized.modules.embedding_ops': 'Embedding EmbeddingBag EmbeddingPackedParams',
    'torch.nn.quantized.modules.functional_modules': 'FXFloatFunctional FloatFunctional QFunctional',
    'torch.nn.quantized.modules.linear': 'Linear LinearPackedParams',
    'torch.nn.quantized.modules.normalization': `
      GroupNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm
    `,
    'torch.nn.quantized.modules.rnn': 'LSTM',
    'torch.nn.quantized.modules.utils': 'WeightedQuantizedModule',
    'torch.nn.quantized.reference.modules.conv': `
      Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d _ConvNd _ConvTransposeNd
    `,
    'torch.nn.quantized.reference.modules.linear': 'Linear',
    'torch.nn.quantized.reference.modules.rnn': 'GRUCell LSTM LSTMCell RNNBase RNNCell RNNCellBase',
    'torch.nn.quantized.reference.modules.sparse': 'Embedding EmbeddingBag',
    'torch.nn.quantized.reference.modules.utils': 'ReferenceQuantizedModule',
    'torch.nn.utils.parametrizations': '_Orthogonal _SpectralNorm _WeightNorm',
    'torch.nn.utils.parametrize': 'ParametrizationList',
    'torch.nn.utils.spectral_norm': `
      SpectralNorm SpectralNormLoadStateDictPreHook SpectralNormStateDictHook
    `,
    'torch.nn.utils.weight_norm': 'WeightNorm',
    'torch.optim.adadelta': 'Adadelta',
    'torch.optim.adagrad': 'Adagrad',
    'torch.optim.adam': 'Adam _MultiDeviceReplicator',
    'torch.optim.adamax': 'Adamax',
    'torch.optim.adamw': 'AdamW',
    'torch.optim.asgd': 'ASGD',
    'torch.optim.lbfgs': 'LBFGS',
    'torch.optim.lr_scheduler': `
      ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR
      ExponentialLR LRScheduler LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR
      PolynomialLR ReduceLROnPlateau SequentialLR StepLR _LRScheduler _enable_get_lr_call
    `,
    'torch.optim.nadam': 'NAdam',
    'torch.optim.optimizer': 'Optimizer _RequiredParameter',
    'torch.optim.radam': 'RAdam',
    'torch.optim.rmsprop': 'RMSprop',
    'torch.optim.rprop': 'Rprop',
    'torch.optim.sgd': 'SGD',
    'torch.optim.sparse_adam': 'SparseAdam',
    'torch.optim.swa_utils': 'AveragedModel SWALR',
    'torch.quantization.fake_quantize': `
      FakeQuantize FakeQuantizeBase FixedQParamsFakeQuantize FusedMovingAvgObsFakeQuantize
    `,
    'torch.quantization.observer': `
      FixedQParamsObserver HistogramObserver MinMaxObserver MovingAverageMinMaxObserver
      MovingAveragePerChannelMinMaxObserver NoopObserver ObserverBase PerChannelMinMaxObserver
      PlaceholderObserver RecordingObserver UniformQuantizationObserverBase _PartialWrapper
    `,
    'torch.quantization.stubs': 'DeQuantStub QuantStub QuantWrapper',
    'torch.utils.data.dataloader': 'DataLoader',
    'torch.utils.data.dataset': 'ConcatDataset Dataset Subset TensorDataset',
    'torch.utils.data.sampler': 'BatchSampler RandomSampler SequentialSampler',
    'torch.utils.hooks': 'BackwardHook RemovableHandle',
  },
  members: {
    'torch._C': 'ScalarType _QEngine',
  },
};
