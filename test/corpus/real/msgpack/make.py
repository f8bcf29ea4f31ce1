"""Makes the real MessagePack file beside it, as flax.serialization writes it: python3 make.py (msgpack, numpy)."""
import os
import msgpack, numpy as np
out = os.path.dirname(os.path.abspath(__file__))
def ndarray(a): return msgpack.packb((a.shape, a.dtype.name, a.tobytes("C")), use_bin_type=True)
def ext(x):
    if isinstance(x, np.ndarray): return msgpack.ExtType(1, ndarray(x))
    if isinstance(x, np.generic): return msgpack.ExtType(3, ndarray(np.asarray(x)))
    if isinstance(x, complex): return msgpack.ExtType(2, msgpack.packb((x.real, x.imag)))
    return x
tree = {"params": {f"Dense_{i}": {"kernel": np.ones((8, 4), np.float32), "bias": np.zeros(4, np.float16)} for i in range(20)},
        "step": 12, "scale": np.float32(0.5), "done": True, "none": None, "name": "a model of flax", "lr": 0.1, "neg": -70000}
with open(os.path.join(out, "flax.msgpack"), "wb") as f: f.write(msgpack.packb(tree, default=ext, strict_types=True))
with open(os.path.join(out, "flax-nested.msgpack"), "wb") as f: f.write(msgpack.packb({"params": tree["params"], "z": 1 + 2j}, default=ext, strict_types=True))
