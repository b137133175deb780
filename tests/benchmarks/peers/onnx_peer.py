# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime at the same work, with MiniLM in its own form (inputs input_ids and attention_mask).

usage: onnx_peer.py THREADS SECONDS model.onnx     (cases on standard input: minilm int8 BATCHxTOKENS)
"""

import re
import sys

import numpy
import onnxruntime

import peer_common


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def make(name):
    case = re.fullmatch(r"minilm int8 (\d+)x(\d+)", name)
    if not case:
        return None
    shape = (int(case[1]), int(case[2]))
    ids = numpy.random.default_rng(1).integers(0, 30522, shape, dtype=numpy.int64)
    every = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    session = open_session(sys.argv[3], int(sys.argv[1]))
    inputs = {entry.name: every[entry.name] for entry in session.get_inputs()}
    return lambda: session.run(None, inputs)


if __name__ == "__main__":
    peer_common.serve(f"ONNX Runtime {onnxruntime.__version__}", make, float(sys.argv[2]))
