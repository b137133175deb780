# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch at the same work: matrix products, attention, FAVOR in blocks, and MiniLM as a plain encoder without the overhead of a
model library (queries, keys and values in one product, which is faster than three).

usage: torch_peer.py THREADS SECONDS [model.safetensors of all-MiniLM-L6-v2]     (cases on standard input)
"""

import json
import re
import struct
import sys
import time

import torch
import torch.nn.functional as F

import peer_common

HEADS = 12
TYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def read_safetensors(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (size,) = struct.unpack_from("<Q", data)
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def make_gemm(dtype, rows, outputs, inputs):
    x = torch.rand(rows, inputs).to(dtype)
    weight = torch.rand(outputs, inputs).to(dtype)
    bias = torch.rand(outputs).to(dtype)
    return lambda: F.linear(x, weight, bias)


def plain_attention(q, k, v, is_causal=False):
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    if is_causal:
        rows, keys = scores.shape[-2:]
        scores = scores.masked_fill(torch.ones(rows, keys, dtype=torch.bool).triu(1), float("-inf"))
    return scores.softmax(-1) @ v


def faster_attention(q, k, v, causal):
    """Builds without MKL have no fast bf16 products inside the fused attention; plain products then beat it."""
    best, choice = float("inf"), F.scaled_dot_product_attention
    if q.shape[-2] > 2048:  # the plain form has the whole matrix of scores in memory
        return choice
    for candidate in (F.scaled_dot_product_attention, plain_attention):
        for _ in range(3):
            start = time.perf_counter()
            candidate(q, k, v, is_causal=causal)
            seconds = time.perf_counter() - start
            if seconds < best:
                best, choice = seconds, candidate
    return choice


def make_attention(dtype, causal, n, width):
    q, k, v = (torch.rand(1, HEADS, n, width).to(dtype) for _ in range(3))
    attention = faster_attention(q, k, v, causal)
    return lambda: attention(q, k, v, is_causal=causal)


class Favor:
    """Causal FAVOR+ (Performer) with softmax features, in blocks: within a block products of features under a mask,
    before it the state. All heads go through each product together, and `together` rows (one block or several) through
    the features, the products within blocks and the sums of blocks. A column of ones beside the values makes the
    denominators, so they cost no products of their own."""

    def __init__(self, heads, features, width):
        self.projection = torch.randn(features, width) * width**-0.25
        self.half_scale = 0.5 * width**-0.5
        self.norm, self.eps = features**-0.5, 1e-4
        self.heads, self.features = heads, features

    def map(self, x, row_max):
        u = x @ self.projection.T
        off = (x * x).sum(-1, keepdim=True).mul_(self.half_scale)
        if row_max:
            off += u.amax(-1, keepdim=True)
        return u.sub_(off).exp_().add_(self.eps).mul_(self.norm)

    def run(self, q, k, v, out, block, together):
        n, width = v.shape[1:]
        state = torch.zeros(self.heads, self.features, width + 1)
        for begin in range(0, n, together):
            part = slice(begin, begin + together)
            shape = (self.heads, -1, block)
            phi_q = self.map(q[:, part], True).view(*shape, self.features)
            phi_k = self.map(k[:, part], False).view(*shape, self.features)
            values = F.pad(v[:, part], (0, 1), value=1.0).view(*shape, width + 1)
            sums = phi_k.transpose(-1, -2) @ values
            total = sums.cumsum_(1)
            before = torch.cat([state.unsqueeze(1), total[:, :-1] + state.unsqueeze(1)], 1)
            result = (phi_q @ phi_k.transpose(-1, -2)).tril_() @ values
            result += phi_q @ before
            state += total[:, -1]
            torch.div(result[..., :width], result[..., width:], out=out[:, part].view(*shape, width))
        return out


def make_favor(n, features, width):
    q, k, v = (torch.rand(HEADS, n, width) * 2 - 1 for _ in range(3))
    out = torch.empty_like(v)
    favor = Favor(HEADS, features, width)
    best, choice = float("inf"), None
    few = min(n, 8192)
    for block in (64, 128, 256):  # the fastest is the peer's
        for together in sorted({block, 512, 2048}):
            if few % together != 0 or n % together != 0:
                continue
            for _ in range(2):
                start = time.perf_counter()
                favor.run(q[:, :few], k[:, :few], v[:, :few], out[:, :few], block, together)
                seconds = time.perf_counter() - start
            if seconds < best:
                best, choice = seconds, (block, together)
    print(f"favor: blocks of {choice[0]}, {choice[1]} rows together", file=sys.stderr)
    return lambda: favor.run(q, k, v, out, *choice)


def make_minilm(dtype, weights, batch, tokens):
    w = {name: tensor.to(dtype) for name, tensor in weights.items()}
    ids = torch.randint(0, 30522, (batch, tokens))
    hidden = w["embeddings.word_embeddings.weight"].shape[1]
    layers = []
    for i in range(6):
        p = f"encoder.layer.{i}."
        names = [p + f"attention.self.{part}." for part in ("query", "key", "value")]
        layers.append(
            [torch.cat([w[name + kind] for name in names]) for kind in ("weight", "bias")]
            + [w[p + f"{part}.{kind}"] for part in ("attention.output.dense", "attention.output.LayerNorm",
                                                    "intermediate.dense", "output.dense", "output.LayerNorm")
               for kind in ("weight", "bias")])

    head = torch.rand(batch, HEADS, tokens, hidden // HEADS).to(dtype)
    attention = faster_attention(head, head, head, False)

    def norm(x, scale, shift):
        return F.layer_norm(x, (hidden,), scale, shift, 1e-12)

    def run():
        x = F.embedding(ids, w["embeddings.word_embeddings.weight"])
        x = x + w["embeddings.position_embeddings.weight"][:tokens] + w["embeddings.token_type_embeddings.weight"][0]
        x = norm(x, w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"])
        for qkv_w, qkv_b, out_w, out_b, n1_w, n1_b, up_w, up_b, down_w, down_b, n2_w, n2_b in layers:
            qkv = F.linear(x, qkv_w, qkv_b).view(batch, tokens, 3, HEADS, hidden // HEADS).permute(2, 0, 3, 1, 4)
            a = attention(qkv[0], qkv[1], qkv[2])
            a = a.transpose(1, 2).reshape(batch, tokens, hidden)
            x = norm(x + F.linear(a, out_w, out_b), n1_w, n1_b)
            x = norm(x + F.linear(F.gelu(F.linear(x, up_w, up_b)), down_w, down_b), n2_w, n2_b)
        return x

    return run


def make(name):
    gemm = re.fullmatch(r"gemm (\w+) (\d+)x(\d+)x(\d+)", name)
    if gemm and gemm[1] in TYPES:
        return make_gemm(TYPES[gemm[1]], *(int(number) for number in gemm.groups()[1:]))
    attention = re.fullmatch(r"attention (\w+) (full|causal) n=(\d+) d=(\d+)", name)
    if attention and attention[1] in TYPES:
        return make_attention(TYPES[attention[1]], attention[2] == "causal", int(attention[3]), int(attention[4]))
    favor = re.fullmatch(r"favor causal (\d+)k", name)
    if favor:
        return make_favor(1024 * int(favor[1]), 256, 64)
    minilm = re.fullmatch(r"minilm (\w+) (\d+)x(\d+)", name)
    if minilm and minilm[1] in TYPES and len(sys.argv) > 3:
        return make_minilm(TYPES[minilm[1]], read_safetensors(sys.argv[3]), int(minilm[2]), int(minilm[3]))
    return None


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    with torch.inference_mode():
        peer_common.serve(peer_common.torch_name(torch), make, float(sys.argv[2]))
