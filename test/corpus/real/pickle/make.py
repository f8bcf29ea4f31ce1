"""Writes the real files of this folder: python3 make.py FOLDER.

Debian's python3-sklearn, -pandas, -scipy, -torch, -torchvision, -joblib, -xgboost, -statsmodels, -imblearn, -networkx,
-gensim, -nltk, -pil, -omegaconf.
"""

import argparse
import array
import collections
import datetime
import decimal
import fractions
import functools
import operator
import os
import pathlib
import pickle
import re
import sys
import types
import uuid
import warnings

import gensim
import imblearn.over_sampling
import joblib
import networkx
import nltk
import numpy
import omegaconf
import pandas
import scipy.interpolate
import scipy.sparse
import scipy.spatial
import scipy.stats
import sklearn.cluster
import sklearn.compose
import sklearn.decomposition
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.feature_selection
import sklearn.gaussian_process
import sklearn.linear_model
import sklearn.model_selection
import sklearn.naive_bayes
import sklearn.neighbors
import sklearn.neural_network
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.svm
import sklearn.tree
import statsmodels.api
import statsmodels.formula.api
import torch
import torchvision
import xgboost
from PIL import Image

warnings.simplefilter("ignore")
os.chdir(sys.argv[1])
random = numpy.random.RandomState(0)
torch.manual_seed(0)
X, y, z = random.rand(20, 2), numpy.arange(20) % 2, random.rand(20)
frame = pandas.DataFrame({"a": X[:, 0], "b": y, "c": ["x", "y"] * 10, "d": pandas.date_range("2020", periods=20)})
words = [["a", "b", "c"], ["b", "c", "d"]] * 3
texts = ["a good one", "bad thing here", "good good", "bad bad thing"]
dictionary = gensim.corpora.Dictionary(words)
net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.ReLU(), torch.nn.Flatten())


def choice():
    space = {"C": scipy.stats.uniform(0.1, 2), "max_iter": scipy.stats.randint(50, 60)}
    model = sklearn.linear_model.LogisticRegression()
    return sklearn.model_selection.RandomizedSearchCV(model, space, n_iter=2, cv=2, random_state=0).fit(X, y)


def columns():
    parts = [("n", sklearn.preprocessing.StandardScaler(), ["a"]), ("c", sklearn.preprocessing.OneHotEncoder(), ["c"])]
    transformer = sklearn.compose.ColumnTransformer(parts)
    return sklearn.pipeline.make_pipeline(transformer, sklearn.svm.SVC()).fit(frame, y)


def text():
    select = sklearn.feature_selection.SelectKBest(sklearn.feature_selection.chi2, k=2)
    model = sklearn.linear_model.SGDClassifier(random_state=0)
    vectorizer = sklearn.feature_extraction.text.TfidfVectorizer()
    return sklearn.pipeline.make_pipeline(vectorizer, select, model).fit(texts, [1, 0, 1, 0])


def logs():
    function = sklearn.preprocessing.FunctionTransformer(numpy.log1p)
    return sklearn.pipeline.make_pipeline(function, sklearn.linear_model.Ridge()).fit(X, z)


OBJECTS = {
    "python": lambda: [
        collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]), collections.Counter("abc"),
        collections.deque([1], 3), datetime.datetime(2020, 1, 2, 3), datetime.date(2020, 1, 2), datetime.timedelta(1),
        datetime.timezone.utc, decimal.Decimal("1.5"), fractions.Fraction(1, 3), uuid.UUID(int=7), pathlib.Path("x/y"),
        re.compile("a+b"), functools.partial(max, 1), operator.itemgetter(1), types.SimpleNamespace(a=1),
        array.array("d", [1, 2]), argparse.Namespace(a=1), range(5), slice(1, 2), {1, 2}, frozenset([1]),
        bytearray(b"abc"), b"bytes\x80", 1 + 2j, ValueError("x"), Ellipsis, NotImplemented, type(None), int, len,
        2**100, -5, 1e300, float("nan"), True, "\xfcn\xef", re.IGNORECASE,
    ],
    "numpy": lambda: [
        numpy.arange(5), numpy.float64(1.5), numpy.bool_(True), numpy.array(["a", "bc"]),
        numpy.array([None, {}], dtype=object), numpy.zeros(3, dtype=[("a", "f4"), ("b", "O")]),
        numpy.datetime64("2020"), numpy.ma.array([1, 2], mask=[0, 1]), numpy.matrix([[1]]), numpy.poly1d([1, 2]),
        numpy.random.default_rng(0), numpy.dtype("f8"),
    ],
    "pandas": lambda: [
        frame, frame.set_index(["b", "c"]), pandas.period_range("2020", periods=4), pandas.interval_range(0, 4),
        pandas.timedelta_range("1D", periods=3), pandas.array([1, None, 3], dtype="Int64"), pandas.Categorical(["a"]),
        pandas.Series(pandas.date_range("2020", periods=3, tz="Europe/Berlin")), pandas.offsets.BusinessDay(2),
        pandas.Series(pandas.arrays.SparseArray([0, 0, 1])), pandas.Timestamp("2020"), pandas.NaT,
    ],
    "scipy": lambda: [
        scipy.sparse.csr_matrix(X), scipy.sparse.coo_matrix(X), scipy.sparse.csr_array(X), scipy.stats.norm(0, 1),
        scipy.stats.beta(1, 2), scipy.stats.poisson(3), scipy.stats.gaussian_kde(z), scipy.spatial.cKDTree(X),
        scipy.interpolate.interp1d(range(4), range(4)), scipy.interpolate.CubicSpline(range(4), range(4)),
    ],
    "forest": lambda: sklearn.ensemble.RandomForestClassifier(2, max_depth=2, random_state=0).fit(X, y),
    "boosting": lambda: sklearn.ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=1).fit(X, y),
    "histogram": lambda: sklearn.ensemble.HistGradientBoostingClassifier(max_iter=2, max_depth=2).fit(X, y),
    "tree": lambda: sklearn.tree.DecisionTreeRegressor(max_depth=2).fit(X, z),
    "neighbours": lambda: sklearn.neighbors.KNeighborsClassifier(algorithm="kd_tree").fit(X, y),
    "kmeans": lambda: sklearn.cluster.KMeans(2, n_init=1, random_state=0).fit(X),
    "bayes": lambda: sklearn.naive_bayes.GaussianNB().fit(X, y),
    "network": lambda: sklearn.neural_network.MLPClassifier((2,), max_iter=5, random_state=0).fit(X, y),
    "process": lambda: sklearn.gaussian_process.GaussianProcessRegressor().fit(X, z),
    "poisson": lambda: sklearn.linear_model.PoissonRegressor().fit(X, z),
    "choice": choice,
    "columns": columns,
    "text": text,
    "logs": logs,
    "smote": lambda: imblearn.over_sampling.SMOTE(random_state=0),
    "xgboost": lambda: xgboost.XGBClassifier(n_estimators=2, max_depth=1).fit(X, y),
    "logit": lambda: statsmodels.api.Logit(y, X).fit(disp=0),
    "formula": lambda: statsmodels.formula.api.ols("a ~ b + C(c)", frame.drop(columns="d")).fit(),
    "graph": lambda: networkx.path_graph(3),
    "lda": lambda: gensim.models.LdaModel([dictionary.doc2bow(one) for one in words], id2word=dictionary, num_topics=2),
    "word2vec": lambda: gensim.models.Word2Vec(words, min_count=1, vector_size=2),
    "punkt": lambda: nltk.tokenize.punkt.PunktSentenceTokenizer("A b. C d."),
    "image": lambda: Image.new("RGB", (2, 2)),
    "settings": lambda: omegaconf.OmegaConf.create({"a": 1, "b": [1, 2]}),
    "tensors": lambda: [torch.zeros(2, dtype=torch.bfloat16), torch.eye(2).to_sparse(), torch.nn.Parameter(torch.ones(2))],
}

for number, (name, make) in enumerate(OBJECTS.items()):
    made = make()
    protocols = [0, 1, 2, 3, 4, 5] if name in ("python", "numpy") else [number % 4 + 2]
    for protocol in protocols:
        with open(f"{name}-{protocol}.pkl", "wb") as file:
            pickle.dump(made, file, protocol=protocol)
    if name in ("forest", "histogram", "choice", "columns", "pandas", "numpy", "lda"):
        joblib.dump(made, f"{name}.joblib")
joblib.dump(OBJECTS["tree"](), "tree-2.joblib", protocol=2)
joblib.dump(OBJECTS["text"](), "text-5.joblib", protocol=5)
torch.save(net.state_dict(), "state.pt", _use_new_zipfile_serialization=False)
torch.save(net, "module.pt", _use_new_zipfile_serialization=False)
torch.save(torch.optim.Adam(net.parameters()).state_dict(), "adam.pt", _use_new_zipfile_serialization=False)
torch.save([torch.zeros(3, dtype=kind) for kind in (torch.float16, torch.bool, torch.complex64)], "kinds.pt", _use_new_zipfile_serialization=False)
torch.save(torchvision.transforms.Compose([torchvision.transforms.ToTensor()]), "transform.pt", _use_new_zipfile_serialization=False)
with open("several.pkl", "wb") as file:
    for one in ({"a": 1}, [1, 2], "three"):
        pickle.dump(one, file)
