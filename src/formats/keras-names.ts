const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Modules that are Keras, under every name that it has had. */
export const KERAS_MODULE =
  /^(?:(?:tf_)?keras|keras_core|keras_(?:nlp|cv|hub|tuner|rs)|tensorflow\.(?:python\.)?keras|tensorflow\.(?:compat\.v[12]\.)?keras|tf_keras)(?:\.|$)/;

/** Libraries whose layers and optimizers models are made with; nobody has looked at each. */
export const LAYER_LIBRARIES =
  /^(?:tensorflow(?:_addons|_probability|_recommenders|_text|_models|_model_optimization|_quantum|_decision_forests|_similarity|_ranking|_gnn)?|tfa|tfp|official|transformers|efficientnet|classification_models|segmentation_models|spektral|deepctr|keras_contrib|keras_applications|keras_self_attention|keras_bert|keras_unet_collection|autokeras|larq|qkeras|kapre|bayesflow|stellargraph|tcn|vit_keras|retvec)(?:\.|$)/;

/** Parts of Keras, by the step in a module's name, that touch files, the network or other code. */
export const KERAS_DANGEROUS_STEP =
  /^(?:saving|config|callbacks|datasets|export|file_utils|io_utils|serialization_lib|legacy_h5_format|model_visualization|module_utils|python_utils|dataset_utils|saving_api|saving_lib|tfsm_layer|torch_utils|wrapt|zipfile|shutil|subprocess|requests|image_utils|get_file|audio_dataset_utils|image_dataset_utils|text_dataset_utils|traceback_utils|summary_utils|distribution|test|testing|numerical_test)$/;

/** Functions of Keras that touch files, the network or the protection, in whatever module of it. */
export const KERAS_DANGEROUS = words(`
  get_file enable_unsafe_deserialization disable_unsafe_deserialization load_model save_model load_weights save_weights load_data
  load_img save_img plot_model model_to_dot func_load func_dump extract_archive extract_open_archive
  deserialize_keras_object serialize_keras_object deserialize_keras_object_legacy model_from_json model_from_config model_from_yaml
  image_dataset_from_directory audio_dataset_from_directory text_dataset_from_directory timeseries_dataset_from_array
  flow_from_directory hash_file validate_file urlretrieve urlopen run_tests load_from_saved_model from_pretrained from_preset
  load_and_serve export_saved_model import_module exec_command run_script open_if_exists path_to_string rmtree copyfileobj
  set_logging_verbosity import_from_string register_keras_serializable custom_object_scope CustomObjectScope
  map_fn py_function py_func numpy_function load_op_library load_library read_file write_file
`);

/** Layers that load something of elsewhere. */
export const EXTERNAL_LAYERS = words(
  'TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer KerasLayer TFHubLayer SavedModelLayer GraphLayer',
);
export const LOOKUP_KEYS = words(
  'vocabulary vocabulary_file idf_weights filepath file_path filename proto merges merges_file',
);

/** Activations, losses, metrics and the like: functions that only compute. */
export const KERAS_FUNCTIONS = words(`
  celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
  log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax
  squareplus swish tanh tanh_shrink threshold
  binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy
  categorical_hinge circle cosine_similarity cosine_proximity ctc dice hinge huber kl_divergence kld KLD kullback_leibler_divergence
  log_cosh logcosh mae MAE mape MAPE mse MSE msle MSLE mean_absolute_error mean_absolute_percentage_error mean_squared_error
  mean_squared_logarithmic_error poisson sparse_categorical_crossentropy squared_hinge tversky big_endian
  accuracy acc binary_accuracy categorical_accuracy sparse_categorical_accuracy sparse_top_k_categorical_accuracy
  top_k_categorical_accuracy crossentropy r2_score clone_initializer
  glorot_uniform glorot_normal he_normal he_uniform lecun_normal lecun_uniform random_normal random_uniform truncated_normal
  variance_scaling zeros ones constant identity orthogonal l1 l2 l1_l2 max_norm maxnorm non_neg nonneg unit_norm unitnorm
  min_max_norm preprocess_input decode_predictions
  abs absolute add all amax amin any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin array average
  bincount broadcast_to cast ceil clip concatenate conj conv conv_transpose convert_to_tensor cos cosh cross cumprod cumsum
  depthwise_conv diag diff divide dot einsum equal erf exp expand_dims expm1 eye flip floor floor_divide full full_like gather
  greater greater_equal isclose isfinite isinf isnan less less_equal linspace log log10 log1p log2 logaddexp logical_and
  logical_not logical_or logical_xor logsumexp matmul max max_pool maximum mean median min minimum mod moments moveaxis multi_hot
  multiply negative norm normalize not_equal one_hot ones_like outer pad power prod quantile rank reciprocal repeat reshape roll
  round rsqrt scatter segment_max segment_sum shape sign sin sinh slice sort split sqrt square squeeze stack std stop_gradient
  subtract sum swapaxes take take_along_axis tan tensordot tile top_k trace transpose tril triu true_divide unstack var vdot
  vstack hstack where zeros_like
`);

/** Classes of Keras that stand in configurations without a module (Keras 2). */
export const KERAS_CLASSES = words(`
  Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D AveragePooling2D
  AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D
  Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D ConvLSTMCell Convolution1D
  Convolution2D Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM Dense DenseFeatures DepthwiseConv1D DepthwiseConv2D
  Discretization Dot Dropout ELU EinsumDense Embedding Flatten Functional GRU GRUCell GRUV1 GRUV2 GaussianDropout GaussianNoise
  GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalMaxPool1D
  GlobalMaxPool2D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention
  GroupedQueryAttention HashedCrossing Hashing Identity InputLayer InputSpec IntegerLookup LSTM LSTMCell LSTMV1 LSTMV2
  LayerNormalization LeakyReLU LocallyConnected1D LocallyConnected2D Masking MaxPool1D MaxPool2D MaxPool3D MaxPooling1D
  MaxPooling2D MaxPooling3D Maximum MelSpectrogram Merge Minimum Model MultiHeadAttention Multiply Normalization PReLU Permute
  RMSNormalization RNN RandomBrightness RandomContrast RandomCrop RandomFlip RandomHeight RandomRotation RandomTranslation
  RandomWidth RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SeparableConvolution2D
  Sequential SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells
  StringLookup Subtract SyncBatchNormalization TextVectorization ThresholdedReLU TimeDistributed UnitNormalization UpSampling1D
  UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D Wrapper AddV2
  Constant GlorotNormal GlorotUniform HeNormal HeUniform IdentityInitializer LecunNormal LecunUniform Ones Orthogonal
  OrthogonalInitializer RandomNormal RandomUniform STFTInitializer TruncatedNormal VarianceScaling Zeros
  L1 L2 L1L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm RadialConstraint
  SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion Lamb Muon LossScaleOptimizer Optimizer
  ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay CosineDecayRestarts
  BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge
  CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
  MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
  AUC Accuracy BinaryAccuracy BinaryIoU CategoricalAccuracy F1Score FBetaScore FalseNegatives FalsePositives IoU Mean MeanIoU
  MeanMetricWrapper MeanRelativeError MeanTensor OneHotIoU OneHotMeanIoU Precision PrecisionAtRecall R2Score Recall
  RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseTopKCategoricalAccuracy
  SpecificityAtSensitivity Sum TopKCategoricalAccuracy TrueNegatives TruePositives
  DTypePolicy DTypePolicyMap FloatDTypePolicy QuantizedDTypePolicy QuantizedFloat8DTypePolicy Policy PolicyV1 MixedPrecisionPolicy
  TensorShape TypeSpec CompositeTensor TensorSpec SlicingOpLambda TFOpLambda ClassMethod InstanceMethod InstanceProperty
  TensorFlowOpLayer AddLoss AddMetric CompileLoss CompileMetrics KerasTensor
  Lambda __lambda__ TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer
  __tuple__ __tensor__ __numpy__ __bytes__ __ellipsis__ __slice__ __keras_tensor__ __typespec__ __set__ slice tuple list dict
  bool int float str function
`);
