#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ONNX's own tests of its operators with "perceptron-cli run-onnx".

node-suite.py PROGRAM CACHE
    PROGRAM  perceptron-cli
    CACHE    a folder for the Python package onnx, as in compare.py

The cases are those that the package makes and brings along for the operators below, with float inputs and outputs
and outside training. Each runs twice: with all inputs given, and with the parameters as constants of the
model, as exported models have them. Exit status: 0 all right, 1 not, 77 (skipped) when the package can't be had.
"""
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import compare

OPERATORS = set("""Add AveragePool BatchNormalization Clip Concat Constant Conv Div Dropout Elu Flatten GRU Gemm
GlobalAveragePool GlobalMaxPool Identity LSTM LeakyRelu LogSoftmax MatMul MaxPool Mul Pad RNN Relu Reshape Sigmoid
Softmax Squeeze Sub Tanh Transpose Unsqueeze""".split())
FEWEST = 200  # so that a change of the package that hides its tests is noticed
TOLERANCE = {"rtol": 1e-3, "atol": 1e-5}


def generated():
    from onnx.backend.test.case.node import collect_testcases
    for case in collect_testcases(None):
        if case.model is not None:
            yield case.name, case.model, case.data_sets


def stored():
    """The models of a PyTorch exporter that lie in the package, in operator set 6."""
    import onnx
    from onnx import numpy_helper

    def load(path):
        return numpy_helper.to_array(onnx.load_tensor(str(path)))

    for model in sorted(Path(onnx.__file__).parent.glob("backend/test/data/pytorch-*/*/model.onnx")):
        sets = [([load(p) for p in sorted(folder.glob("input_*.pb"))], [load(p) for p in sorted(folder.glob("output_*.pb"))])
                for folder in sorted(model.parent.glob("test_data_set_*"))]
        yield model.parent.name, onnx.load(str(model)), sets


def wanted(name, model, sets):
    from onnx import TensorProto
    for value in list(model.graph.input) + list(model.graph.output):
        if value.type.tensor_type.elem_type not in (TensorProto.FLOAT, TensorProto.INT64):
            return False
    if any(value.type.tensor_type.elem_type != TensorProto.FLOAT for value in model.graph.output):
        return False
    for node in model.graph.node:
        training = any(a.name == "training_mode" and a.i for a in node.attribute)
        # The indices of MaxPool and the mask of Dropout are outputs that no classifier has.
        if node.op_type not in OPERATORS or training or (node.op_type in ("MaxPool", "Dropout") and len(node.output) > 1):
            return False
    return "training" not in name and all(a.size for s in sets for part in s for a in part)


def fold(model, inputs):
    """The same with all inputs but the first as constants."""
    import onnx
    from onnx import numpy_helper
    folded = onnx.ModelProto()
    folded.CopyFrom(model)
    constants = {c.name for c in model.graph.initializer}
    free = [i for i in model.graph.input if i.name not in constants]
    for value, array in list(zip(free, inputs))[1:]:
        folded.graph.initializer.append(numpy_helper.from_array(array, value.name))
    del folded.graph.input[:]
    folded.graph.input.extend(free[:1])
    folded.ir_version = max(folded.ir_version, 4)  # before, constants had to be inputs as well
    return folded


def run(program, folder, model, inputs, outputs):
    """None, or what is wrong."""
    import numpy
    import onnx
    onnx.save(model, f"{folder}/model.onnx")
    for i, array in enumerate(inputs):
        numpy.save(f"{folder}/input_{i}.npy", array)
    command = [program, "run-onnx", f"{folder}/model.onnx", *(f"{folder}/input_{i}.npy" for i in range(len(inputs))),
               "--out", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        return f"exit status {done.returncode}: {done.stderr.strip()}"
    for i, want in enumerate(outputs):
        got = numpy.load(f"{folder}/output_{i}.npy")
        if got.shape != want.shape or got.dtype != want.dtype:
            return f"output {i} is {got.dtype} {got.shape} instead of {want.dtype} {want.shape}"
        if not numpy.allclose(got, want, equal_nan=True, **TOLERANCE):
            return f"output {i} differs by {numpy.abs(got - want).max():.3g}"
    return None


def main():
    program, cache = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    reason = compare.find_packages(cache)
    if reason:
        print("Skipped: the package onnx can't be installed for this test: %s" % reason)
        return compare.SKIP
    sys.path.insert(0, cache)
    warnings.simplefilter("ignore")
    import numpy
    passed, failures, seen = 0, [], set()
    with tempfile.TemporaryDirectory() as folder:
        for name, model, sets in [*generated(), *stored()]:
            if name in seen:
                continue
            seen.add(name)
            sets = [([numpy.asarray(a) for a in i if not hasattr(a, "elem_type")],
                     [numpy.asarray(a) for a in o if not hasattr(a, "elem_type")]) for i, o in sets] \
                if {n.op_type for n in model.graph.node} <= OPERATORS else []
            if not sets or not wanted(name, model, sets):
                continue
            for inputs, outputs in sets:
                for part, arrays in ((model, inputs), (fold(model, inputs), inputs[:1])):
                    problem = run(program, folder, part, arrays, outputs)
                    passed += problem is None
                    if problem:
                        failures.append(f"{name}: {problem}")
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed")
    return 0 if not failures and passed >= 2 * FEWEST else 1


if __name__ == "__main__":
    sys.exit(main())
