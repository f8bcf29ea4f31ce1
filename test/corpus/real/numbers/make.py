"""Makes the real files beside it: python3 make.py (numpy 1.24, scipy 1.10, onnx 1.12, gensim 4.2, dill 0.3.6, all of Debian 12).
What is in them is made here, so they are under the licence of this repository."""
import os
import dill, numpy as np, onnx, scipy.io as sio, scipy.sparse as sp
from gensim.models import KeyedVectors
from onnx import helper, numpy_helper
out = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(out, name)
rng = np.random.default_rng(0)
for kind in ("f2", "f4", "f8", "i4", "i8"):
    values = rng.normal(size=400) if kind[0] == "f" else rng.integers(-50, 50_000, 400)
    values.astype(kind).tofile(at(f"{kind}.bin"))
np.memmap(at("memmap.dat"), dtype="float32", mode="w+", shape=(20, 20))[:] = rng.normal(size=(20, 20))
matrices = dict(a=np.eye(3), s="hello", c=np.array([[1 + 2j]]), i=np.arange(5, dtype="i2"), f=np.float32([[1]]), sp=sp.eye(4).tocsc())
sio.savemat(at("four.mat"), matrices, format="4")
sio.savemat(at("five.mat"), matrices)
sio.savemat(at("packed.mat"), matrices, do_compression=True)
for name, array in dict(floats=rng.normal(size=(2, 3)).astype("f4"), bools=np.array([True, False]), texts=np.array(["a", "b"], dtype=object), halves=np.ones(3, "f2"), none=np.zeros((0, 2), "i8"), one=np.array(1.5)).items():
    with open(at(f"{name}.pb"), "wb") as file: file.write(numpy_helper.from_array(array, name).SerializeToString())
with open(at("list.pb"), "wb") as file: file.write(numpy_helper.from_list([np.ones(2, "f4"), np.ones(3, "f4")], "list").SerializeToString())
weights = numpy_helper.from_array(rng.normal(size=(40, 30)).astype("f4"), "w")
graph = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [], [helper.make_tensor_value_info("y", 1, [40, 30])], [weights])
onnx.save(helper.make_model(graph), at("model.onnx"), save_as_external_data=True, location="model.onnx.data", size_threshold=0)
vectors = KeyedVectors(vector_size=8)
vectors.add_vectors(["the", "quick", "fox"], rng.normal(size=(3, 8)).astype("f4"))
vectors.save_word2vec_format(at("words.bin"), binary=True)
vectors.save_word2vec_format(at("words.txt"))
with open(at("arrays.dill"), "wb") as file: dill.dump({"a": np.eye(3), "m": np.ma.array([1, 2], mask=[0, 1])}, file)
