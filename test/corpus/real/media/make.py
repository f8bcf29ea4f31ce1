"""Small pictures, fonts, tables and vocabularies as Pillow, matplotlib, SQLite and SentencePiece write them."""
import io
import os
import sqlite3
import sys
import wave
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import sentencepiece as spm
from PIL import Image, PngImagePlugin

out = sys.argv[1]
picture = Image.linear_gradient("L").resize((16, 16)).convert("RGB")
info = PngImagePlugin.PngInfo()
info.add_text("Description", "a gradient")
picture.save(f"{out}/text.png", pnginfo=info)
for ending in ("jpg", "gif", "webp", "bmp", "ico", "tiff", "pdf"):
    picture.save(f"{out}/gradient.{ending}")
picture.save(f"{out}/moving.gif", save_all=True, append_images=[picture.rotate(90)])
picture.save(f"{out}/progressive.jpg", progressive=True, comment="a gradient")
plt.figure(figsize=(1, 1))
plt.plot([1, 2])
for ending in ("svg", "png"):
    plt.savefig(f"{out}/plot.{ending}")
if os.path.exists(f"{out}/table.sqlite"):
    os.remove(f"{out}/table.sqlite")
with sqlite3.connect(f"{out}/table.sqlite") as db:
    db.execute("create table a (b text)")
    db.execute("insert into a values ('c')")
with wave.open(f"{out}/silence.wav", "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(2)
    sound.setframerate(8000)
    sound.writeframes(bytes(64))
model = io.BytesIO()
spm.SentencePieceTrainer.train(
    sentence_iterator=iter(["the quick brown fox jumps over the lazy dog"] * 10), model_writer=model, vocab_size=32, hard_vocab_limit=False, normalization_rule_name="identity")
open(f"{out}/words.model", "wb").write(model.getvalue())
