"""OpenSSF Model Signing 1.0 with a key or a certificate, written from the specification and from DSSE, in-toto and Sigstore's
bundle format: what Gatehouse signs has to verify here, and what is signed here has to verify there. It shares nothing with
Gatehouse but the specification. Needs the package `cryptography`.

  sign   MODEL SIGNATURE KEY.pem [--shards N] [--chain LEAF.pem ...] [--ignore PATH ...]
  verify MODEL SIGNATURE KEY.pub|--root ROOT.pem
"""
import argparse, base64, hashlib, json, os, sys
from pathlib import Path, PurePosixPath

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://model_signing/signature/v1.0"
GIT = [".git", ".gitattributes", ".github", ".gitignore"]
HASHES = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384(), "secp521r1": hashes.SHA512()}


def pae(payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)


def hint(public) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.PEM, spki)).hexdigest()


def files(model: Path, ignored) -> list:
    if model.is_file():
        return [(".", model)]
    found = []
    for folder, names, inside in os.walk(model):
        for name in names + inside:
            path = Path(folder) / name
            relative = PurePosixPath(path.relative_to(model))
            if any(relative == PurePosixPath(one) or PurePosixPath(one) in relative.parents for one in ignored):
                continue
            if path.is_symlink():
                raise SystemExit(f"{relative} is a link")
            if path.is_file():
                found.append((str(relative), path))
    # Part by part, as the Python library sorts: a/b before a-b.
    return sorted(found, key=lambda one: PurePosixPath(one[0]).parts)


def resources(model: Path, ignored, shards) -> list:
    out = []
    for name, path in files(model, ignored):
        data = path.read_bytes()
        if shards is None:
            out.append((name, hashlib.sha256(data).digest()))
        else:
            for start in range(0, len(data), shards):
                end = min(start + shards, len(data))
                out.append((f"{name}:{start}:{end}", hashlib.sha256(data[start:end]).digest()))
    return out


def sign(args) -> None:
    model, signature = Path(args.model), Path(args.signature)
    private = serialization.load_pem_private_key(Path(args.key).read_bytes(), None)
    ignored = GIT + (args.ignore or [])
    if signature.parent.resolve() == model.resolve():
        ignored.append(signature.name)
    listed = resources(model, ignored, args.shards)
    algorithm = "sha256" if args.shards is None else f"sha256-sharded-{args.shards}"
    serialized = {"method": "files" if args.shards is None else "shards", "hash_type": "sha256",
                  "allow_symlinks": False, "ignore_paths": ignored}
    if args.shards is not None:
        serialized["shard_size"] = args.shards
    root = hashlib.sha256(b"".join(digest for _, digest in listed)).hexdigest()
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": model.name, "digest": {"sha256": root}}],
        "predicateType": PREDICATE,
        "predicate": {
            "serialization": serialized,
            "resources": [{"name": name, "algorithm": algorithm, "digest": digest.hex()} for name, digest in listed],
        },
    }
    payload = json.dumps(statement, indent=2).encode()
    signed = private.sign(pae(payload), ec.ECDSA(HASHES[private.curve.name]))
    if args.chain:
        certificates = [x509.load_pem_x509_certificate(Path(one).read_bytes()) for one in args.chain]
        der = [base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in certificates]
        material = {"x509CertificateChain": {"certificates": [{"rawBytes": one} for one in der]}}
    else:
        material = {"publicKey": {"hint": hint(private.public_key())}}
    bundle = {
        "mediaType": BUNDLE,
        "verificationMaterial": {**material, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": base64.b64encode(signed).decode(), "keyid": None}],
        },
    }
    signature.write_text(json.dumps(bundle))


def verify(args) -> None:
    bundle = json.loads(Path(args.signature).read_text())
    assert bundle["mediaType"] == BUNDLE, "media type"
    envelope, material = bundle["dsseEnvelope"], bundle["verificationMaterial"]
    assert envelope["payloadType"] == IN_TOTO, "payload type"
    payload = base64.b64decode(envelope["payload"], validate=True)
    if args.root:
        root = x509.load_pem_x509_certificate(Path(args.root).read_bytes())
        chain = [x509.load_der_x509_certificate(base64.b64decode(one["rawBytes"]))
                 for one in material["x509CertificateChain"]["certificates"]]
        for one, issuer in zip(chain, chain[1:] + [root]):
            assert one.issuer == issuer.subject, "issuer"
            issuer.public_key().verify(one.signature, one.tbs_certificate_bytes, ec.ECDSA(one.signature_hash_algorithm))
        public = chain[0].public_key()
    else:
        public = serialization.load_pem_public_key(Path(args.key).read_bytes())
        assert material["publicKey"]["hint"] == hint(public), "hint"
    # The first signature is the one that counts: others may be of kinds that nobody here knows.
    signed = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
    public.verify(signed, pae(payload), ec.ECDSA(HASHES[public.curve.name]))

    statement = json.loads(payload)
    assert statement["_type"] == STATEMENT and statement["predicateType"] == PREDICATE, "type"
    predicate = statement["predicate"]
    serialized = predicate["serialization"]
    listed = [(one["name"], bytes.fromhex(one["digest"])) for one in predicate["resources"]]
    (subject,) = statement["subject"]
    root = hashlib.sha256(b"".join(digest for _, digest in listed)).hexdigest()
    assert subject["digest"] == {"sha256": root}, "the digest of the model"
    shards = serialized.get("shard_size") if serialized["method"] == "shards" else None
    now = resources(Path(args.model), serialized["ignore_paths"], shards)
    assert sorted(now) == sorted(listed), "the files"


def main() -> None:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("sign")
    one.set_defaults(act=sign)
    for name in ("model", "signature", "key"):
        one.add_argument(name)
    one.add_argument("--shards", type=int)
    one.add_argument("--chain", nargs="*")
    one.add_argument("--ignore", nargs="*")
    one = verbs.add_parser("verify")
    one.set_defaults(act=verify)
    for name in ("model", "signature"):
        one.add_argument(name)
    one.add_argument("key", nargs="?")
    one.add_argument("--root")
    args = parser.parse_args()
    try:
        args.act(args)
    except (AssertionError, InvalidSignature, ValueError, KeyError) as error:
        sys.exit(f"refused: {type(error).__name__} {error}")


main()
