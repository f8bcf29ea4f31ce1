import type { Library } from './library.ts';

/** The parts of YOLO models, which keep what they are given: the same in two homes. */
const YOLO = `
  Bottleneck BottleneckCSP C1 C2 C2f C2fAttn C2fCIB C3 C3Ghost C3k C3k2 C3SPP C3TR C3x CBAM ChannelAttention CIB Classify Concat Conv
  Conv2 ConvTranspose Contract CrossConv DFL Detect DetectMultiBackend DWConv DWConvTranspose2d Expand Focus GhostBottleneck
  GhostConv HGBlock HGStem ImagePoolingAttn LightConv MixConv2d OBB Pose Proto PSA RepC3 RepConv ResNetBlock ResNetLayer
  SCDown Segment SpatialAttention SPP SPPELAN SPPF Sum TransformerBlock TransformerLayer
`;

export const DETECTORS: Library = {
  name: 'ultralytics, yolov5, yolov7',
  versions: 'ultralytics 8.0 to 8.3, yolov5 1.0 to 7.0, yolov7',
  source: 'https://github.com/ultralytics/ultralytics, https://github.com/ultralytics/yolov5',
  calls: {
    'ultralytics.nn.modules.head': 'Detect.forward Segment.forward Pose.forward',
    'ultralytics.nn.modules': 'Detect.forward Segment.forward Pose.forward',
    'models.yolo': 'Detect.forward',
  },
  makes: {
    'ultralytics.nn.tasks': `
      BaseModel ClassificationModel DetectionModel Ensemble OBBModel PoseModel RTDETRDetectionModel SegmentationModel
      WorldModel YOLOEModel YOLOESegModel
    `,
    'ultralytics.yolo.utils': 'IterableSimpleNamespace',
    'ultralytics.yolo.utils.loss': 'BboxLoss',
    'ultralytics.yolo.utils.tal': 'TaskAlignedAssigner',
    'ultralytics.yolo.v8.detect.train': 'Loss',
    'ultralytics.utils': 'IterableSimpleNamespace',
    'ultralytics.utils.loss':
      'BboxLoss DFLoss v8ClassificationLoss v8DetectionLoss v8OBBLoss v8PoseLoss v8SegmentationLoss',
    'ultralytics.utils.tal': 'TaskAlignedAssigner RotatedTaskAlignedAssigner',
    'ultralytics.nn.modules': YOLO,
    'ultralytics.nn.modules.block': `${YOLO} A2C2f AAttn ABlock Attention BNContrastiveHead C2fPSA C2PSA ContrastiveHead MaxSigmoidAttnBlock PSABlock`,
    'ultralytics.nn.modules.conv': YOLO,
    'ultralytics.nn.modules.head': `${YOLO} RTDETRDecoder WorldDetect v10Detect YOLOEDetect YOLOESegment`,
    'ultralytics.nn.modules.transformer': `
      AIFI DeformableTransformerDecoder DeformableTransformerDecoderLayer LayerNorm2d MLP MLPBlock MSDeformAttn
      TransformerBlock TransformerEncoderLayer TransformerLayer
    `,
    'models.yolo': `${YOLO} BaseModel ClassificationModel DetectionModel Model SegmentationModel IDetect IAuxDetect`,
    'models.common': `${YOLO} MP SP ReOrg Shortcut SPPCSPC ImplicitA ImplicitM RepConv BottleneckCSPA C3 AutoShape`,
    'models.experimental': 'Ensemble Sum MixConv2d CrossConv',
    'utils.loss': 'ComputeLoss',
    'utils.autoanchor': '',
    'yolov5.models.yolo': `${YOLO} BaseModel DetectionModel Model`,
    'yolov5.models.common': YOLO,
  },
};

export const TRAINERS: Library = {
  name: 'lightning, fastai, timm, segment-anything',
  versions: 'lightning 1.0 to 2.6, fastai 1.0 to 2.8, timm 0.3 to 1.0',
  source:
    'https://github.com/Lightning-AI/pytorch-lightning, https://github.com/huggingface/pytorch-image-models',
  calls: {},
  makes: {
    'pytorch_lightning.utilities.parsing': 'AttributeDict',
    'lightning.pytorch.utilities.parsing': 'AttributeDict',
    'lightning_fabric.utilities.data': 'AttributeDict',
    'lightning.fabric.utilities.data': 'AttributeDict',
    'pytorch_lightning.callbacks.model_checkpoint': 'ModelCheckpoint',
    'pytorch_lightning.callbacks.early_stopping': 'EarlyStopping',
    'lightning.pytorch.callbacks.model_checkpoint': 'ModelCheckpoint',
    'lightning.pytorch.callbacks.early_stopping': 'EarlyStopping',
    'fastai.layers':
      'AdaptiveConcatPool2d BatchNorm1dFlat ConvLayer Flatten LinBnDrop MergeLayer PixelShuffle_ICNR SigmoidRange',
    'timm.models.resnet': 'BasicBlock Bottleneck ResNet',
    'timm.models.efficientnet': 'EfficientNet',
    'timm.models._efficientnet_blocks': `
      ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite UniversalInvertedResidual
    `,
    'timm.models.efficientnet_blocks':
      'ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite',
    'timm.models.vision_transformer': 'Attention Block LayerScale Mlp PatchEmbed VisionTransformer',
    'timm.models.layers.patch_embed': 'PatchEmbed',
    'timm.models.layers.mlp': 'Mlp',
    'timm.models.layers.drop': 'DropPath',
    'timm.models.layers.norm_act': 'BatchNormAct2d',
    'timm.models.layers.adaptive_avgmax_pool': 'SelectAdaptivePool2d FastAdaptiveAvgPool2d',
    'timm.layers.adaptive_avgmax_pool': 'SelectAdaptivePool2d FastAdaptiveAvgPool2d',
    'timm.layers.patch_embed': 'PatchEmbed',
    'timm.layers.attention': 'Attention',
    'timm.layers.mlp': 'Mlp',
    'timm.layers.drop': 'DropPath',
    'timm.layers.norm': 'GroupNorm1 LayerNorm LayerNorm2d RmsNorm',
    'timm.layers.norm_act': 'BatchNormAct2d',
    'timm.layers.activations': 'GELU HardMish HardSigmoid HardSwish Mish PReLU Sigmoid Swish Tanh',
    'timm.layers.linear': 'Linear',
    'timm.layers.conv2d_same': 'Conv2dSame',
    'timm.layers.format': '',
    'segment_anything.modeling.sam': 'Sam',
    'basicsr.archs.rrdbnet_arch': 'RRDBNet RRDB ResidualDenseBlock',
    'timm.models.convnext': 'ConvNeXt ConvNeXtBlock ConvNeXtStage',
    'timm.models.swin_transformer': 'SwinTransformer SwinTransformerBlock WindowAttention PatchMerging',
  },
  members: { 'timm.layers.format': 'Format' },
};

/** Their `__init__` takes numbers only, but there are no calls of it in files. */
export const IMAGES: Library = {
  name: 'scikit-image',
  versions: '0.14 to 0.25',
  source: 'https://github.com/scikit-image/scikit-image',
  calls: {},
  makes: {
    'skimage.transform._geometric': `
      AffineTransform EssentialMatrixTransform EuclideanTransform FundamentalMatrixTransform GeometricTransform
      PiecewiseAffineTransform PolynomialTransform ProjectiveTransform SimilarityTransform
    `,
  },
};
