import { type Range, shown } from '../../findings/finding.ts';
import type { Rule } from '../../findings/rule.ts';
import type { Part } from '../format.ts';
import { ONNX_RULES as RULES } from './rules.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Operators of ONNX (versions 1 to 26 of the set, those of before 1.0 among them) that compute. */
const STANDARD = words(`
  Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization Bernoulli BitCast
  BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress Concat
  ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumProd CumSum DFT DeformConv DepthToSpace
  DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather
  GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization
  HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder InstanceNormalization IsInf IsNaN LRN LSTM
  LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool
  MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression
  NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear
  RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
  ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize
  ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct
  SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax
  SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit
  Sub Sum Swish Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor
  ATen Affine ConstantFill Crop DynamicSlice GRUUnit GivenTensorFill ImageScaler ParametricSoftplus Scale ScaledTanh FC LpNorm Caffe2Op
  SimplifiedLayerNormalization MemcpyFromHost MemcpyToHost ExpandDims GroupNorm FusedBatchNorm Swapaxes
`);
const LEARNING = words(`
  ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder LinearClassifier
  LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
  ZipMap
`);

/** Domains whose operators come with the runtime; where all of them are known, these. */
const DOMAINS: ReadonlyMap<string, ReadonlySet<string> | undefined> = new Map([
  ['', STANDARD],
  ['ai.onnx', STANDARD],
  ['ai.onnx.ml', LEARNING],
  ['ai.onnx.training', undefined],
  ['ai.onnx.preview', undefined],
  ['ai.onnx.preview.training', undefined],
  ['com.microsoft', undefined],
  ['com.microsoft.nchwc', undefined],
  ['com.microsoft.experimental', undefined],
  ['com.ms.internal.nhwc', undefined],
  ['org.pytorch.aten', undefined],
]);

/** Operators that run what the model brings, read what it names, or call a service. */
const CODE =
  /^(?:PyOp|PyCustomOp\w*|Python\w*|PyFunc\w*|EPContext|ExternalCustomOp|TorchScript\w*|ATenFallbackPython|OpenAI\w*|Azure\w*|TritonOp|AOTI\w*|CustomOp)$/;
/** What the name of an operator that is in no list should not have in it. */
const SUSPECT =
  /File|Exec|Shell|System|Process|Socket|Http|Url|Download|Upload|Script|Eval(?!uat)|Command|Import|Python|Pickle|Load(?!Balance)|Write|ReadFrom|Library/;
/** Plug-ins of TensorRT stand in the domain of ONNX, for want of one of their own. */
const PLUGIN = /_TRT$|^(?:TRT_|Plugin)/;

/** An operator that a node asks for. */
export interface Asked extends Range {
  readonly domain: string;
  readonly type: string;
}

/** @param defined `domain:name` of the functions that the model defines */
export function judgeOperator(part: Part, asked: Asked, defined: ReadonlySet<string>): void {
  const { domain, type, start, end } = asked;
  const name = shown(domain === '' ? type : `${domain}.${type}`, 100);
  const [rule, what] = faultOf(asked, defined) ?? [];
  if (rule !== undefined)
    part.report({
      rule: rule.id,
      message: `the operator ${name} ${what}`,
      range: { start, end },
      evidence: { operator: name },
    });
}

function faultOf({ domain, type }: Asked, defined: ReadonlySet<string>): readonly [Rule, string] | undefined {
  // A runtime that has the operator runs that, whatever function of the name the model defines.
  if (CODE.test(type)) return [RULES.code, 'runs code, or loads what the model names'];
  if (defined.has(`${domain}:${type}`)) return undefined;
  if (!DOMAINS.has(domain)) return [RULES.custom, 'is no part of ONNX, and not defined in the model'];
  const known = DOMAINS.get(domain);
  if (known?.has(type) === true) return undefined;
  if (SUSPECT.test(type))
    return [RULES.custom, 'is in no list, and by its name opens files or runs something'];
  if (known === undefined) return undefined;
  return PLUGIN.test(type)
    ? [RULES.standard, 'is a plug-in of an accelerator']
    : [RULES.custom, 'is none that ONNX has ever had'];
}
