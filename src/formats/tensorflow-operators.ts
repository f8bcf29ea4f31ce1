const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Operators that open files by name or connect to something (TensorFlow 1.15 to 2.19, TensorFlow I/O). */
export const FILE_OPERATORS = words(`
  ReadFile WriteFile MatchingFiles WholeFileReader WholeFileReaderV2 TextLineReader TextLineReaderV2 TFRecordReader TFRecordReaderV2
  FixedLengthRecordReader FixedLengthRecordReaderV2 LMDBReader ReaderRead ReaderReadV2 ReaderReadUpTo ReaderReadUpToV2
  TextLineDataset TFRecordDataset TFRecordDatasetV2 FixedLengthRecordDataset FixedLengthRecordDatasetV2 SqlDataset
  ExperimentalSqlDataset CSVDataset CSVDatasetV2 ExperimentalCSVDataset LMDBDataset ExperimentalLMDBDataset SnapshotDataset
  SnapshotDatasetV2 SnapshotDatasetReader SnapshotNestedDatasetReader SnapshotChunkDataset SaveDataset SaveDatasetV2 LoadDataset
  ListSnapshotChunksDataset DatasetToTFRecord ExperimentalDatasetToTFRecord MatchingFilesDataset ExperimentalMatchingFilesDataset
  DistributedSave BigQueryReader GenerateBigQueryReaderPartitions BigtableTable BigtableClient BigtableLookupDataset
  KafkaDataset IgniteDataset KinesisDataset PubSubDataset DataServiceDataset DataServiceDatasetV2 DataServiceDatasetV3
  DataServiceDatasetV4 RegisterDataset RegisterDatasetV2 CreateSummaryFileWriter CreateSummaryDbWriter ImportEvent
  GcsConfigureBlockCache GcsConfigureCredentials FileSystemSetConfiguration SSTableReader ParquetDataset ArrowDataset
  DebugIdentity DebugIdentityV2 DebugIdentityV3 DebugNanCount DebugNumericSummary
`);

/** Operators that run Python, a graph in a text, or something elsewhere. */
export const CODE_OPERATORS = words(`
  PyFunc PyFuncStateless EagerPyFunc EagerPyFuncStateless DatasetFromGraph RemoteCall RemoteFusedGraphExecute RpcServer RpcServerStart
  RpcServerRegister RpcClient RpcCall RpcCheckStatus RpcGetValue Rpc TryRpc XlaCustomCall XlaCustomCallV2 _XlaCustomCall TfPyFunc
  DeepSpeech LoadLibrary MlirPassthroughOp Abort
`);

/** Operators that are given a path, and where among their inputs. */
export const PATH_OPERATORS: ReadonlyMap<string, number> = new Map([
  ['Save', 0],
  ['SaveV2', 0],
  ['SaveSlices', 0],
  ['Restore', 0],
  ['RestoreV2', 0],
  ['RestoreSlice', 0],
  ['MergeV2Checkpoints', 1],
  ['ShardedFilename', 0],
  ['ShardedFilespec', 0],
  ['InitializeTableFromTextFile', 1],
  ['InitializeTableFromTextFileV2', 1],
  ['InitializeTRTResource', 1],
  ['LoadAndRemapMatrix', 0],
  ['GenerateVocabRemapping', 0],
  ['CacheDataset', 1],
  ['CacheDatasetV2', 1],
  ['CheckpointHasKeyV2', 0],
]);

/** A path that is not one of the model's own. */
export const isForeign = (path: string): boolean =>
  /^(?:[\\/~]|[A-Za-z]:[\\/]|(?!ram:|local:|bytes:|log\()[a-z][a-z0-9+.-]{1,20}:\/\/)|(?:^|[\\/])\.\.(?:[\\/]|$)/i.test(
    path,
  );

/** What the name of an operator that nobody has looked at should not have in it. */
export const SUSPECT =
  /File|Reader|PyFunc|Python|Sql|CSV|Record|LMDB|Snapshot|Save|Load(?!TPU)|Restore|Rpc|Remote|Write|Read(?!Variable)|Writer|BigQuery|Bigtable|Kafka|Ignite|Debug|Exec|Shell|Process|Socket|Http|Url|S3|Gcs|^IO>|Import|Download|Script(?!Tokenize)|Eval|Command|System|^Run|Lambda|Upload|Kill/;

/** Operators of TensorFlow that compute, and touch nothing outside. */
export const KNOWN_OPERATORS = words(`
  Abs AccumulateNV2 Acos Acosh Add AddN AddV2 AdjustContrast AdjustContrastv2 AdjustHue AdjustSaturation All AllCandidateSampler
  Angle AnonymousHashTable AnonymousIterator AnonymousIteratorV2 AnonymousMutableDenseHashTable AnonymousMutableHashTable
  AnonymousMutableHashTableOfTensors Any ApplyAdagrad ApplyAdam ApplyFtrl ApplyGradientDescent ApplyMomentum ApplyRMSProp
  ApproximateEqual ApproxTopK ArgMax ArgMin AsString Asin Asinh Assert Assign AssignAdd AssignAddVariableOp AssignSub
  AssignSubVariableOp AssignVariableOp Atan Atan2 Atanh AudioSpectrogram AudioSummary AudioSummaryV2 AvgPool AvgPool3D AvgPool3DGrad
  AvgPoolGrad Barrier BatchDataset BatchDatasetV2 BatchFunction BatchMatMul BatchMatMulV2 BatchMatMulV3
  BatchNormWithGlobalNormalization BatchToSpace BatchToSpaceND BesselI0e BesselI1e Betainc BiasAdd BiasAddGrad BiasAddV1 Bincount
  Bitcast BitwiseAnd BitwiseOr BitwiseXor BlockLSTM BlockLSTMV2 BoostedTreesBucketize BoostedTreesCreateEnsemble BoostedTreesPredict
  BoostedTreesEnsembleResourceHandleOp BoostedTreesSerializeEnsemble BoostedTreesDeserializeEnsemble IsBoostedTreesEnsembleInitialized
  BroadcastArgs BroadcastGradientArgs BroadcastTo Bucketize CTCBeamSearchDecoder CTCGreedyDecoder CTCLoss CTCLossV2 Case Cast Ceil
  CheckNumerics CheckNumericsV2 Cholesky ClipByValue CollectiveGather Complex ComplexAbs ComputeAccidentalHits Concat ConcatOffset
  ConcatV2 ConcatenateDataset Conj ConjugateTranspose Const ConsumeMutexLock ControlTrigger Conv Conv2D Conv2DBackpropFilter
  Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 Copy CopyHost Cos Cosh CropAndResize CropAndResizeGradBoxes
  CropAndResizeGradImage Cross CudnnRNN CudnnRNNCanonicalToParams CudnnRNNCanonicalToParamsV2 CudnnRNNV2 CudnnRNNV3 CumulativeLogsumexp
  Cumprod Cumsum DataFormatDimMap DataFormatVecPermute DebugGradientIdentity DebugGradientRefIdentity DecodeAndCropJpeg DecodeBase64
  DecodeBmp DecodeCSV DecodeCompressed DecodeGif DecodeImage DecodeJSONExample DecodeJpeg DecodePaddedRaw DecodePng DecodeProtoV2
  DecodeRaw DecodeWav DecodeWebP DeepCopy DeleteIterator DeleteMemoryCache DeleteMultiDeviceIterator DeleteSessionTensor
  DenseBincount DenseToSparseBatchDataset DepthToSpace DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter
  DepthwiseConv2dNativeBackpropInput Dequantize DeserializeManySparse DeserializeSparse DestroyResourceOp DestroyTemporaryVariable Diag
  DiagPart Digamma Dilation2D DisableCopyOnRead Div DivNoNan DrawBoundingBoxes DrawBoundingBoxesV2 DynamicPartition DynamicStitch
  EditDistance Eig Einsum Elu EluGrad Empty EmptyTensorList EmptyTensorMap EncodeBase64 EncodeJpeg EncodeJpegVariableQuality EncodePng
  EncodeProto EncodeWav EnsureShape Enter Equal Erf Erfc Erfinv EuclideanNorm Exit Exp ExpandDims Expm1 ExtractGlimpse
  ExtractGlimpseV2 ExtractImagePatches ExtractJpegShape ExtractVolumePatches FFT FFT2D FFT3D FIFOQueue FIFOQueueV2 FakeQuantWithMinMaxArgs
  FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel FakeParam Fill FilterDataset Fingerprint FixedUnigramCandidateSampler
  FlatMapDataset Floor FloorDiv FloorMod For FractionalAvgPool FractionalMaxPool FusedBatchNorm FusedBatchNormGrad FusedBatchNormGradV3
  FusedBatchNormV2 FusedBatchNormV3 FusedPadConv2D FusedResizeAndPadConv2D GRUBlockCell Gather GatherNd GatherV2
  GenerateBoundingBoxProposals GetSessionHandle GetSessionTensor Greater GreaterEqual GuaranteeConst HSVToRGB HashTable HashTableV2
  HistogramFixedWidth HistogramSummary HostConst IFFT IFFT2D IFFT3D IRFFT IRFFT2D IRFFT3D Identity IdentityN If Igamma Igammac Imag
  ImageProjectiveTransformV2 ImageProjectiveTransformV3 ImageSummary ImmutableConst InTopK InTopKV2 InitializeTable
  InitializeTableFromDataset InitializeTableV2 InplaceAdd InplaceUpdate InterleaveDataset Inv InvGrad Invert InvertPermutation IsFinite
  IsInf IsNan IsVariableInitialized Iterator IteratorFromStringHandle IteratorGetNext IteratorGetNextSync IteratorToStringHandle
  IteratorV2 L2Loss LRN LSTMBlockCell LeakyRelu LeakyReluGrad LearnedUnigramCandidateSampler LeftShift Less LessEqual Lgamma LinSpace
  ListDiff Log Log1p LogMatrixDeterminant LogSoftmax LogUniformCandidateSampler LogicalAnd LogicalNot LogicalOr LookupTableExport
  LookupTableExportV2 LookupTableFind LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableInsert LookupTableInsertV2
  LookupTableRemove LookupTableRemoveV2 LookupTableSize LookupTableSizeV2 LoopCond LowerBound Lu MakeIterator MapDataset MatMul
  MapAndBatchDataset MatrixBandPart MatrixDeterminant MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2
  MatrixDiagV3 MatrixInverse MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 MatrixSolve MatrixSolveLs MatrixSquareRoot
  MatrixTriangularSolve Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad MaxPoolV2 MaxPoolWithArgmax Maximum Mean Merge MergeSummary
  Mfcc Min Minimum MirrorPad MirrorPadGrad Mod ModelDataset Mul MulNoNan Multinomial MutableDenseHashTableV2 MutableHashTable
  MutableHashTableOfTensors MutableHashTableOfTensorsV2 MutableHashTableV2 MutexLock MutexV2 Ndtri Neg NextAfter NextIteration NoOp
  NonDeterministicInts NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5
  NonMaxSuppressionWithOverlaps NotEqual NthElement OneHot OnesLike OptimizeDataset OptimizeDatasetV2 OptionalFromValue
  OptionalGetValue OptionalHasValue OptionalNone OptionsDataset Pack Pad PadV2 PaddedBatchDataset PaddedBatchDatasetV2
  PaddingFIFOQueueV2 ParallelBatchDataset ParallelConcat ParallelDynamicStitch ParallelInterleaveDatasetV2 ParallelInterleaveDatasetV4
  ParallelMapDataset ParallelMapDatasetV2 ParameterizedTruncatedNormal ParseExample ParseExampleV2 ParseSequenceExample
  ParseSequenceExampleV2 ParseSingleExample ParseSingleSequenceExample ParseTensor PartitionedCall Placeholder PlaceholderV2
  PlaceholderWithDefault Polygamma PopulationCount Pow PrefetchDataset PreventGradient Print PrintV2 PriorityQueueV2 Prod Qr
  QuantizeAndDequantize QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 QuantizeDownAndShrinkRange QuantizeV2
  QuantizedAdd QuantizedAvgPool QuantizedBiasAdd QuantizedConcat QuantizedConv2D QuantizedMatMul QuantizedMaxPool QuantizedMul
  QuantizedRelu QuantizedRelu6 QuantizedReshape QuantizedResizeBilinear QueueCloseV2 QueueDequeueManyV2 QueueDequeueV2
  QueueEnqueueManyV2 QueueEnqueueV2 QueueSizeV2 RFFT RFFT2D RFFT3D RGBToHSV RaggedBincount RaggedCross RaggedFillEmptyRows RaggedGather
  RaggedRange RaggedTensorFromVariant RaggedTensorToSparse RaggedTensorToTensor RaggedTensorToVariant RandomCrop RandomDataset
  RandomGamma RandomPoisson RandomPoissonV2 RandomShuffle RandomShuffleQueueV2 RandomStandardNormal RandomUniform RandomUniformInt
  Range RangeDataset Rank ReadVariableOp Real RealDiv Reciprocal ReduceDataset ReduceJoin RefEnter RefExit RefIdentity RefMerge
  RefNextIteration RefSelect RefSwitch RegexFullMatch RegexReplace Relu Relu6 Relu6Grad ReluGrad RepeatDataset RequantizationRange
  Requantize Reshape ResizeArea ResizeBicubic ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor ResizeNearestNeighborGrad
  ResourceApplyAdagrad ResourceApplyAdagradV2 ResourceApplyAdam ResourceApplyAdamWithAmsgrad ResourceApplyAdaMax ResourceApplyAdadelta
  ResourceApplyCenteredRMSProp ResourceApplyFtrl ResourceApplyFtrlV2 ResourceApplyGradientDescent ResourceApplyKerasMomentum
  ResourceApplyMomentum ResourceApplyRMSProp ResourceGather ResourceGatherNd ResourceScatterAdd ResourceScatterNdAdd
  ResourceScatterNdUpdate ResourceScatterSub ResourceScatterUpdate ResourceSparseApplyAdagrad ResourceSparseApplyAdagradV2
  ResourceSparseApplyFtrl ResourceSparseApplyKerasMomentum ResourceSparseApplyMomentum ResourceSparseApplyRMSProp
  ResourceStridedSliceAssign Reverse ReverseSequence ReverseV2 RightShift Rint Roll Round Rsqrt RsqrtGrad SampleDistortedBoundingBox
  SampleDistortedBoundingBoxV2 ScalarSummary ScaleAndTranslate ScanDataset ScatterAdd ScatterNd ScatterNdAdd
  ScatterNdNonAliasingAdd ScatterNdUpdate ScatterSub ScatterUpdate SdcaFprint SegmentMax SegmentMaxV2 SegmentMean SegmentMin
  SegmentMinV2 SegmentProd SegmentSum SegmentSumV2 Select SelectV2 SelfAdjointEig SelfAdjointEigV2 Selu SeluGrad SerializeIterator
  SerializeManySparse SerializeSparse SerializeTensor SetSize Shape ShapeN ShardDataset ShuffleAndRepeatDataset ShuffleDataset
  ShuffleDatasetV2 ShuffleDatasetV3 Sigmoid SigmoidGrad Sign Sin Sinh Size SkipDataset Slice SlidingWindowDataset Softmax
  SoftmaxCrossEntropyWithLogits Softplus SoftplusGrad Softsign SoftsignGrad SpaceToBatch SpaceToBatchND SpaceToDepth SparseAdd
  SparseApplyAdagrad SparseApplyFtrl SparseApplyMomentum SparseBincount SparseConcat SparseCountSparseOutput SparseCross SparseCrossHashed SparseCrossV2
  SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul SparseFillEmptyRows SparseFillEmptyRowsGrad SparseMatMul SparseReduceMax
  SparseReduceSum SparseReorder SparseReshape SparseSegmentMean SparseSegmentMeanGrad SparseSegmentSqrtN SparseSegmentSum
  SparseSegmentSumWithNumSegments SparseSlice SparseSoftmax SparseSoftmaxCrossEntropyWithLogits SparseSparseMaximum SparseSplit
  SparseTensorDenseAdd SparseTensorDenseMatMul SparseTensorSliceDataset SparseToDense SparseToSparseSetOperation Split SplitV Sqrt
  SqrtGrad Square SquaredDifference Squeeze Stack StackCloseV2 StackPopV2 StackPushV2 StackV2 Stage StatefulPartitionedCall
  StatefulRandomBinomial StatefulStandardNormal StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform StatefulUniformInt
  StatefulUniformFullInt StatelessCase StatelessIf StatelessMultinomial StatelessRandomBinomial StatelessRandomGammaV2
  StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg StatelessRandomNormal StatelessRandomNormalV2
  StatelessRandomUniform StatelessRandomUniformInt StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessRandomUniformFullInt
  StatelessRandomUniformFullIntV2 StatelessShuffle StatelessTruncatedNormal StatelessTruncatedNormalV2 StatelessWhile
  StatelessParameterizedTruncatedNormal StatelessSampleDistortedBoundingBox StaticRegexFullMatch StaticRegexReplace StopGradient
  StridedSlice StridedSliceGrad StringFormat StringJoin StringLength StringLower StringNGrams StringSplit StringSplitV2 StringStrip
  StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper Sub Substr Sum Svd Switch
  SymbolicGradient TakeDataset TakeWhileDataset Tan Tanh TanhGrad TemporaryVariable TensorArrayCloseV3 TensorArrayConcatV3
  TensorArrayGatherV3 TensorArrayGradV3 TensorArrayReadV3 TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3
  TensorArrayWriteV3 TensorDataset TensorListConcat TensorListConcatV2 TensorListElementShape TensorListFromTensor TensorListGather
  TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack TensorListPushBackBatch TensorListReserve TensorListResize
  TensorListScatter TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack
  TensorMapErase TensorMapHasKey TensorMapInsert TensorMapLookup TensorMapSize TensorMapStackKeys TensorScatterAdd TensorScatterMax
  TensorScatterMin TensorScatterSub TensorScatterUpdate TensorSliceDataset TensorStridedSliceUpdate TensorSummary TensorSummaryV2 Tile
  Timestamp TopK TopKV2 Transpose TridiagonalMatMul TridiagonalSolve TruncateDiv TruncateMod TruncatedNormal UnbatchDataset
  UniformCandidateSampler UniformDequantize UniformQuantize UniformQuantizedDot Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2
  Unpack UnravelIndex UnsortedSegmentJoin UnsortedSegmentMax UnsortedSegmentMean UnsortedSegmentMin UnsortedSegmentProd
  UnsortedSegmentSum Unstage UnwrapDatasetVariant UpperBound VarHandleOp VarIsInitializedOp Variable VariableShape VariableV2 Where
  While WindowDataset WrapDatasetVariant Xdivy XlaCallModule Xlog1py Xlogy ZerosLike Zeta ZipDataset UnicodeDecode
  UnicodeDecodeWithOffsets UnicodeEncode UnicodeScript UnicodeTranscode _Arg _Retval _FusedMatMul _FusedConv2D _FusedBatchNormEx
  TensorArrayV2 TensorArrayReadV2 TensorArrayWriteV2 TRTEngineOp CreateTRTResourceHandle GetTRTEngineEncoding
  Save SaveV2 SaveSlices Restore RestoreV2 RestoreSlice MergeV2Checkpoints ShardedFilename ShardedFilespec CheckpointHasKeyV2
  InitializeTableFromTextFile InitializeTableFromTextFileV2 InitializeTRTResource LoadAndRemapMatrix GenerateVocabRemapping CacheDataset
  CacheDatasetV2 AdjustContrastV2 WriteAudioSummary WriteGraphSummary WriteHistogramSummary WriteImageSummary WriteRawProtoSummary
  WriteScalarSummary WriteSummary SummaryWriter FlushSummaryWriter CloseSummaryWriter SentencepieceOp SentencepieceTokenizeOp
  SentencepieceDetokenizeOp SentencepieceVocabSizeOp SentencepieceIdToStringOp SentencepieceStringToIdOp WordpieceTokenizeWithOffsets
  FastWordpieceTokenizeWithOffsets FastBertNormalize CaseFoldUTF8 NormalizeUTF8 NormalizeUTF8WithOffsetsMap RegexSplitWithOffsets
  UnicodeScriptTokenizeWithOffsets WhitespaceTokenizeWithOffsets WhitespaceTokenizeWithOffsetsV2 SimpleMLCreateModelResource
  SimpleMLInferenceOpWithHandle SimpleMLLoadModelFromPathWithHandle SimpleMLInferenceLeafIndexOpWithHandle
`);
