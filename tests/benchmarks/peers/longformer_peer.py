# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""Hugging Face's LongformerSelfAttention at the published shape: 12 heads of 64, attention_window 512 (256 tokens on
each side), one global token, f32; and its projections alone (query, key, value and, for global rows, the three of their
own, as the module computes them).

usage: longformer_peer.py THREADS SECONDS [TOKENS]     (prints one line of JSON for each)
"""

import json
import sys

import torch
import transformers
from transformers import LongformerConfig
from transformers.models.longformer.modeling_longformer import LongformerSelfAttention

import peer_common


def main():
    torch.set_num_threads(int(sys.argv[1]))
    seconds = float(sys.argv[2])
    tokens = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
    torch.manual_seed(0)
    config = LongformerConfig(attention_window=[512], hidden_size=768, num_attention_heads=12)
    module = LongformerSelfAttention(config, 0).eval()
    x = torch.randn(1, tokens, 768)
    mask = torch.zeros(1, tokens)
    mask[0, 0] = 10000.0  # what the model gives the module for a global token

    def attention():
        return module(
            x,
            attention_mask=mask,
            is_index_masked=mask < 0,
            is_index_global_attn=mask > 0,
            is_global_attn=True,
        )

    def projections():
        for linear in (module.query, module.key, module.value, module.key_global, module.value_global):
            linear(x)
        module.query_global(x[:, :1])

    peer = f"transformers {transformers.__version__}, torch {torch.__version__}"
    with torch.no_grad():
        for name, run in (("self-attention", attention), ("its projections", projections)):
            answer = peer_common.measure(run, seconds)
            print(json.dumps({"name": f"longformer {tokens} {name}", "peer": peer, **answer}), flush=True)


if __name__ == "__main__":
    main()
