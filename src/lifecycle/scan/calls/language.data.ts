import type { Library } from './library.ts';

/** Heads of a model of transformers. */
const HEADS =
  'Model PreTrainedModel ForMaskedLM ForSequenceClassification ForTokenClassification ForQuestionAnswering';
const heads = (name: string, more = '') =>
  `${HEADS.split(' ')
    .map((head) => `${name}${head}`)
    .join(' ')} ${more}`;

const bertLike = (name: string, more = '') =>
  heads(
    name,
    `${['Attention', 'Embeddings', 'Encoder', 'Intermediate', 'Layer', 'LMHead', 'LMPredictionHead', 'OnlyMLMHead', 'Output', 'Pooler', 'PredictionHeadTransform', 'PreTrainingHeads', 'SelfAttention', 'SdpaSelfAttention', 'SelfOutput', 'ForPreTraining', 'ForMultipleChoice', 'ClassificationHead', 'LMHeadModel', 'ForCausalLM'].map((part) => `${name}${part}`).join(' ')} ${more}`,
  );

/** What is saved beside a checkpoint (arguments, states of trainers) and modules of the commonest models, which keep what they are given. */
export const TRANSFORMERS: Library = {
  name: 'transformers, tokenizers, accelerate, sentence-transformers',
  versions: 'transformers 2.0 to 4.57, tokenizers 0.8 to 0.22',
  source: 'https://github.com/huggingface/transformers',
  calls: {
    tokenizers: 'Tokenizer AddedToken Encoding',
    'tokenizers.models': 'Model BPE WordPiece WordLevel Unigram',
    'transformers.activations': 'NewGELUActivation GELUActivation ACT2FN gelu gelu_new',
    'transformers.utils.generic': 'ModelOutput',
    'transformers.file_utils': 'ModelOutput',
    'transformers.modeling_outputs': `
      BaseModelOutput BaseModelOutputWithPooling BaseModelOutputWithPoolingAndCrossAttentions CausalLMOutput
      CausalLMOutputWithPast MaskedLMOutput QuestionAnsweringModelOutput SequenceClassifierOutput TokenClassifierOutput
    `,
    'transformers.tokenization_utils_base': 'AddedToken BatchEncoding',
  },
  makes: {
    tokenizers: 'Tokenizer AddedToken Encoding',
    'transformers.training_args': 'TrainingArguments',
    'transformers.training_args_seq2seq': 'Seq2SeqTrainingArguments',
    'transformers.trainer_callback': 'TrainerState TrainerControl',
    'transformers.trainer_pt_utils': 'AcceleratorConfig LabelSmoother',
    'transformers.integrations.deepspeed': 'HfDeepSpeedConfig HfTrainerDeepSpeedConfig',
    'transformers.deepspeed': 'HfDeepSpeedConfig HfTrainerDeepSpeedConfig',
    'transformers.generation.configuration_utils': 'GenerationConfig',
    'transformers.configuration_utils': 'PretrainedConfig',
    'transformers.activations': `
      AccurateGELUActivation ClippedGELUActivation FastGELUActivation GELUActivation LinearActivation MishActivation
      NewGELUActivation PytorchGELUTanh QuickGELUActivation ReLUSquaredActivation SiLUActivation
    `,
    'transformers.pytorch_utils': 'Conv1D',
    'transformers.modeling_utils': 'Conv1D',
    'transformers.models.bert.configuration_bert': 'BertConfig',
    'transformers.models.bert.modeling_bert': bertLike('Bert', 'BertForNextSentencePrediction'),
    'transformers.models.roberta.configuration_roberta': 'RobertaConfig',
    'transformers.models.roberta.modeling_roberta': bertLike('Roberta'),
    'transformers.models.xlm_roberta.configuration_xlm_roberta': 'XLMRobertaConfig',
    'transformers.models.xlm_roberta.modeling_xlm_roberta': bertLike('XLMRoberta'),
    'transformers.models.electra.configuration_electra': 'ElectraConfig',
    'transformers.models.electra.modeling_electra': bertLike('Electra', 'ElectraDiscriminatorPredictions'),
    'transformers.models.mpnet.configuration_mpnet': 'MPNetConfig',
    'transformers.models.mpnet.modeling_mpnet': bertLike('MPNet'),
    'transformers.models.albert.configuration_albert': 'AlbertConfig',
    'transformers.models.albert.modeling_albert': bertLike(
      'Albert',
      'AlbertTransformer AlbertLayerGroup AlbertMLMHead',
    ),
    'transformers.models.distilbert.configuration_distilbert': 'DistilBertConfig',
    'transformers.models.distilbert.modeling_distilbert': heads(
      'DistilBert',
      'Embeddings FFN MultiHeadSelfAttention DistilBertSdpaAttention Transformer TransformerBlock',
    ),
    'transformers.models.gpt2.configuration_gpt2': 'GPT2Config',
    'transformers.models.gpt2.modeling_gpt2': heads(
      'GPT2',
      'GPT2Attention GPT2SdpaAttention GPT2Block GPT2MLP GPT2LMHeadModel GPT2DoubleHeadsModel',
    ),
    'transformers.models.t5.configuration_t5': 'T5Config',
    'transformers.models.t5.modeling_t5': heads(
      'T5',
      'T5Attention T5Block T5DenseActDense T5DenseGatedActDense T5DenseReluDense T5LayerCrossAttention T5LayerFF T5LayerNorm T5LayerSelfAttention T5Stack T5ForConditionalGeneration T5EncoderModel',
    ),
    'transformers.models.llama.configuration_llama': 'LlamaConfig',
    'transformers.models.llama.modeling_llama': heads(
      'Llama',
      'LlamaAttention LlamaSdpaAttention LlamaDecoderLayer LlamaMLP LlamaRMSNorm LlamaRotaryEmbedding LlamaForCausalLM',
    ),
    'transformers.models.vit.configuration_vit': 'ViTConfig',
    'transformers.models.vit.modeling_vit': heads(
      'ViT',
      'ViTAttention ViTEmbeddings ViTEncoder ViTIntermediate ViTLayer ViTOutput ViTPatchEmbeddings ViTPooler ViTSelfAttention ViTSdpaAttention ViTSdpaSelfAttention ViTSelfOutput ViTForImageClassification',
    ),
    'transformers.models.bert.tokenization_bert': 'BasicTokenizer BertTokenizer WordpieceTokenizer',
    'transformers.models.bert.tokenization_bert_fast': 'BertTokenizerFast',
    'transformers.models.roberta.tokenization_roberta_fast': 'RobertaTokenizerFast',
    'transformers.models.distilbert.tokenization_distilbert_fast': 'DistilBertTokenizerFast',
    'transformers.models.gpt2.tokenization_gpt2_fast': 'GPT2TokenizerFast',
    'transformers.tokenization_utils_fast': 'PreTrainedTokenizerFast',
    'transformers.tokenization_utils': 'Trie',
    'accelerate.state': 'PartialState AcceleratorState',
    'accelerate.utils.dataclasses':
      'DeepSpeedPlugin FullyShardedDataParallelPlugin GradientAccumulationPlugin',
    'sentence_transformers.SentenceTransformer': 'SentenceTransformer',
    'sentence_transformers.models.Transformer': 'Transformer',
    'sentence_transformers.models.Pooling': 'Pooling',
    'sentence_transformers.models.Normalize': 'Normalize',
    'sentence_transformers.models.Dense': 'Dense',
  },
  members: {
    'transformers.trainer_utils': `
      IntervalStrategy SaveStrategy EvaluationStrategy HubStrategy SchedulerType FSDPOption ShardedDDPOption
    `,
    'transformers.training_args': 'OptimizerNames ParallelMode',
    'transformers.debug_utils': 'DebugOption',
    'transformers.utils.generic': 'ExplicitEnum PaddingStrategy TensorType',
    'accelerate.utils.dataclasses': `
      DistributedType PrecisionType DynamoBackend ComputeEnvironment LoggerType RNGType SageMakerDistributedType
    `,
    'accelerate.state': 'DistributedType',
  },
};

/** Vocabularies, taggers and vectors. Those that would read a file may only be made. */
export const TEXT: Library = {
  name: 'gensim, nltk, spacy, fasttext, torchtext, fairseq',
  versions: 'gensim 0.12 to 4.4, nltk 3.0 to 3.9, spacy 2.0 to 3.8',
  source:
    'https://github.com/piskvorky/gensim, https://github.com/nltk/nltk, https://github.com/explosion/spaCy',
  calls: {
    'gensim.utils': 'identity call_on_class_only',
    'gensim.models.tfidfmodel': 'df2idf',
    'gensim.models.phrases': 'original_scorer npmi_scorer',
    'nltk.stem.snowball': 'EnglishStemmer.stem',
    'nltk.tree': 'Tree',
    'nltk.tree.tree': 'Tree',
    'nltk.probability': 'FreqDist ConditionalFreqDist',
  },
  makes: {
    'gensim.corpora.dictionary': 'Dictionary',
    'gensim.models.doc2vec': 'Doc2Vec Doc2VecTrainables Doc2VecVocab Doctag TaggedDocument',
    'gensim.models.fasttext': 'FastText FastTextKeyedVectors FastTextTrainables FastTextVocab',
    'gensim.models.keyedvectors': `
      BaseKeyedVectors CompatVocab Doc2VecKeyedVectors EuclideanKeyedVectors FastTextKeyedVectors KeyedVectors Vocab
      Word2VecKeyedVectors WordEmbeddingsKeyedVectors
    `,
    'gensim.models.word2vec': 'Vocab Word2Vec Word2VecTrainables Word2VecVocab',
    'gensim.models.ldamodel': 'LdaModel LdaState',
    'gensim.models.ldamulticore': 'LdaMulticore',
    'gensim.models.lsimodel': 'LsiModel Projection',
    'gensim.models.hdpmodel': 'HdpModel SuffStats',
    'gensim.models.nmf': 'Nmf',
    'gensim.models.phrases': 'FrozenPhrases Phraser Phrases',
    'gensim.models.tfidfmodel': 'TfidfModel',
    'gensim.similarities.docsim': 'MatrixSimilarity SparseMatrixSimilarity',
    'gensim.models.logentropy_model': 'LogEntropyModel',
    'gensim.models.rpmodel': 'RpModel',
    'gensim.models.poincare': 'PoincareKeyedVectors PoincareModel',
    'gensim.utils': 'SaveLoad',
    'nltk.tokenize.punkt': `
      PunktBaseClass PunktLanguageVars PunktParameters PunktSentenceTokenizer PunktToken PunktTokenizer PunktTrainer
    `,
    'nltk.grammar': `
      CFG DependencyGrammar DependencyProduction Nonterminal PCFG ProbabilisticDependencyGrammar ProbabilisticProduction
      Production
    `,
    'nltk.tag.perceptron': 'AveragedPerceptron PerceptronTagger',
    'nltk.tag.sequential': `
      AffixTagger BigramTagger ClassifierBasedPOSTagger ClassifierBasedTagger ContextTagger DefaultTagger NgramTagger
      RegexpTagger SequentialBackoffTagger TrigramTagger UnigramTagger
    `,
    'nltk.tag.brill': 'BrillTagger Pos Word',
    'nltk.tbl.rule': 'Rule TagRule',
    'nltk.classify.naivebayes': 'NaiveBayesClassifier',
    'nltk.classify.maxent': 'BinaryMaxentFeatureEncoding MaxentClassifier TadmEventMaxentFeatureEncoding',
    'nltk.classify.decisiontree': 'DecisionTreeClassifier',
    'nltk.probability': `
      ConditionalFreqDist ConditionalProbDist DictionaryProbDist ELEProbDist FreqDist LaplaceProbDist LidstoneProbDist
      MLEProbDist ProbDistI
    `,
    'nltk.stem.porter': 'PorterStemmer',
    'nltk.stem.snowball': 'SnowballStemmer EnglishStemmer',
    'nltk.stem.wordnet': 'WordNetLemmatizer',
    'nltk.stem.lancaster': 'LancasterStemmer',
    'nltk.tokenize.regexp': 'RegexpTokenizer WhitespaceTokenizer WordPunctTokenizer',
    'nltk.tokenize.treebank': 'TreebankWordTokenizer TreebankWordDetokenizer',
    'nltk.tokenize.destructive': 'NLTKWordTokenizer',
    'nltk.tokenize.casual': 'TweetTokenizer',
    'nltk.lm.models': 'KneserNeyInterpolated Laplace Lidstone MLE',
    'nltk.lm.counter': 'NgramCounter',
    'nltk.lm.vocabulary': 'Vocabulary',
    'torchtext.vocab': 'Vectors Vocab',
    'torchtext.vocab.vocab': 'Vocab',
    'torchtext.data.field': 'Field LabelField NestedField RawField',
    'fairseq.data.dictionary': 'Dictionary',
    'keras_preprocessing.text': 'Tokenizer',
    'keras.preprocessing.text': 'Tokenizer',
    'keras.src.preprocessing.text': 'Tokenizer',
    'keras.src.legacy.preprocessing.text': 'Tokenizer',
    'tensorflow.python.keras.preprocessing.text': 'Tokenizer',
    rank_bm25: 'BM25Okapi BM25Plus BM25L BM25',
    'sumy.models.dom._document': 'ObjectDocumentModel',
    'textblob.classifiers': 'NaiveBayesClassifier',
  },
};
