"""Makes the real HDF5 files beside it: python3 make.py (h5py)."""
import json, os, sys
import h5py, numpy as np
out = os.path.dirname(os.path.abspath(__file__)) if len(sys.argv) < 2 else sys.argv[1]
rng = np.random.default_rng(0)
def layer(cls, **config): return {"class_name": cls, "config": config}
CONFIG = json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": [
    layer("InputLayer", batch_input_shape=[None, 4], dtype="float32", name="in"),
    layer("Dense", units=3, activation="relu", name="d1"),
    layer("Dense", units=1, activation="sigmoid", name="d2")]}})
def model(name, libver, config=CONFIG, layers=2, **kw):
    with h5py.File(os.path.join(out, name), "w", libver=libver, **kw) as f:
        f.attrs["keras_version"] = "2.11.0"
        f.attrs["backend"] = "tensorflow"
        f.attrs["model_config"] = config
        f.attrs["training_config"] = json.dumps({"loss": "mse", "metrics": ["accuracy"], "optimizer_config": layer("Adam", name="Adam")})
        w = f.create_group("model_weights")
        w.attrs["layer_names"] = np.array([f"d{i}".encode() for i in range(layers)])
        for i in range(layers):
            g = w.create_group(f"d{i}").create_group(f"d{i}")
            g.parent.attrs["weight_names"] = np.array([f"d{i}/kernel:0".encode(), f"d{i}/bias:0".encode()])
            g.create_dataset("kernel:0", data=rng.random((4, 3), dtype=np.float32))
            g.create_dataset("bias:0", data=np.zeros(3, np.float32))
model("keras-earliest.h5", "earliest")
model("keras-latest.h5", "latest", layers=10)
model("keras-many.h5", "earliest", layers=12)
model("keras-userblock.h5", "earliest", userblock_size=512)
LAMBDA = json.loads(CONFIG); LAMBDA["config"]["layers"].append(layer("Lambda", function=["4wAAAAA=\n", None, None], function_type="lambda", module="__main__"))
model("keras-lambda.h5", "earliest", json.dumps(LAMBDA))
model("keras-lambda-latest.h5", "latest", json.dumps(LAMBDA))
with h5py.File(os.path.join(out, "layouts.h5"), "w") as f:
    f.create_dataset("contiguous", data=np.arange(100.0))
    f.create_dataset("chunked", data=np.arange(1000.0), chunks=(64,))
    f.create_dataset("gzip", data=np.arange(1000), chunks=(100,), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("lzf", data=np.arange(1000), chunks=(100,), compression="lzf")
    f.create_dataset("grow", shape=(4, 4), maxshape=(None, None), chunks=(2, 2), dtype="f4")
    f.create_dataset("strings", data=["one", "two", "three"] * 5, dtype=h5py.string_dtype())
    f.create_dataset("strings-gzip", data=["one", "two", "three"] * 50, dtype=h5py.string_dtype(), chunks=(50,), compression="gzip")
    f.create_dataset("fixed", data=np.array([b"abc", b"de"]))
    f.create_dataset("bools", data=np.array([True, False]))
    f.create_dataset("record", data=np.zeros(3, dtype=[("a", "f4"), ("b", "i8")]))
    d = f.create_dataset("vlen", (3,), dtype=h5py.vlen_dtype(np.int32)); d[0] = [1, 2, 3]
    f.create_dataset("empty", data=h5py.Empty("f4"))
    f.create_dataset("scalar", data=5)
    f["type"] = np.dtype([("x", "f4")])
    f.create_dataset("typed", (2,), dtype=f["type"])
    f["soft"] = h5py.SoftLink("/contiguous"); f["hard"] = f["gzip"]
    f["gzip"].dims[0].label = "x"; f["ref"] = f["gzip"].ref
    for i in range(20): f.attrs[f"a{i}"] = i
    for i in range(30): f.create_group(f"g{i}")
    del f["g5"]
with h5py.File(os.path.join(out, "layouts-latest.h5"), "w", libver="latest") as f:
    f.create_dataset("contiguous", data=np.arange(100.0))
    f.create_dataset("chunked", data=np.arange(1000.0), chunks=(64,))
    f.create_dataset("single", data=np.arange(64.0), chunks=(64,))
    f.create_dataset("gzip", data=np.arange(1000), chunks=(100,), compression="gzip")
    f.create_dataset("grow", data=np.arange(1000), maxshape=(None,), chunks=(10,))
    f.create_dataset("grow2", data=np.zeros((40, 40)), maxshape=(None, None), chunks=(4, 4))
    for i in range(30): f.attrs[f"a{i}"] = "x" * i
    f.attrs["big"] = np.bytes_(b"y" * 70000)
    for i in range(120): f.create_group(f"some/group{i}")
with h5py.File(os.path.join(out, "external-link.h5"), "w") as f:
    f["w"] = h5py.ExternalLink("/etc/secrets.h5", "/x")
with h5py.File(os.path.join(out, "external-link-latest.h5"), "w", libver="latest") as f:
    for i in range(20): f.create_group(f"g{i}")
    f["w"] = h5py.ExternalLink("other.h5", "/x")
with h5py.File(os.path.join(out, "external-storage.h5"), "w") as f:
    f.create_dataset("w", (16,), dtype="u1", external=[("/etc/passwd", 0, 16)])
with h5py.File(os.path.join(out, "virtual.h5"), "w", libver="latest") as f:
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4"); layout[:] = h5py.VirtualSource("/tmp/other.h5", "d", shape=(4,))
    f.create_virtual_dataset("v", layout)
# Pickles where only numbers, packed data or heaps are: harmless, and never loaded.
import pickle
class Print:
    def __reduce__(self): return (os.system, ("echo harmless",))
PICKLE = pickle.dumps(Print(), 4); OLD = pickle.dumps(Print(), 0)
BYTES = h5py.vlen_dtype(np.dtype("u1"))
def hidden(name, make, **kw):
    with h5py.File(os.path.join(out, name), "w", **kw) as f: make(f)
def listed(f, data, **kw): f.create_dataset("o", (1,), dtype=BYTES, **kw)[0] = np.frombuffer(data, "u1")
hidden("pickle-in-heap-of-packed.h5", lambda f: listed(f, PICKLE, chunks=(1,), compression="gzip"))
hidden("old-pickle-in-heap.h5", lambda f: listed(f, OLD))
hidden("pickle-packed.h5", lambda f: f.create_dataset("o", data=np.array([PICKLE], dtype=f"S{len(PICKLE)}"), compression="gzip", shuffle=True))
hidden("pickle-in-numbers.h5", lambda f: f.create_dataset("o", data=np.frombuffer(PICKLE + bytes(-len(PICKLE) % 4), "f4")))
hidden("pickle-in-record.h5", lambda f: f.create_dataset("o", data=np.array([(1, PICKLE)], dtype=[("n", "i4"), ("p", f"V{len(PICKLE)}")])))
hidden("keras-lambda-packed.h5", lambda f: f.create_dataset("model_config", data=np.array([json.dumps(LAMBDA)], dtype="S"), chunks=(1,), compression="gzip"))
hidden("keras-lambda-bytes.h5", lambda f: f.attrs.create("model_config", np.frombuffer(json.dumps(LAMBDA).encode(), "u1")))
def joined(f):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:2] = h5py.VirtualSource(".", "d", (2,)); layout[2:] = h5py.VirtualSource("/etc/x.h5", "d", (2,))
    f.create_virtual_dataset("v", layout)
hidden("virtual-second.h5", joined, libver="latest")
