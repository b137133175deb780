# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""Hugging Face's whole Longformer and BigBird on PyTorch: the base shapes with random weights, one text of 4096 tokens,
as long_models_bench runs them. Longformer: windows of 256 tokens on each side, the first token global. BigBird: sparse
blocks of 64 with 3 random ones (outside training the library takes block 0 for all three: the work stays the same).

usage: long_models_peer.py THREADS SECONDS     (cases on standard input: longformer|big_bird f32|bf16)
"""

import re
import sys

import torch
import transformers

import peer_common

TYPES = {"f32": torch.float32, "bf16": torch.bfloat16}
VOCABULARY = 4096  # ours, smaller than the published: its rows are looked up, not multiplied
TOKENS = 4096


def make_model(family):
    shape = {"vocab_size": VOCABULARY, "type_vocab_size": 1, "hidden_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 12, "intermediate_size": 3072}
    if family == "longformer":
        config = transformers.LongformerConfig(
            attention_window=512, max_position_embeddings=TOKENS + 2, pad_token_id=1, **shape)
        return transformers.LongformerModel(config, add_pooling_layer=False)
    config = transformers.BigBirdConfig(
        attention_type="block_sparse", block_size=64, num_random_blocks=3, max_position_embeddings=TOKENS, **shape)
    return transformers.BigBirdModel(config, add_pooling_layer=False)


def make(name):
    case = re.fullmatch(r"(longformer|big_bird) (\w+)", name)
    if not case or case[2] not in TYPES:
        return None
    torch.set_default_dtype(TYPES[case[2]])  # the weights are made in it, never converted
    model = make_model(case[1]).eval()
    inputs = {"input_ids": torch.randint(2, VOCABULARY, (1, TOKENS))}
    if case[1] == "longformer":
        inputs["global_attention_mask"] = torch.zeros(1, TOKENS, dtype=torch.long)
        inputs["global_attention_mask"][0, 0] = 1
    return lambda: model(**inputs)


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    transformers.logging.set_verbosity_error()
    with torch.inference_mode():
        peer_common.serve(f"transformers {transformers.__version__}, {peer_common.torch_name(torch)}", make,
                          float(sys.argv[2]), least=1)
