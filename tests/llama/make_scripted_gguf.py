#!/usr/bin/env python3
"""Writes scripted.gguf, a tiny llama whose output is fixed: usage make_scripted_gguf.py OUT (PyPI: gguf==0.19.0, numpy).

All attention and feed-forward weights are zero, so what leaves the last layer is the embedding of the last token, and
output.weight[next(t)] is a scaled copy of emb[t]: the model is an order-1 Markov chain. Its chat template picks where a
chain begins. It looks at what is asked (the last message: one of synod's own prompts in assets/prompts, or a plain
question) and at the member's voice: a word like #yes in the system message, or else in the last message.

Not a language model: it never reads the answers in front of it.
"""
import re
import sys

import gguf
import numpy as np

OUT = sys.argv[1] if len(sys.argv) > 1 else "scripted.gguf"
D, LAYERS, HEADS, KV, FF, CTX = 256, 1, 4, 1, 32, 131072
rng = np.random.default_rng(20261122)

# A phrase of each of synod's prompts; the tests check that the prompts still hold them.
BALLOT, MERGE, CRITIQUE = "Judge their answers.", "Make one answer of theirs.", "POSITION: <your answer to the question"
SURE = "(confidence <0.0-1.0>)"
CHECK, TRIAGE, TASK = "Check claims that others made", "Decide who should answer a question.", "You are one step on the way"

# name -> (text, how it ends); texts may share words: pieces are joined until each is unique in the file.
# A voice answers with the chain of its name, and in a debate with NAME-critique where there is one; where it is asked how sure
# it is, with NAME-sure.
SCRIPTS = {
    "short": ("Paris is the capital of France.", "eos"),
    "yes": ("Yes. The old bridge is safe for trucks of up to 12 tonnes. It was last inspected in 2024. "
            "Keep the speed limit at 30 km/h.", "eos"),
    "no": ("No. The old bridge is not safe for trucks. It was last inspected in 2021. "
           "Keep the speed limit at 30 km/h.", "eos"),
    "maybe": ("It depends on the load. The old bridge is safe for trucks of up to 8 tonnes. "
              "Ask the owner for the inspection report.", "eos"),
    "utf8": ("Grüße aus Zürich — naïve 東京 🦀 ✓ done", "eos"),
    "think": ("<think>First weigh both options carefully, then choose.</think>"
              "We prefer option B since it costs least.", "eos"),
    "loop": ("Round and round we go", "loop"),
    "list": ("1. alpha\n2. beta\n3. gamma\n", "eos"),
    "code": ("```rust\nfn main() {\n    println!(\"hi\");\n}\n```\nThat prints hi!", "eos"),
    "long": (" ".join(f"w{i:03d}" for i in range(400)), "eos"),
    "prose": ("Both have their merits, so nobody should be put first.", "eos"),
    # Debate turns: one holds, one gives way and says to what, one holds at less.
    "yes-critique": ("Yes. The old bridge is safe for trucks of up to 12 tonnes. It was last inspected in 2024, and "
                     "none of the others names a newer report. Keep the speed limit at 30 km/h.\n"
                     "POSITION: Yes, up to 12 tonnes.", "eos"),
    "no-critique": ("Yes, within limits. The inspection in 2024 that another answer names is a fact I lacked; my own "
                    "was of 2021. The old bridge is safe for trucks of up to 12 tonnes. Keep the speed limit at "
                    "30 km/h.\nPOSITION: Yes, up to 12 tonnes.", "eos"),
    "maybe-critique": ("It depends on the load still. Nobody names a reason to go beyond 8 tonnes. "
                       "Ask the owner for the inspection report.\nPOSITION: Only up to 8 tonnes.", "eos"),
    "yes-sure": ("Yes. The bridge carries 12 tonnes, for the newest report says so.\nPOSITION: Yes (confidence 0.95)", "eos"),
    "no-sure": ("No. My report of 2021 may be out of date.\nPOSITION: No (confidence 0.4)", "eos"),
    "maybe-sure": ("No. Nobody has shown me a report at all.\nPOSITION: No (confidence 0.5)", "eos"),
    "short-critique": ("Paris stays my answer.\nPOSITION: Paris.", "eos"),
    # What a member is asked for in synod's other prompts; all voices but #loop, #long and #prose share these.
    "merge": ("Consensus: Keep the speed limit at 30 km/h. [3]\n"
              "Divergence: Whether the old bridge is safe for trucks, and when it was inspected: A says one thing, B "
              "another. [1, 2] The owner's inspection report would decide it.\n"
              "Single voices: Ask the owner for the inspection report. [4]\n"
              "Final answer: Until the report is there, keep trucks off the old bridge and the speed limit at 30 km/h.",
              "eos"),
    "check": ("[1] fails: nothing in what was asked says twelve.\n[2] open: no report lies beside it.\n"
              "[3] holds: that limit follows from what stands there.", "eos"),
    "triage": ('{"road": "few", "topic": "bridges", "reason": "A mistake would matter."}', "eos"),
    "task": ("Worked over as it was wanted: until somebody shows that paper, no lorry crosses.", "eos"),
    **{f"ballot-{n}": ('{"reason": "Answer A of %d names the load limit.", "ranking": [%s]}'
                       % (n, ", ".join(f'"{chr(65 + i)}"' for i in range(n))), "eos") for n in range(2, 8)},
}
VOICES = [name for name in SCRIPTS if "-" not in name and name not in ("merge", "check", "triage", "task")]
OWN_WAY = ["loop", "long", "prose"]  # voices that say the same whatever is asked

tokens, scores, types = [], [], []


def add(text, kind, score=0.0):
    tokens.append(text)
    types.append(kind)
    scores.append(score)
    return len(tokens) - 1


T = gguf.TokenType
UNK = add("<unk>", T.UNKNOWN)
BOS = add("<s>", T.CONTROL)
EOS = add("</s>", T.CONTROL)
for byte in range(256):
    add(f"<0x{byte:02X}>", T.BYTE)


def pieces(text):
    """Word-sized pieces, leading blanks and one trailing newline kept; think tags alone."""
    return re.findall(r"</?think>|[^\S\n]*(?:(?!</?think>)\S)+\n?|\n", text)


follows = {}
for name, (text, end) in SCRIPTS.items():
    start = add(f"<|{name}|>", T.CONTROL)
    cut = []
    for piece in pieces(text):  # join a taken piece with what follows until it is new
        piece = piece.replace(" ", "\u2581")
        if cut and (cut[-1] in tokens or cut[-1] in cut[:-1]):
            cut[-1] += piece
        else:
            cut.append(piece)
    while len(cut) > 1 and (cut[-1] in tokens or cut[-1] in cut[:-1]):
        cut[-2:] = [cut[-2] + cut[-1]]
    first, last = None, start
    for piece in cut:
        if piece in tokens:
            sys.exit(f"piece {piece!r} of #{name} is not unique")
        token = add(piece, T.USER_DEFINED if piece.endswith("think>") else T.NORMAL, -1.0)
        follows[last] = token
        first, last = first or token, token
    follows[last] = EOS if end == "eos" else first

vocabulary = len(tokens)
while vocabulary % 32:
    add(f"<pad{vocabulary}>", T.UNUSED)
    vocabulary += 1
emb = rng.standard_normal((vocabulary, D)).astype(np.float32)
emb /= np.linalg.norm(emb, axis=1, keepdims=True)
out = 0.02 * rng.standard_normal((vocabulary, D)).astype(np.float32)
GAIN = 2.5  # RMSNorm scales a unit vector to norm sqrt(D) = 16, so a logit is 16 * GAIN
for before, after in follows.items():
    out[after] += GAIN * emb[before]  # a sum: the end has many predecessors


def choose(cases, otherwise):
    """A template that writes the first case whose condition holds."""
    branches = "".join(f"{{%- {'elif' if i else 'if'} {test} -%}}{text}" for i, (test, text) in enumerate(cases))
    return branches + "{%- else -%}" + otherwise + "{%- endif -%}"


labels = {n: ", ".join(f'"{chr(65 + i)}"' for i in range(n)) for n in range(2, 8)}
ballot = choose([(f"'[{labels[n]}]' in last", f"<|ballot-{n}|>") for n in labels], "<|prose|>")
debate = lambda how: choose([(f"v == '{name}'", f"<|{name}-{how}|>") for name in VOICES if f"{name}-{how}" in SCRIPTS],
                            "{{ '<|' + v + '|>' }}")
critique = choose([(f"'{SURE}' in last", debate("sure"))], debate("critique"))
begin = choose([
    ("v in [" + ", ".join(f"'{name}'" for name in OWN_WAY) + "]", "{{ '<|' + v + '|>' }}"),
    (f"'{BALLOT}' in last", ballot),
    (f"'{MERGE}' in last", "<|merge|>"),
    (f"'{CHECK}' in last", "<|check|>"),
    (f"'{TRIAGE}' in last", "<|triage|>"),
    (f"'{TASK}' in last", "<|task|>"),
    (f"'{CRITIQUE}' in last", critique),
], "{{ '<|' + v + '|>' }}")
voice = lambda where: choose([(f"'#{n}' in {where}", f"{{%- set v = '{n}' -%}}") for n in VOICES], "")
template = (
    "{%- for m in messages -%}{{ m['role'] + ': ' -}}"
    "{%- if m['role'] == 'assistant' and m['reasoning_content'] is defined and m['reasoning_content'] -%}"
    "{{ '<think>' + m['reasoning_content'] + '</think>' -}}{%- endif -%}"
    "{{ (m['content'] or '') + '\n' }}{%- endfor -%}"
    "{%- set last = messages[-1]['content'] or '' -%}"
    "{%- set told = (messages[0]['content'] or '') if messages[0]['role'] == 'system' else '' -%}"
    "{%- set v = '' -%}" + voice("told")
    + "{%- if v == '' -%}" + voice("last") + "{%- endif -%}"
    "{%- if v == '' -%}{%- set v = 'short' -%}{%- endif -%}"
    "{%- if add_generation_prompt -%}" + begin + "{%- endif -%}")

w = gguf.GGUFWriter(OUT, "llama")
w.add_name("scripted-tiny")
w.add_context_length(CTX)
w.add_embedding_length(D)
w.add_block_count(LAYERS)
w.add_feed_forward_length(FF)
w.add_head_count(HEADS)
w.add_head_count_kv(KV)
w.add_rope_dimension_count(D // HEADS)
w.add_layer_norm_rms_eps(1e-6)
w.add_vocab_size(vocabulary)
w.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
w.add_tokenizer_model("llama")
w.add_token_list(tokens)
w.add_token_scores(scores)
w.add_token_types(types)
w.add_bos_token_id(BOS)
w.add_eos_token_id(EOS)
w.add_unk_token_id(UNK)
w.add_add_bos_token(True)
w.add_add_space_prefix(False)
w.add_chat_template(template)


def half(array):
    return array.astype(np.float16)


def zeros(*shape):
    return np.zeros(shape, np.float16)


w.add_tensor("token_embd.weight", half(emb))
w.add_tensor("output_norm.weight", np.ones(D, np.float32))
w.add_tensor("output.weight", half(out))
for layer in range(LAYERS):
    block = f"blk.{layer}."
    for norm in ("attn_norm", "ffn_norm"):
        w.add_tensor(f"{block}{norm}.weight", np.ones(D, np.float32))
    for name in ("attn_q", "attn_output"):
        w.add_tensor(f"{block}{name}.weight", zeros(D, D))
    for name in ("attn_k", "attn_v"):
        w.add_tensor(f"{block}{name}.weight", zeros(D // HEADS * KV, D))
    w.add_tensor(f"{block}ffn_gate.weight", zeros(FF, D))
    w.add_tensor(f"{block}ffn_up.weight", zeros(FF, D))
    w.add_tensor(f"{block}ffn_down.weight", zeros(D, FF))
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
print("tokens", vocabulary, "file", OUT)
