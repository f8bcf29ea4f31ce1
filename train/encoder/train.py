#!/usr/bin/env python3
"""Trains and exports a small encoder: the test's fixture, and the experiment of docs/decisions/encoder.md.

    node train/encoder/rows.ts --data DIR > rows.jsonl
    python3 train/encoder/train.py rows.jsonl OUT [--minutes 8] [--score SETS...]

Needs PyTorch and onnx (Debian: python3-torch, python3-onnx); nothing of Gatehouse needs this file. OUT gets model.onnx (weights in
half precision, cast when loaded), config.json and tokenizer.json: a two-layer transformer over lower-case WordPiece. --score writes
OUT/scores.jsonl, a line {"set", "label", "score"} for each row of files {"text", "label"}.
"""
import argparse, collections, json, math, os, random, re, time, unicodedata

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

VOCABULARY, WIDTH, HEADS, LAYERS, INNER, LONGEST = 3500, 80, 4, 2, 160, 256
TRAIN_LONGEST, BATCH, SEED = 128, 64, 7
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def is_cjk(char):
    return 0x4E00 <= ord(char) <= 0x9FFF or 0x3400 <= ord(char) <= 0x4DBF or 0xF900 <= ord(char) <= 0xFAFF


def is_punctuation(char):
    code = ord(char)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return unicodedata.category(char).startswith("P")


def words(text):
    """BertNormalizer and BertPreTokenizer of the tokenizers library."""
    out = []
    for char in text:
        if ord(char) in (0, 0xFFFD) or (unicodedata.category(char).startswith("C") and char not in "\t\n\r"):
            continue
        out.append(f" {char} " if is_cjk(char) else " " if char.isspace() else char)
    text = "".join(c for c in unicodedata.normalize("NFD", "".join(out)) if unicodedata.category(c) != "Mn").lower()
    found = []
    for part in text.split():
        word = ""
        for char in part:
            if is_punctuation(char):
                if word:
                    found.append(word)
                found.append(char)
                word = ""
            else:
                word += char
        if word:
            found.append(word)
    return found


def learn_pieces(texts):
    """Merges the commonest pair again and again; what comes of it is read greedily, as WordPiece."""
    counts = collections.Counter(word for text in texts for word in words(text[:1500]))
    spelled = [
        ([word[0]] + ["##" + c for c in word[1:]], count)
        for word, count in counts.most_common(25000)
        if len(word) <= 30
    ]
    letters = collections.Counter()
    for pieces, count in spelled:
        for piece in pieces:
            letters[piece] += count
    vocabulary = list(SPECIAL) + [piece for piece, _ in letters.most_common(1100)]
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for index, (pieces, count) in enumerate(spelled):
        for pair in zip(pieces, pieces[1:]):
            pairs[pair] += count
            where[pair].add(index)
    known = set(vocabulary)
    while len(vocabulary) < VOCABULARY and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merged = best[0] + best[1][2:]
        for index in list(where[best]):
            pieces, count = spelled[index]
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] -= count
                where[pair].discard(index)
            joined, at = [], 0
            while at < len(pieces):
                if at + 1 < len(pieces) and (pieces[at], pieces[at + 1]) == best:
                    joined.append(merged)
                    at += 2
                else:
                    joined.append(pieces[at])
                    at += 1
            spelled[index] = (joined, count)
            for pair in zip(joined, joined[1:]):
                pairs[pair] += count
                where[pair].add(index)
        pairs.pop(best, None)
        if merged not in known:
            known.add(merged)
            vocabulary.append(merged)
    return vocabulary


class WordPiece:
    def __init__(self, vocabulary):
        self.ids = {piece: index for index, piece in enumerate(vocabulary)}
        self.cache = {}

    def pieces(self, word):
        if word in self.cache:
            return self.cache[word]
        found, at = [], 0
        while at < len(word) and len(word) <= 100:
            end = len(word)
            while end > at and (("##" if at else "") + word[at:end]) not in self.ids:
                end -= 1
            if end == at:
                found = []
                break
            found.append(self.ids[("##" if at else "") + word[at:end]])
            at = end
        self.cache[word] = found or [1]
        return self.cache[word]

    def encode(self, text, longest):
        ids = [piece for word in words(text[: longest * 12]) for piece in self.pieces(word)]
        return [2] + ids[: longest - 2] + [3]


def tokenizer_json(vocabulary):
    special = [
        {"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for i, t in enumerate(SPECIAL)
    ]
    single = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": True, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing", "single": single,
            "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {t: {"id": t, "ids": [SPECIAL.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                  "vocab": {piece: index for index, piece in enumerate(vocabulary)}},
    }


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x, hidden):
        batch, length, _ = x.shape
        split = lambda t: t.reshape(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)
        q, k, v = (split(t) for t in self.qkv(self.first(x)).chunk(3, dim=-1))
        seen = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + hidden, dim=-1)
        x = x + self.drop(self.out((seen @ v).transpose(1, 2).reshape(batch, length, WIDTH)))
        return x + self.drop(self.down(torch.relu(self.up(self.second(x)))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.place = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LONGEST, WIDTH)
        nn.init.normal_(self.token.weight, std=0.05)
        nn.init.normal_(self.place.weight, std=0.02)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(2 * WIDTH, 2)
        self.drop = nn.Dropout(0.1)

    def forward(self, input_ids, attention_mask):
        mask = attention_mask.to(torch.float32)
        hidden = (1.0 - mask)[:, None, None, :] * -1e4
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.drop(self.token(input_ids) + self.place(places))
        for layer in self.layers:
            x = layer(x, hidden)
        x = self.norm(x)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        top = (x + (mask[:, :, None] - 1.0) * 1e4).max(1).values
        return self.head(self.drop(torch.cat([mean, top], dim=-1)))


def padded(rows):
    longest = max(len(row) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
    return ids, (torch.arange(longest)[None, :] < torch.tensor([len(row) for row in rows])[:, None]).long()


def batches(order, lengths):
    """Texts of like length together."""
    chunks = [order[i : i + BATCH * 32] for i in range(0, len(order), BATCH * 32)]
    for chunk in chunks:
        chunk.sort(key=lambda i: lengths[i])
        parts = [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
        random.shuffle(parts)
        yield from parts


def train(rows, tokens, minutes):
    model = Encoder()
    longest = [ids[:TRAIN_LONGEST] for ids in tokens]
    lengths = [len(ids) for ids in longest]
    weight = torch.tensor([row.get("weight", 1.0) for row in rows])
    labels = torch.tensor([1 if row["attack"] else 0 for row in rows])
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02)
    started, seen, pace = time.time(), 0, 0.0
    model.train()
    while True:
        order = list(range(len(rows)))
        random.shuffle(order)
        for part in batches(order, lengths):
            share = (time.time() - started) / (60 * minutes)
            if share >= 1:
                print(f"{seen / len(rows):.2f} passes over {len(rows)} rows, loss {pace:.4f}", flush=True)
                return model.eval()
            for group in optimiser.param_groups:
                group["lr"] = 2e-3 * min(1.0, share / 0.03) * (1.0 - share) + 1e-5
            ids, mask = padded([longest[i] for i in part])
            loss = nn.functional.cross_entropy(model(ids, mask), labels[part], reduction="none", label_smoothing=0.02)
            loss = (loss * weight[part]).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            seen += len(part)
            pace = loss.item() if pace == 0.0 else 0.98 * pace + 0.02 * loss.item()
            if seen // 20000 != (seen - len(part)) // 20000:
                print(f"{time.time() - started:.0f} s: {seen} texts, loss {pace:.4f}", flush=True)


def export(model, folder):
    ids, mask = padded([[2, 5, 6, 3], [2, 7, 3]])
    path = os.path.join(folder, "model.onnx")
    torch.onnx.export(
        model, (ids, mask), path, opset_version=13, input_names=["input_ids", "attention_mask"], output_names=["logits"],
        dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "sequence"}, "logits": {0: "batch"}},
    )
    graph = onnx.load(path)
    casts = []
    for index, tensor in enumerate(list(graph.graph.initializer)):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 256:
            continue
        half = numpy_helper.from_array(values.astype(np.float16), f"half_{index}")
        graph.graph.initializer.remove(tensor)
        graph.graph.initializer.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.graph.node)
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    for node in graph.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def score(model, pieces, text, step=192):
    """The highest of windows that overlap, as src/runtime/ reads a long text."""
    ids = pieces.encode(text, 4096)[1:-1]
    starts = range(0, max(1, len(ids) - (LONGEST - 2) + step), step)
    rows = [[2] + ids[at : at + LONGEST - 2] + [3] for at in starts if at == 0 or at < len(ids)]
    with torch.no_grad():
        return float(torch.softmax(model(*padded(rows)), dim=-1)[:, 1].max())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--score", nargs="*", default=[])
    given = parser.parse_args()
    torch.set_num_threads(1)
    random.seed(SEED)
    torch.manual_seed(SEED)
    with open(given.rows, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    vocabulary = learn_pieces([row["text"] for row in rows[:: max(1, len(rows) // 20000)]])
    pieces = WordPiece(vocabulary)
    tokens = [pieces.encode(row["text"], TRAIN_LONGEST) for row in rows]
    print(f"{len(rows)} rows, {len(vocabulary)} pieces, {sum(map(len, tokens)) / len(rows):.0f} tokens on average", flush=True)
    model = train(rows, tokens, given.minutes)
    os.makedirs(given.out, exist_ok=True)
    torch.save(model.state_dict(), os.path.join(given.out, "weights.pt"))
    with open(os.path.join(given.out, "tokenizer.json"), "w", encoding="utf-8") as file:
        json.dump(tokenizer_json(vocabulary), file, ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(given.out, "config.json"), "w", encoding="utf-8") as file:
        config = {"model_type": "bert", "id2label": {"0": "benign", "1": "injection"}, "label2id": {"benign": 0, "injection": 1},
                  "max_position_embeddings": LONGEST, "vocab_size": len(vocabulary), "pad_token_id": 0}
        json.dump(config, file, indent=1)
    export(model, given.out)
    with open(os.path.join(given.out, "scores.jsonl"), "w", encoding="utf-8") as out:
        for path in given.score:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    row = json.loads(line)
                    said = {"set": os.path.basename(path), "label": row["label"], "score": round(score(model, pieces, row["text"]), 5)}
                    out.write(json.dumps(said) + "\n")


main()
