"""What scripts share that make models with python3-onnx and call Quarry, given as the first argument.  Prints TAP."""
import math
import os
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

quarry = os.path.abspath(sys.argv[1])
scratch = tempfile.mkdtemp()
number = failed = 0


def check(passed, what, *details):
    global number, failed
    number += 1
    print(f"{'ok' if passed else 'not ok'} {number} - {what}")
    if not passed:
        failed = 1
        for d in details:
            print("# " + str(d).replace("\n", "\n# ")[:600])


def call(*arguments, cwd=None):
    r = subprocess.run([quarry, *arguments], capture_output=True, text=True, cwd=cwd)
    return r.returncode, r.stdout, r.stderr


def weights(rng, *shape):
    return rng.standard_normal(shape).astype(numpy.float32)


def stripped(name, *shape):
    """A weight that has a shape and no contents, as models without their weights are passed on."""
    return TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def save(nodes, inputs, outputs, constants, name="m", **more):
    graph = helper.make_graph(
        nodes,
        "g",
        inputs,
        outputs,
        [v if isinstance(v, TensorProto) else numpy_helper.from_array(v, k) for k, v in constants.items()],
    )
    model = helper.make_model(
        graph,
        opset_imports=[
            helper.make_opsetid("", 13),
            helper.make_opsetid("com.microsoft", 1),
            helper.make_opsetid("own.domain", 1),
        ],
        **more,
    )
    path = os.path.join(scratch, name + ".onnx")
    onnx.save(model, path)
    return path


def convolve(x, w, groups=1, pad=0):
    """As defined: a sum over the inputs of a group and the taps, nothing shared with the program."""
    x = numpy.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out, inputs, k, _ = w.shape
    h, v = x.shape[2] - k + 1, x.shape[3] - k + 1
    y = numpy.zeros((x.shape[0], out, h, v))
    for o in range(out):
        first = o // (out // groups) * inputs
        for i in range(h):
            for j in range(v):
                y[:, o, i, j] = (x[:, first : first + inputs, i : i + k, j : j + k] * w[o]).sum(axis=(1, 2, 3))
    return y


def ratio_db(x, q):
    noise = ((x - q) ** 2).sum()
    return 10 * math.log10((x**2).sum() / noise) if noise > 0 else math.inf


def finish():
    """The plan, after everything; no return."""
    print(f"1..{number}")
    subprocess.run(["rm", "-rf", scratch], check=False)
    sys.exit(failed)
