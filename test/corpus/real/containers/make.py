"""Writes the real files of this folder: python3 make.py FOLDER (Debian's python3-torch, python3-numpy, python3-joblib)."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
import zlib

import joblib
import numpy
import torch

os.chdir(sys.argv[1])
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
torch.save(model.state_dict(), "state.pt")
torch.save(model, "module.pt")
torch.save(model.state_dict(), "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(torch.arange(200, dtype=torch.uint8), "bytes.pt")
torch.jit.script(model).save("script.pt")
torch.jit.trace(model, torch.zeros(1, 8)).save("traced.pt")
with torch.package.PackageExporter("package.pt") as package:
    package.save_pickle("model", "model.pkl", torch.arange(4))
    package.save_text("notes", "readme.txt", "plain text\n")

numpy.savez("plain.npz", W=numpy.zeros((3, 3)), w=numpy.ones(3))
numpy.savez_compressed("packed.npz", W=numpy.arange(10_000), o=numpy.array([{"a": 1}], dtype=object))
arrays = {
    "grid": numpy.arange(12).reshape(3, 4),
    "object": numpy.array([1, "a", None], dtype=object),
    "record": numpy.zeros(3, dtype=[("a", "<f4"), ("b", "S3", (2,))]),
    "fortran": numpy.asfortranarray(numpy.ones((3, 5))),
    "empty": numpy.zeros((0, 4)),
    "text": numpy.array(["aä", "b"]),
    "date": numpy.array(["2020-01-01"], dtype="datetime64[D]"),
    "scalar": numpy.float64(3.0),
    "complex": numpy.ones(2, dtype=">c16"),
    "bool": numpy.array([True, False]),
}
for name, array in arrays.items():
    numpy.save(f"{name}.npy", array)
with open("version2.npy", "wb") as file:
    numpy.lib.format.write_array(file, numpy.ones(3), version=(2, 0))
with open("version3.npy", "wb") as file:
    numpy.lib.format.write_array(file, numpy.ones(3, dtype=[("ä", "<f8")]), version=(3, 0))

content = {"a": numpy.arange(1000), "b": [1, 2, 3]}
for codec in ["zlib", "gzip", "bz2", "xz", "lzma"]:
    joblib.dump(content, f"{codec}.joblib", compress=(codec, 3))
joblib.dump(content, "raw.joblib")

plain = pickle.dumps({"weights": list(range(300)), "name": "x" * 500}, protocol=4)
open("plain.pkl.gz", "wb").write(gzip.compress(plain, mtime=0))
open("two.pkl.gz", "wb").write(gzip.compress(plain[:100], mtime=0) + gzip.compress(plain[100:], mtime=0))
open("plain.pkl.bz2", "wb").write(bz2.compress(plain))
open("plain.pkl.xz", "wb").write(lzma.compress(plain))
open("sha256.pkl.xz", "wb").write(lzma.compress(plain, check=lzma.CHECK_SHA256))
open("filter.pkl.xz", "wb").write(
    lzma.compress(plain, filters=[{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2}])
)
open("plain.pkl.lzma", "wb").write(lzma.compress(plain, format=lzma.FORMAT_ALONE))
open("plain.pkl.zlib", "wb").write(zlib.compress(plain))
open("old.joblib", "wb").write(b"ZF" + hex(len(plain)).ljust(19).encode() + zlib.compress(plain))
for tool, name in [("lz4", "plain.pkl.lz4"), ("zstd", "plain.pkl.zst")]:
    open(name, "wb").write(subprocess.run([tool, "-c"], input=plain, stdout=subprocess.PIPE, check=True).stdout)
open("linked.pkl.lz4", "wb").write(
    subprocess.run(["lz4", "-9", "-BD", "-BX", "-c"], input=plain * 40, stdout=subprocess.PIPE, check=True).stdout
)

for method, name in [(0, "stored"), (8, "deflate"), (12, "bzip2"), (14, "lzma")]:
    with zipfile.ZipFile(f"{name}.zip", "w", method) as archive:
        archive.writestr("a/data.pkl", plain)
        archive.writestr("a/readme.txt", "plain text\n")


class Pipe(io.BytesIO):
    """Cannot be sought in, so that sizes stand behind members."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


pipe = Pipe()
with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("a/data.pkl", plain)
    archive.writestr("b.txt", "text\n")
open("streamed.zip", "wb").write(pipe.getvalue())

for kind, name in [(tarfile.USTAR_FORMAT, "ustar"), (tarfile.GNU_FORMAT, "gnu"), (tarfile.PAX_FORMAT, "pax")]:
    with tarfile.open(f"{name}.tar", "w", format=kind) as archive:
        for path in ["data.pkl", "folder/" + "long" * 30 + "/" + "name" * 20 + ".pkl", "ä.pkl"]:
            if kind == tarfile.USTAR_FORMAT and len(path) > 99:
                path = "folder/" + "long" * 20 + "/name.pkl"
            info = tarfile.TarInfo(path)
            info.size = len(plain)
            archive.addfile(info, io.BytesIO(plain))
