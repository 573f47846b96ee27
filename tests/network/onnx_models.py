"""Models that tests import: written by Debian's python3-onnx, never by Quarry.  Prints TAP.

onnx_models.py QUARRY networks          shipped networks as ONNX, imported again: every column as it was
onnx_models.py QUARRY cases             small models with products, weights and sizes worked out by hand
onnx_models.py QUARRY shapes [STEP]     models of libonnx-testdata without their declared shapes (every STEP-th): sizes
                                        equal python3-onnx's wherever both know them
"""
import csv
import glob
import hashlib
import io
import os
import subprocess
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

from onnx_make import call, check, convolve, finish, quarry, ratio_db, save, scratch, stripped, value, weights

def rows_of(path, *options):
    """Imported and described: code, rows by name, what was said."""
    out = os.path.join(scratch, "out.csv")
    if os.path.exists(out):
        os.remove(out)
    code, _, said = call("import", "onnx", path, "-o", out, *options)
    if code:
        return code, [], said
    code, text, err = call("describe", "network", out, "--format", "csv")
    return code, list(csv.DictReader(io.StringIO(text))), said + err


# ---- shipped networks ----


def to_model(rows):
    """Each layer a node; batch normalization and Relu after each convolution, no shapes declared."""
    nodes, constants, inputs, made, maps = [], {}, [], {}, {}
    for r in rows:
        n, kind = r["layer"], r["type"]
        c, out = int(r["in_c"]), int(r["out_c"])
        if r["inputs"] == "-":
            x = "in_" + n
            inputs.append(value(x, ["N", c, int(r["in_h"]), int(r["in_w"])]))
        else:
            joined, _, gate = r["inputs"].partition("*")
            parts = [made[p] for p in joined.split("+")]
            x = parts[0]
            if len(parts) > 1 and kind != "add":
                x = n + "_parts"
                nodes.append(helper.make_node("Concat", parts, [x], axis=1, name=n + "_concat"))
            if gate:
                nodes.append(helper.make_node("Sigmoid", [made[gate]], [n + "_sigmoid"]))
                nodes.append(helper.make_node("Mul", [n + "_sigmoid", x], [n + "_x"]))
                x = n + "_x"
        if kind == "concat":
            made[n] = x
            maps[x] = (int(r["out_h"]), int(r["out_w"]), out)
            continue
        y = made[n] = n + "_y"
        kh, kw = (int(v) for v in r["kernel"].split("x"))
        top, bottom, left, right = (int(v) for v in (r["pad"].split("/") * 4)[:4])  # "1", or all four
        pads = [top, left, bottom, right]
        stride = int(r["stride"])
        window = dict(kernel_shape=[kh, kw], strides=[stride, stride], pads=pads)
        if kind == "add":
            nodes.append(helper.make_node("Add", parts, [y], name=n))
        elif kind == "pool":
            nodes.append(helper.make_node("MaxPool", [x], [y], name=n, **window))
        elif kind == "fc" and int(r["in_h"]) == 1 and maps.get(x, (1, 1, 0))[:2] == (1, 1) and "se_" in n:
            constants[n + "_w"] = stripped(n + "_w", out, c, 1, 1)
            nodes.append(helper.make_node("Conv", [x, n + "_w"], [y], name=n, **window))
        elif kind == "fc":
            constants[n + "_w"] = stripped(n + "_w", c, out)
            nodes.append(helper.make_node("Flatten", [x], [n + "_f"]))
            nodes.append(helper.make_node("Gemm", [n + "_f", n + "_w"], [y], name=n))
        else:
            constants[n + "_w"] = stripped(n + "_w", out, c // int(r["groups"]), kh, kw)
            for k in "sbmv":
                constants[n + "_" + k] = numpy.ones(out, numpy.float32)
            nodes.append(
                helper.make_node("Conv", [x, n + "_w"], [n + "_c"], name=n, group=int(r["groups"]), **window)
            )
            nodes.append(
                helper.make_node("BatchNormalization", [n + "_c"] + [n + "_" + k for k in "sbmv"], [n + "_n"])
            )
            nodes.append(helper.make_node("Relu", [n + "_n"], [y]))
        maps[y] = (int(r["out_h"]), int(r["out_w"]), out)
    return nodes, inputs, constants, [value(made[rows[-1]["layer"]], None)]


def plain(rows):
    """Concatenations as a+b of the layers that read them; what counts of each row."""
    parts = {r["layer"]: r["inputs"] for r in rows if r["type"] == "concat"}
    kept = []
    for r in rows:
        if r["type"] == "concat":
            continue
        inputs = "*".join("+".join(parts.get(p, p) for p in s.split("+")) for s in r["inputs"].split("*"))
        # An excitation is written as a 1x1 convolution here, as exporters do: the same counts.
        kind = "fc" if r["type"] == "pwconv" and r["in_h"] == r["in_w"] == "1" else r["type"]
        kept.append(dict(r, inputs=inputs, type=kind))
    return kept


def networks():
    for file in sorted(glob.glob("db/networks/*.csv")):
        name = os.path.basename(file)[:-4]
        _, text, _ = call("describe", "network", name, "--db-dir", "db", "--format", "csv")
        expected = list(csv.DictReader(io.StringIO(text)))
        nodes, inputs, constants, outputs = to_model(expected)
        path = save(nodes, inputs, outputs, constants, name)
        code, got, said = rows_of(path)
        different = [(a, b) for a, b in zip(plain(expected), plain(got)) if a != b]
        check(
            code == 0 and len(plain(got)) == len(plain(expected)) and not different,
            f"{name}: {len(expected)} layers as they were",
            code,
            said,
            *different[:2],
        )
        os.remove(path)


# ---- shapes ----


def shapes(step):
    models = sorted(glob.glob("/usr/share/libonnx-testdata/data/*/*/model.onnx"))[::step]
    check(len(models) * step > 1000, f"{len(models)} models of libonnx-testdata")
    compared, wrong, refused = 0, [], []
    for path in models:
        model = onnx.load(path)
        try:
            known = shape_inference.infer_shapes(model)
        except Exception:  # one that the oracle refuses
            continue
        del model.graph.value_info[:]
        for o in model.graph.output:
            o.ClearField("type")
        bare = os.path.join(scratch, "bare.onnx")
        with open(bare, "wb") as f:
            f.write(model.SerializeToString())
        code, text, said = call("import", "onnx", bare, "--shapes")
        if code:
            if model.graph.node:
                refused.append((path, code, said))
            continue
        ours = {}
        for line in text.splitlines():
            name, _, shape = line.partition("\t")
            if shape != "not known":
                ours[name] = [None if d == "?" else int(d) for d in shape.split(" x ")] if shape else []
        for v in list(known.graph.value_info) + list(known.graph.output):
            kind = v.type.tensor_type
            if v.type.WhichOneof("value") != "tensor_type" or not kind.HasField("shape") or v.name not in ours:
                continue
            theirs = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
            mine = ours[v.name]
            compared += 1
            if len(mine) != len(theirs) or any(
                a is not None and b is not None and a != b for a, b in zip(mine, theirs)
            ):
                wrong.append((path, v.name, mine, theirs))
    check(not refused, "each is read", *refused[:3])
    check(not wrong and compared > 2 * len(models) // 3, f"{compared} shapes equal python3-onnx's", *wrong[:5])
    # Whole commands over the models as they are: a network that is read again, or a sentence that names operators.
    bad = []
    for path in models:
        out = os.path.join(scratch, "out.csv")
        code, _, said = call("import", "onnx", path, "-o", out)
        if code == 0:
            again, _, _ = call("describe", "network", out)
            if again:
                bad.append((path, "not read again"))
        elif code != 2 or not any(n.op_type in said for n in onnx.load(path).graph.node):
            if onnx.load(path).graph.node:
                bad.append((path, code, said))
    check(not bad, "each is a network or a sentence that names its operators", *bad[:3])


# ---- cases by hand ----


def one(rows, name):
    return next((r for r in rows if r["layer"] == name), {})


def numbers(row, *names):
    return [int(row.get(n) or -1) for n in names]


def conv_cases(rng):
    def conv(op, x, w, out=None, **attributes):
        node = helper.make_node(op, ["x", "w"], ["y"], name="c", **attributes)
        path = save([node], [value("x", x)], [value("y", out)], {"w": weights(rng, *w)})
        code, rows, said = rows_of(path)
        return code, one(rows, "c"), said

    # op, x, w, attributes, (out_h, out_w, out_c, groups, weights, macs), what
    table = [
        ("Conv", [1, 8, 10, 12], [16, 8, 3, 3], {}, (8, 10, 16, 1, 1152, 92160), "no padding"),
        (
            "Conv",
            [1, 8, 10, 12],
            [16, 2, 3, 3],
            dict(group=4, pads=[1, 1, 1, 1]),
            (10, 12, 16, 4, 288, 34560),
            "groups",
        ),
        (
            "Conv",
            [1, 8, 10, 12],
            [16, 1, 3, 3],
            dict(group=8, dilations=[2, 2]),
            (6, 8, 16, 8, 144, 6912),
            "depthwise, multiplier 2, dilated",
        ),
        (
            "Conv",
            [1, 1, 49, 10],
            [64, 1, 10, 4],
            dict(auto_pad="SAME_UPPER", strides=[2, 2]),
            (25, 5, 64, 1, 2560, 320000),
            "10x4, SAME",
        ),
        (
            "Conv",
            [1, 3, 9, 9],
            [4, 3, 3, 3],
            dict(pads=[0, 1, 2, 0], strides=[2, 3]),
            (5, 3, 4, 1, 108, 1620),
            "four pads, two strides",
        ),
        ("Conv", [1, 16, 100], [32, 16, 5], dict(strides=[2], pads=[2, 2]), (1, 50, 32, 1, 2560, 128000), "1-D"),
        (
            "Conv",
            [1, 4, 8, 8],
            [4, 4, 1, 1],
            dict(pads=[1, 1, 1, 1]),
            (10, 10, 4, 1, 16, 1600),
            "padding of a whole kernel",
        ),
        (
            "ConvTranspose",
            [1, 8, 5, 5],
            [8, 4, 3, 3],
            dict(strides=[2, 2]),
            (5, 5, 36, 1, 288, 7200),
            "transposed: each input times each tap",
        ),
        (
            "ConvTranspose",
            [1, 8, 5, 5],
            [8, 4, 3, 3],
            {},
            (7, 7, 4, 1, 288, 14112),
            "transposed with stride 1: a convolution",
        ),
        (
            "ConvTranspose",
            [1, 8, 5, 5],
            [8, 1, 4, 4],
            dict(strides=[2, 2], group=8, pads=[1, 1, 1, 1]),
            (5, 5, 128, 8, 128, 3200),
            "transposed, depthwise",
        ),
        (
            "Conv",
            [1, 2, 6, 8, 8],
            [4, 2, 3, 3, 3],
            {},
            (6, 6, 4, 1, 216, 7776),
            "3-D: macs of one slice of the output",
        ),
    ]
    for op, x, w, attributes, expected, what in table:
        code, row, said = conv(op, x, w, **attributes)
        got = numbers(row, "out_h", "out_w", "out_c", "groups", "weights", "macs")
        check(code == 0 and got == list(expected), f"{op}: {what}", got, expected, said)
    check(conv("Conv", [1, 2, 6, 8, 8], [4, 2, 3, 3, 3])[1].get("batch") == "4", "3-D: four slices")


def product_cases(rng):
    def product(nodes, inputs, constants, layer):
        path = save(nodes, [value(k, v) for k, v in inputs.items()], [value("y", None)], constants)
        code, rows, said = rows_of(path)
        return one(rows, layer), rows, said

    n = helper.make_node
    row, _, said = product(
        [n("MatMul", ["x", "w"], ["y"], name="m")], {"x": [1, 50, 64]}, {"w": weights(rng, 64, 32)}, "m"
    )
    check(
        numbers(row, "out_h", "out_w", "out_c", "weights", "macs") == [1, 50, 32, 2048, 102400],
        "tokens times weights",
        row,
        said,
    )
    row, _, said = product(
        [n("Gemm", ["x", "w"], ["y"], name="m", transB=1)], {"x": ["N", 64]}, {"w": weights(rng, 10, 64)}, "m"
    )
    check(row.get("type") == "fc" and numbers(row, "batch", "macs") == [1, 640], "Gemm, symbolic batch", row, said)
    row, _, said = product(
        [n("MatMul", ["w", "x"], ["y"], name="m")], {"x": [64, 7]}, {"w": weights(rng, 10, 64)}, "m"
    )
    check(
        numbers(row, "in_w", "in_c", "out_c", "weights", "macs") == [7, 64, 10, 640, 4480],
        "weights on the left",
        row,
        said,
    )
    # Attention of 4 heads, 16 wide, 20 tokens: scores 4 x 20 x 20 x 16, sums 4 x 20 x 20 x 16.
    w = {k: weights(rng, 64, 64) for k in ("wq", "wk", "wv", "wo")}
    w.update(split=numpy.array([0, 20, 4, 16]), join=numpy.array([0, -1, 64]), scale=numpy.float32([0.25]))
    nodes = []
    for k in "qkv":
        nodes += [
            n("MatMul", ["x", "w" + k], [k], name=k),
            n("Reshape", [k, "split"], [k + "r"]),
            n("Transpose", [k + "r"], [k + "t"], perm=[0, 2, 3, 1] if k == "k" else [0, 2, 1, 3]),
        ]
    nodes += [
        n("MatMul", ["qt", "kt"], ["s"], name="scores"),
        n("Mul", ["s", "scale"], ["ss"]),
        n("Softmax", ["ss"], ["p"]),
        n("MatMul", ["p", "vt"], ["o"], name="values"),
        n("Transpose", ["o"], ["ot"], perm=[0, 2, 1, 3]),
        n("Reshape", ["ot", "join"], ["or"]),
        n("MatMul", ["or", "wo"], ["z"], name="out"),
        n("Add", ["z", "q"], ["y"], name="sum"),
    ]
    row, rows, said = product(nodes, {"x": [1, 20, 64]}, w, "scores")
    check(
        numbers(row, "groups", "macs") == [4, 25600] and (row.get("weights"), row.get("inputs")) == ("0", "q@k"),
        "attention: scores",
        row,
        said,
    )
    row = one(rows, "values")
    check(
        numbers(row, "groups", "macs") == [4, 25600] and (row.get("weights"), row.get("inputs")) == ("0", "scores@v"),
        "attention: values",
        row,
        said,
    )
    check(
        one(rows, "out").get("inputs") == "values" and one(rows, "sum").get("inputs") == "out+q",
        "attention: edges",
        rows,
    )
    check("both operands are computed" in said, "attention: said", said)
    row, rows, said = product(
        [n("LSTM", ["x", "w", "r"], ["y"], name="l", hidden_size=32)],
        {"x": [25, 1, 16]},
        {"w": weights(rng, 1, 128, 16), "r": weights(rng, 1, 128, 32)},
        "l.inputs",
    )
    check(
        numbers(row, "macs") == [25 * 128 * 16]
        and numbers(one(rows, "l.state"), "macs", "weights") == [25 * 128 * 32, 4096],
        "LSTM: inputs and state",
        rows,
        said,
    )


def graph_cases(rng):
    n = helper.make_node
    w = weights(rng, 8, 3, 3, 3)
    q = numpy.int8(rng.integers(-127, 128, (8, 8, 3, 3)))
    # Through quantizers, weights behind DequantizeLinear; shapes computed in the graph; a domain of one's own.
    nodes = [
        n("QuantizeLinear", ["x", "s", "z"], ["xq"]),
        n("DequantizeLinear", ["xq", "s", "z"], ["xd"]),
        n("Conv", ["xd", "w"], ["a"], name="a", pads=[1, 1, 1, 1]),
        n("QuantizeLinear", ["a", "s", "z"], ["aq"]),
        n("DequantizeLinear", ["aq", "s", "z"], ["ad"]),
        n("DequantizeLinear", ["q", "s", "z"], ["qd"]),
        n("Conv", ["ad", "qd"], ["b"], name="b", pads=[1, 1, 1, 1]),
        n("Add", ["b", "ad"], ["c"], name="c"),
        n("Special", ["c"], ["d"], name="special", domain="own.domain"),
        n("Shape", ["c"], ["sh"]),
        n("Gather", ["sh", "zero"], ["batch"], axis=0),
        n("Unsqueeze", ["batch", "axes"], ["b1"]),
        n("Concat", ["b1", "minus"], ["to"], axis=0),
        n("Reshape", ["c", "to"], ["flat"]),
        n("Gemm", ["flat", "fw"], ["y"], name="fc"),
    ]
    constants = dict(
        s=numpy.float32(0.5),
        z=numpy.int8(0),
        w=w,
        q=q,
        zero=numpy.array(0),
        axes=numpy.array([0]),
        minus=numpy.array([-1]),
        fw=weights(rng, 8 * 6 * 5, 4),
    )
    path = save(nodes, [value("x", ["batch", 3, 6, 5])], [value("y", None)], constants, "qdq")
    folder = os.path.join(scratch, "w")
    code, rows, said = rows_of(path, "--batch", "2", "--weights", folder)
    check(code == 0 and [r["inputs"] for r in rows] == ["-", "a", "b+a", "c"], "edges through quantizers", rows, said)
    check(all(r["batch"] == "2" for r in rows), "symbolic batch", rows)
    check("own.domain" in said and "special" in said, "an operator of another domain is named", said)
    check("Concat" not in said and "Shape" not in said, "sizes computed in the graph are no work", said)
    read = lambda layer, *shape: numpy.fromfile(os.path.join(folder, layer + ".f32"), numpy.float32).reshape(shape)
    check(numpy.array_equal(read("a", 8, 3, 3, 3), w), "weights of the file")
    check(numpy.array_equal(read("b", 8, 8, 3, 3), q.astype(numpy.float32) / 2), "weights behind DequantizeLinear")
    check(numpy.array_equal(read("fc", 4, 240), constants["fw"].T), "weights of Gemm: a row per output")
    code, out, err = call(
        "quantize", "uniform", "--bits", "8", "--weights", os.path.join(folder, "a.f32"), "--format", "csv"
    )
    check(code == 0 and len(out.splitlines()) == 2, "quantize reads them", err)
    # A missing size is asked for; a wrong name is named.
    path = save(
        [n("Conv", ["x", "w"], ["y"], name="c")], [value("x", [1, 3, "height", 9])], [value("y", None)], dict(w=w)
    )
    code, _, said = rows_of(path)
    check(code == 2 and "--dim height=N" in said, "an unset dimension", said)
    code, rows, said = rows_of(path, "--dim", "height=12")
    check(code == 0 and rows[0]["out_h"] == "10", "set by name", said)
    code, _, said = rows_of(path, "--dim", "heigth=12")
    check(code == 2 and "'heigth'; did you mean \"height\"?" in said, "a name that is not there", said)
    # Pads of their own, pools rounded up, excitation, concatenation, resizing.
    nodes = [
        n("Conv", ["x", "w"], ["a"], name="a"),
        n("Pad", ["a", "pads"], ["p"]),
        n("Conv", ["p", "w2"], ["b"], name="b"),
        n("MaxPool", ["b"], ["c"], name="c", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        n("ReduceMean", ["c"], ["g"], name="mean", axes=[2, 3]),
        n("Conv", ["g", "w3"], ["h"], name="gate"),
        n("HardSigmoid", ["h"], ["hs"]),
        n("Mul", ["c", "hs"], ["m"]),
        n("Conv", ["m", "w3"], ["d"], name="d"),
        n("Concat", ["d", "c"], ["e"], axis=1, name="e"),
        n("Resize", ["e", "", "scales"], ["u"], name="up"),
        n("Conv", ["u", "w4"], ["y"], name="f"),
    ]
    constants = dict(
        w=w,
        w2=weights(rng, 8, 8, 3, 3),
        w3=weights(rng, 8, 8, 1, 1),
        w4=weights(rng, 4, 16, 1, 1),
        pads=numpy.array([0, 0, 1, 1, 0, 0, 1, 1]),
        scales=numpy.float32([1, 1, 2, 2]),
    )
    path = save(nodes, [value("x", [1, 3, 11, 11])], [value("y", None)], constants)
    code, rows, said = rows_of(path)
    check([r["inputs"] for r in rows] == ["-", "a", "b", "c", "mean", "c*gate", "d+c", "-"], "edges", rows, said)
    check(one(rows, "b").get("pad") == "1" and one(rows, "c").get("out_h") == "5", "Pad and ceil_mode", rows)
    check(
        numbers(one(rows, "f"), "in_h", "in_c", "macs") == [10, 16, 6400] and "reads part of a layer" in said,
        "behind Resize",
        said,
    )
    # Depthwise, whole numbers, names that a network file cannot hold.
    path = save(
        [n("Conv", ["x", "w"], ["a"], name="/blk+1/conv,a"), n("Conv", ["a", "w"], ["y"], name="/blk+1/conv,a")],
        [value("x", [1, 4, 8, 8])],
        [value("y", None)],
        dict(w=numpy.float32(rng.integers(-7, 8, (4, 4, 1, 1)))),
    )
    folder = os.path.join(scratch, "w2")
    code, rows, said = rows_of(path, "--weights", folder)
    check([r["layer"] for r in rows] == ["blk_1.conv_a", "blk_1.conv_a_2"], "names", rows, said)
    check("hold only integers" in said, "whole numbers are warned of", said)
    # Integers that the file has no scale for, with and without a zero point; with a scale of 1 there is nothing to say.
    whole = numpy.int8(rng.integers(-7, 8, (4, 4, 1, 1)))
    for inputs, zero in ((["x", "w"], {}), (["x", "w", "", "z"], dict(z=numpy.int8(1)))):
        path = save(
            [n("ConvInteger", inputs, ["y"], name="c")],
            [value("x", [1, 4, 8, 8], TensorProto.UINT8)],
            [value("y", None, TensorProto.INT32)],
            dict(w=whole, **zero),
        )
        code, rows, said = rows_of(path, "--weights", os.path.join(scratch, "w_int%d" % len(zero)))
        check(
            said.count("'c'") == 1 and "stored as integers" in said and "floating point" not in said, "no scale", said
        )
    path = save(
        [n("DequantizeLinear", ["w", "s"], ["f"]), n("Conv", ["x", "f"], ["y"], name="c")],
        [value("x", [1, 4, 8, 8])],
        [value("y", None)],
        dict(w=whole, s=numpy.float32(1)),
    )
    code, rows, said = rows_of(path, "--weights", os.path.join(scratch, "w_one"))
    check("'c'" not in said, "a scale of 1 is a scale", said)


def part_cases(rng):
    """Split and Slice along channels: layers in parts, whose products and weights add up to those of the whole."""
    n = helper.make_node
    w = dict(w1=weights(rng, 12, 3, 3, 3), w2=weights(rng, 5, 8, 1, 1), d=weights(rng, 12, 1, 3, 3))
    w.update(w3=weights(rng, 7, 17, 1, 1), sizes=numpy.array([4, 8]), at=numpy.array([2]), to=numpy.array([4]),
             axes=numpy.array([1]), w4=weights(rng, 6, 2, 1, 1))  # fmt: skip
    nodes = [
        n("Conv", ["x", "w1"], ["a"], name="stem", pads=[1, 1, 1, 1]),
        n("Conv", ["a", "d"], ["b"], name="deep", group=12, pads=[1, 1, 1, 1]),
        n("Relu", ["b"], ["br"]),
        n("Split", ["br", "sizes"], ["p", "q"], axis=1),
        n("Conv", ["q", "w2"], ["c"], name="narrow"),
        n("Concat", ["p", "q", "c"], ["e"], axis=1, name="join"),
        n("Conv", ["e", "w3"], ["f"], name="last"),
        n("Slice", ["p", "at", "to", "axes"], ["g"]),
        n("Conv", ["g", "w4"], ["y"], name="side"),
        n("Add", ["br", "a"], ["z"], name="sum"),
    ]
    outputs = [value("f", None), value("y", None), value("z", None)]
    path = save(nodes, [value("x", [1, 3, 8, 8])], outputs, w)
    code, rows, said = rows_of(path)
    got = {r["layer"]: (r["type"], r["inputs"], int(r["in_c"]), int(r["out_c"])) for r in rows}
    expected = {
        "stem.0": ("conv", "-", 3, 2),
        "stem.1": ("conv", "-", 3, 2),
        "stem.2": ("conv", "-", 3, 8),
        "deep.0": ("dwconv", "stem.0", 2, 2),
        "deep.1": ("dwconv", "stem.1", 2, 2),
        "deep.2": ("dwconv", "stem.2", 8, 8),
        "narrow": ("pwconv", "deep.2", 8, 5),
        "join": ("concat", "deep.0+deep.1+deep.2+narrow", 17, 17),
        "last": ("pwconv", "join", 17, 7),
        "side": ("pwconv", "deep.1", 2, 6),
        "deep.0_11": ("concat", "deep.0+deep.1+deep.2", 12, 12),
        "stem.0_11": ("concat", "stem.0+stem.1+stem.2", 12, 12),
        "sum": ("add", "deep.0_11+stem.0_11", 12, 12),
    }
    check(code == 0 and got == expected, "parts of maps", [k for k in expected if got.get(k) != expected[k]], got, said)
    of = lambda name, what: sum(int(r[what]) for r in rows if r["layer"].split(".")[0] == name)
    sums = [of("stem", "macs"), of("stem", "weights"), of("deep", "macs"), of("deep", "weights")]
    check(sums == [12 * 27 * 64, 12 * 27, 12 * 9 * 64, 12 * 9], "their products and weights are those of the whole", sums)
    check("Split" in said and ".0, .1" in said and "reads part" not in said, "parts are said", said)
    code, out, err = call("describe", "schedule", os.path.join(scratch, "out.csv"), "--buffer-entries", "400", "--execute")
    check(code == 0 and "executed" in out, "a schedule of them, executed", err)
    # Of a concatenation, of rows, of every second channel: the edge is not there, and the message is.
    for what, cut in (
        ("channels of a concatenation", [n("Concat", ["a", "b"], ["r"], axis=1), n("Split", ["r", "half"], ["p", "q"], axis=1)]),
        ("rows", [n("Split", ["a"], ["p", "q"], axis=2)]),
        ("every second channel", [n("Slice", ["a", "zero", "end", "axes", "two"], ["p"])]),
    ):  # fmt: skip
        constants = dict(w1=w["w1"], d=w["d"], half=numpy.array([12, 12]), zero=numpy.array([0]), end=numpy.array([12]),
                         axes=numpy.array([1]), two=numpy.array([2]), k=weights(rng, 3, 6 if "every" in what else 12, 1, 1))  # fmt: skip
        path = save([*nodes[:2], *cut, n("Conv", ["p", "k"], ["y"], name="reader")], [value("x", [1, 3, 8, 8])],
                    [value("y", None)], constants)  # fmt: skip
        code, rows, said = rows_of(path)
        check(one(rows, "reader").get("inputs") == "-" and "reads part" in said, "no part: " + what, rows, said)


def exporter_cases(rng):
    """What exporters write around layers: sizes computed in the graph, weights behind Transpose, half precision."""
    n = helper.make_node
    w = weights(rng, 16, 8)
    nodes = [
        n("Constant", [], ["minus"], value=numpy_helper.from_array(numpy.array([-1, -1, -1]))),
        n("Constant", [], ["sizes"], value_ints=[1, 5, -1]),
        n("Equal", ["sizes", "minus"], ["which"]),
        n("ConstantOfShape", ["three"], ["ones"], value=numpy_helper.from_array(numpy.array([1]))),
        n("Where", ["which", "ones", "sizes"], ["to"]),
        n("Expand", ["x", "to"], ["e"]),
        n("Transpose", ["w"], ["wt"], perm=[1, 0]),
        n("MatMul", ["e", "wt"], ["y"], name="m"),
    ]
    path = save(nodes, [value("x", [1, 1, 8])], [value("y", None)], dict(w=w, three=numpy.array([3])))
    folder = os.path.join(scratch, "wt")
    code, rows, said = rows_of(path, "--weights", folder)
    check(
        code == 0 and numbers(rows[0], "in_w", "out_c", "macs") == [5, 16, 640],
        "Expand to computed sizes",
        rows,
        said,
    )
    got = numpy.fromfile(folder + "/m.f32", numpy.float32).reshape(16, 8)
    check(numpy.array_equal(got, w), "weights behind Transpose")
    half = rng.standard_normal((4, 3, 3, 3)).astype(numpy.float16)
    half.flat[:3] = [6e-8, 65504, -0.0]  # the least and the largest
    kind = TensorProto.FLOAT16
    path = save(
        [n("Conv", ["x", "w"], ["y"], name="c")],
        [value("x", [1, 3, 5, 5], kind)],
        [value("y", None, kind)],
        {"w": half},
    )
    code, rows, said = rows_of(path, "--weights", folder)
    got = numpy.fromfile(folder + "/c.f32", numpy.float32).reshape(half.shape)
    check(numpy.array_equal(got, half.astype(numpy.float32)), "weights of half precision", said)
    # What was imported runs.
    experiment = os.path.join(scratch, "run.yaml")
    with open(experiment, "w") as f:
        f.write(
            "name: r\nquestion: q\ntechnology: fdsoi28\nnetwork: ./out.csv\ndesigns:\n"
            "  - {name: a, accelerator: systolic, pe: {kind: mac, multiplier: booth, bits: 8}, rows: 8, columns: 8}\n"
            "precision: 8\nclock_mhz: 200\nobjectives: {minimize: [cycles, area_um2]}\n"
        )
    code, _, said = call("run", experiment, "--dry-run", "--db-dir", os.path.abspath("db"), cwd=scratch)
    check(code == 0, "an experiment on it", said)


def external_cases(rng):
    def write(location, offset=None, length=None, size=27 * 8 * 4):
        t = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[8, 3, 3, 3], data_location=TensorProto.EXTERNAL)
        for k, v in (("location", location), ("offset", offset), ("length", length)):
            if v is not None:
                t.external_data.add(key=k, value=str(v))
        node = helper.make_node("Conv", ["x", "w"], ["y"], name="c")
        model = helper.make_model(helper.make_graph([node], "g", [value("x", [1, 3, 8, 8])], [value("y", None)], [t]))
        path = os.path.join(scratch, "ext.onnx")
        with open(path, "wb") as f:
            f.write(model.SerializeToString())
        return path

    w = weights(rng, 8, 3, 3, 3)
    with open(os.path.join(scratch, "w.bin"), "wb") as f:
        f.write(b"1234" + w.tobytes())
    folder = os.path.join(scratch, "we")
    code, rows, said = rows_of(write("w.bin", 4, 864), "--weights", folder)
    check(
        code == 0 and numpy.array_equal(numpy.fromfile(folder + "/c.f32", numpy.float32), w.ravel()),
        "external weights",
        said,
    )
    for what, arguments, says in (
        ("beyond the end", ("w.bin", 8, 864), "864 bytes"),
        ("another length", ("w.bin", 4, 800), "864 bytes"),
        ("an offset beyond all", ("w.bin", 2**63, 864), "864 bytes"),
        ("no number", ("w.bin", "x", 864), "offset"),
        ("outside the folder", ("../" * 20 + "etc/passwd",), "folder"),
        ("an absolute path", ("/etc/passwd",), "folder"),
        ("absent", ("gone.bin",), "gone.bin"),
    ):
        other = os.path.join(scratch, "none")
        code, _, said = rows_of(write(*arguments), "--weights", other)
        check(code == 2 and says in said and not os.path.exists(other), f"external weights: {what}", code, said)
    code, _, said = rows_of(write("gone.bin"))
    check(code == 0 and "gone.bin" in said, "a network without its weights", said)
    # Nothing of the user's is overwritten.
    path = write("w.bin", 4, 864)
    for target, what in ((os.path.join(scratch, "mine.csv"), "a file of one's own"), (path, "the model")):
        if target != path:
            with open(target, "w") as f:
                f.write("layer,type\n")
        link = target if target != path else os.path.join(scratch, "link.csv")
        if target == path:
            os.symlink(path, link)
        before = open(target, "rb").read()
        code, _, said = call("import", "onnx", path, "-o", link)
        check(code == 2 and open(target, "rb").read() == before, f"{what} is not overwritten", said)
    directory_cases(path, w)
    # The same of weights: a file with a layer's name, a list of one's own, a later change; a cut import goes on.
    table = os.path.join(scratch, "net.csv")
    again = lambda folder: call("import", "onnx", path, "-o", table, "--weights", folder)
    for name, contents in (("c.f32", w.tobytes()[:-1] + b"x"), ("weights.csv", b"layer,file\n")):
        folder = os.path.join(scratch, "own_" + name)
        os.mkdir(folder)
        with open(os.path.join(folder, name), "wb") as f:
            f.write(contents)
        code, _, said = again(folder)
        check(
            code == 2 and open(os.path.join(folder, name), "rb").read() == contents and len(os.listdir(folder)) == 1,
            f"{name} of one's own is not overwritten",
            said,
        )
        check(not os.path.exists(table), "and nothing is written", said)
    folder = os.path.join(scratch, "ours")
    os.mkdir(folder)
    with open(folder + "/c.f32", "wb") as f:
        f.write(w.tobytes())
    code, _, said = again(folder)
    check(code == 0, "weights that an import cut short left", said)
    with open(folder + "/weights.csv", encoding="utf-8") as f:
        row = list(csv.DictReader(line for line in f if not line.startswith("#")))[0]
    check(row["sha256"] == hashlib.sha256(w.tobytes()).hexdigest(), "the list has their SHA-256", row)
    with open(os.path.join(scratch, "w.bin"), "wb") as f:
        f.write(b"1234" + (2 * w).tobytes())
    code, _, said = again(folder)
    check(
        code == 0 and numpy.array_equal(numpy.fromfile(folder + "/c.f32", numpy.float32), 2 * w.ravel()),
        "its own output is written again",
        said,
    )
    with open(folder + "/c.f32", "r+b") as f:
        f.write(b"mine")
    code, _, said = again(folder)
    check(code == 2 and open(folder + "/c.f32", "rb").read(4) == b"mine", "not once it was changed", said)
    os.rename(folder + "/c.f32", os.path.join(scratch, "c.f32"))
    os.link(os.path.join(scratch, "w.bin"), folder + "/c.f32")
    code, _, said = again(folder)
    check(code == 2 and "w.bin" in said, "nor over the model's weights by another name", said)
    code, _, said = call("import", "onnx", path, "-o", folder + "x/weights.csv", "--weights", folder + "x")
    check(code == 2, "a network that is the list of its weights", said)


def directory_cases(path, w):
    """The directory of the weights: empty, of another model, of a full disk."""
    table, folder = os.path.join(scratch, "dir.csv"), os.path.join(scratch, "empty")
    os.mkdir(folder)
    go = lambda folder, table=table: call("import", "onnx", path, "-o", table, "--weights", folder)
    code, _, said = go(folder)
    check(code == 0 and sorted(os.listdir(folder)) == ["c.f32", "weights.csv"], "an empty directory is taken", said)
    w.tofile(os.path.join(folder, "stale.f32"))
    code, _, said = go(folder)
    check(code == 0 and "stale.f32" in said and "c.f32:" not in said, "weights of another model are said", said)
    # A file system of 16 KiB: weights of 4 MiB do not fit, so nothing is there afterwards, or all is as it was.
    large = save([helper.make_node("Conv", ["x", "w"], ["y"], name="c")], [value("x", [1, 1024, 8, 8])],
                 [value("y", None)], dict(w=numpy.ones((1024, 1024, 1, 1), numpy.float32)), "large")  # fmt: skip
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 16; exec "$@"', "-", quarry, "import", "onnx"]
    gone, new = os.path.join(scratch, "gone"), os.path.join(scratch, "gone.csv")
    r = subprocess.run([*limited, large, "-o", new, "--weights", gone], capture_output=True, text=True)
    check(r.returncode == 3 and not os.path.exists(new) and not os.path.exists(gone), "nothing half written", r.stderr)
    before = {f: open(os.path.join(folder, f), "rb").read() for f in os.listdir(folder)}
    r = subprocess.run([*limited, large, "-o", table, "--weights", folder], capture_output=True, text=True)
    after = {f: open(os.path.join(folder, f), "rb").read() for f in os.listdir(folder)}
    check(r.returncode == 3 and before == after, "an earlier import is as it was", r.stderr, sorted(after))


def damaged_cases():
    deep = b""
    for _ in range(3000):  # a graph in an attribute of a node in a graph ...
        deep = b"\x0a" + varint(len(deep)) + deep
        deep = b"\x2a" + varint(len(deep) + 1 + len(varint(len(deep)))) + b"\x32" + varint(len(deep)) + deep
    for what, data in (
        ("empty", b""),
        ("text", b"hello\n" * 50),
        ("deep", b"\x3a" + varint(len(deep)) + deep),
        ("zeros", bytes(999)),
    ):
        path = os.path.join(scratch, "bad.onnx")
        with open(path, "wb") as f:
            f.write(data)
        code, _, said = rows_of(path)
        check(code == 2 and "bad.onnx" in said, f"damaged: {what}", code, said)
    check(rows_of(scratch)[0] == 2, "a directory")


# ---- signal in codes ----


def code_step(real, bits):
    low = real.min() < 0
    top = 2 ** (bits - 1) - 1 if low else 2**bits - 1
    return abs(real).max() / top, -top if low else 0, top


def codes(real, sums, bits):
    step, low, top = code_step(real, bits)
    return numpy.clip(numpy.rint(sums / step), low, top) * step


def quantize(bits, path, *options):
    code, text, said = call("quantize", *bits, "--onnx", path, "--format", "csv", *options)
    return code, {r["layer"]: r for r in csv.DictReader(io.StringIO(text))}, said


def signal_cases(rng):
    """Weights that the format holds exactly, so that all noise is that of the activations, worked out here again."""
    n = helper.make_node

    def grid(*shape):
        w = numpy.float32(rng.integers(-7, 8, shape)) / 8
        w.flat[0] = 7 / 8  # the full scale of 4 bits
        return w

    w = dict(w1=grid(6, 3, 3, 3), w2=grid(6, 1, 3, 3), w3=grid(6, 6, 1, 1), w4=grid(6, 4))
    b1, c4 = weights(rng, 6), weights(rng, 4)
    bn = dict(s=numpy.float32([2] * 6), b=weights(rng, 6), m=weights(rng, 6), v=numpy.float32([4 - 1e-5] * 6))
    nodes = [
        n("Conv", ["x", "w1", "b1"], ["a"], name="first", pads=[1, 1, 1, 1]),
        n("BatchNormalization", ["a", "s", "b", "m", "v"], ["an"]),
        n("Relu", ["an"], ["ar"]),
        n("Conv", ["ar", "w2"], ["d"], name="depthwise", group=6, pads=[1, 1, 1, 1]),
        n("Clip", ["d", "zero", "six"], ["dr"]),
        n("MaxPool", ["dr"], ["p"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        n("Conv", ["p", "w3"], ["e"], name="pointwise"),
        n("Add", ["e", "p"], ["f"], name="sum"),
        n("GlobalAveragePool", ["f"], ["g"], name="mean"),
        n("Flatten", ["g"], ["h"]),
        n("Gemm", ["h", "w4", "c4"], ["y"], name="last"),
    ]
    constants = dict(w, b1=b1, c4=c4, zero=numpy.float32(0), six=numpy.float32(6), **bn)
    path = save(nodes, [value("x", ["N", 3, 8, 8])], [value("y", None)], constants, "run")
    x = weights(rng, 2, 3, 8, 8)
    image = os.path.join(scratch, "x.f32")
    x.tofile(image)
    w = {k: v.astype(numpy.float64) for k, v in w.items()}
    bias = (b1 - bn["m"]).astype(numpy.float64) + bn["b"]  # the normalization's factor is 2 / sqrt(4) = 1
    for bits in (4, 8):

        def multiply(real, sums, wk, b, **how):
            step = code_step(real, bits)[0] / 8
            f = (lambda v: convolve(v, wk, **how)) if wk.ndim == 4 else (lambda v: v @ wk)
            b = b.reshape(-1, 1, 1) if wk.ndim == 4 else b
            return f(real) + b, f(codes(real, sums, bits)) + numpy.rint(b / step) * step

        def pool(v):
            return numpy.clip(v, 0, 6).reshape(2, 6, 4, 2, 4, 2).max(axis=(3, 5))

        x64 = x.astype(numpy.float64)
        expected = {}
        r, q = multiply(x64, x64, w["w1"], bias, pad=1)
        expected["first"] = ratio_db(r, q)
        r, q = multiply(numpy.maximum(r, 0), numpy.maximum(q, 0), w["w2"], numpy.zeros(6), groups=6, pad=1)
        expected["depthwise"] = ratio_db(r, q)
        pr, pq = pool(r), pool(q)
        r, q = multiply(pr, pq, w["w3"], numpy.zeros(6))
        expected["pointwise"] = ratio_db(r, q)
        r, q = r + pr, codes(r, q, bits) + codes(pr, pq, bits)
        r, q = r.mean(axis=(2, 3)), codes(r, q, bits).mean(axis=(2, 3))
        r, q = multiply(r, q, w["w4"], c4.astype(numpy.float64))
        expected["last"] = expected["output"] = ratio_db(r, q)
        options = ("--images", "2", "--input", image, "--activation-bits", str(bits))
        code, rows, said = quantize(("uniform", "--bits", "4"), path, *options)
        got = {k: float(r["output_sqnr_db"]) for k, r in rows.items()}
        same = got.keys() == expected.keys() and all(abs(got[k] - expected[k]) < 0.01 for k in expected)
        check(code == 0 and same, f"signal of a network in codes of {bits} bits", got, expected, said)
    code, _, said = quantize(("uniform", "--bits", "4"), path, "--input", image)
    check(code == 2 and "192 values" in said, "an input of another size", said)
    # More bits, less noise: weights that no format holds.
    inputs, outputs = [value("x", [1, 8, 9, 9])], [value("y", None)]
    constants = dict(w=weights(rng, 8, 8, 3, 3))
    path = save([n("Conv", ["x", "w"], ["y"], name="c")], inputs, outputs, constants)
    rows = [quantize(("uniform", "--bits", b), path, "--activation-bits", "16")[1]["c"] for b in ("4", "6", "8")]
    db = [float(r["output_sqnr_db"]) for r in rows]
    check(db[0] + 9 < db[1] < db[2] - 9, "some 6 dB a bit", db)
    check(abs(db[2] - float(rows[2]["weight_sqnr_db"])) < 1, "fine activations: the noise of the weights", rows)
    path = save([n("Conv", ["x", "w"], ["a"]), n("Tanh", ["a"], ["y"], name="t")], inputs, outputs, constants)
    code, _, said = quantize(("pot", "--bits", "4"), path)
    check(code == 2 and "Tanh" in said, "an operator that is not run is named", said)


def product_signal_cases(rng):
    """Products with scales and biases of their own, against the same worked out here; layers without weights."""
    n = helper.make_node
    w, c, x = numpy.float32(rng.integers(-7, 8, (5, 4))) / 8, weights(rng, 4), weights(rng, 3, 5)
    w[0, 0] = 7 / 8  # the full scale of 4 bits
    image = os.path.join(scratch, "rows.f32")
    x.tofile(image)
    ends = [value("x", [3, 5])], [value("y", [3, 4])]
    x64, w64, c64 = (v.astype(numpy.float64) for v in (x, w, c))
    step = code_step(x64, 8)[0] / 8
    read = codes(x64, x64, 8)
    alone = ratio_db(x64 @ w64 + c64, read @ w64 + c64)
    within = ratio_db(2 * x64 @ w64 - c64, 2 * (read @ w64) - numpy.rint(c64 / (2 * step)) * 2 * step)
    for what, nodes, expected in (
        ("MatMul and Add", [n("MatMul", ["x", "w"], ["a"], name="m"), n("Add", ["a", "c"], ["y"])], alone),
        ("Add of a bias first", [n("MatMul", ["x", "w"], ["a"], name="m"), n("Add", ["c", "a"], ["y"])], alone),
        ("Gemm with alpha and beta", [n("Gemm", ["x", "w", "c"], ["y"], name="m", alpha=2.0, beta=-1.0)], within),
    ):
        path = save(nodes, *ends, dict(w=w, c=c), "product")
        code, rows, said = quantize(("uniform", "--bits", "4"), path, "--input", image)
        got = float(rows["output"]["output_sqnr_db"]) if rows else None
        check(code == 0 and abs(got - expected) < 0.01, f"signal of {what}", got, expected, said)
    turned_product_cases(w, c, x)
    nothing = numpy.zeros((5, 4), numpy.float32)
    path = save([n("Gemm", ["x", "w", "c"], ["y"], name="pruned")], *ends, dict(w=nothing, c=c), "pruned")
    code, rows, said = quantize(("pot", "--bits", "4"), path)
    check(code == 0 and rows["pruned"]["weight_sqnr_db"] in ("inf", ""), "a layer of zeros", rows, said)
    nothing[1, 2] = numpy.nan
    path = save([n("Gemm", ["x", "w"], ["y"], name="broken")], *ends, dict(w=nothing), "broken")
    code, _, said = quantize(("pot", "--bits", "4"), path)
    check(code == 2 and "broken.onnx" in said and "'broken'" in said, "the layer of a NaN is named", said)
    big = [value("x", [1, 3, 6000, 6000])], [value("y", None)]
    path = save([n("Conv", ["x", "w"], ["y"], name="c")], *big, dict(w=weights(rng, 4, 3, 1, 1)), "big")
    code, _, said = quantize(("uniform", "--bits", "4"), path, "--limit", "2")
    check(code == 2 and "at most 2 GiB" in said and "big.onnx" in said, "a run that takes too much is refused", said)


def turned_product_cases(w, c, x):
    """Operands that stand transposed or on the other side: the same numbers in another order, so the same signal."""
    n = helper.make_node
    w64, x64 = w.astype(numpy.float64), x.astype(numpy.float64)
    step = code_step(x64, 8)[0] / 8
    read = codes(x64, x64, 8)
    rows, columns = weights(numpy.random.default_rng(3), 3, 1), c.reshape(1, 4)

    def signal(bias, alpha=1.0, beta=1.0):
        b, unit = beta * bias.astype(numpy.float64), alpha * step
        return ratio_db(alpha * x64 @ w64 + b, alpha * (read @ w64) + numpy.rint(b / unit) * unit)

    none = numpy.zeros(1)
    both = dict(alpha=0.5, beta=3.0)
    turned = [
        ("transA", x.T, w, [n("Gemm", ["x", "w", "c"], ["y"], transA=1)], columns, signal(columns)),
        ("transA, transB", x.T, w.T, [n("Gemm", ["x", "w"], ["y"], transA=1, transB=1)], none, signal(none)),
        ("a bias per row", x, w, [n("Gemm", ["x", "w", "c"], ["y"], **both)], rows, signal(rows, 0.5, 3.0)),
        ("weights on the left", x.T, w.T, [n("MatMul", ["w", "x"], ["y"])], none, signal(none)),
        ("Gemm of them", x.T, w.T, [n("Gemm", ["w", "x", "c"], ["y"], **both)], rows.T, signal(rows, 0.5, 3.0)),
        ("all turned", x, w, [n("Gemm", ["w", "x", "c"], ["y"], transA=1, transB=1)], columns.T, signal(columns)),
        ("three matrices", x.T, w.T, [n("MatMul", ["w", "x"], ["y"])], none, None),
    ]
    image = os.path.join(scratch, "turned.f32")
    for what, a, b, nodes, bias, expected in turned:
        shape = list(a.shape)
        if expected is None:  # 5 x 1 each: column after column
            shape, a, expected = [3, 5, 1], x, signal(none)
        numpy.ascontiguousarray(a).tofile(image)
        constants = dict(w=numpy.ascontiguousarray(b), c=numpy.float32(bias))
        path = save(nodes, [value("x", shape)], [value("y", None)], constants, "turned")
        code, got, said = quantize(("uniform", "--bits", "4"), path, "--input", image)
        db = float(got["output"]["output_sqnr_db"]) if got else None
        check(code == 0 and abs(db - expected) < 0.01, f"signal of a product: {what}", db, expected, said)


def contradiction_cases(rng):
    """Models that say two things of one, and nodes in another order."""
    n = helper.make_node
    w = dict(w=weights(rng, 8, 4, 3, 3), v=weights(rng, 6, 8, 1, 1))
    ends = [value("x", ["N", 4, "H", "H"])], [value("y", None)]
    size = ("--dim", "H=10")

    def says(what, nodes, words, options=size, constants=w, ends=ends, refused=True):
        code, _, said = rows_of(save(nodes, *ends, constants, "contradiction"), *options)
        check((code == 2) == refused and all(t in said for t in words), what, code, said)

    conv = lambda **how: [n("Conv", ["x", "w"], ["a"], name="c", **how), n("Conv", ["a", "v"], ["y"], name="d")]
    says("kernel_shape against weights", conv(kernel_shape=[3, 5]), ["'c'", "kernel_shape", "3", "5"])
    for name, found in (("strides", 0), ("strides", -2), ("dilations", 0), ("pads", -1)):
        how = {name: [found] * (4 if name == "pads" else 2)}
        says(f"{name} of {found}", conv(**how)[:1] + [n("Relu", ["a"], ["y"])], [f"{name} of {found}"], refused=True)
    says("a kernel beyond its input", conv(), ["covers 3 on an input of 2"], ("--dim", "H=2"))
    says("two sizes of one dimension", conv(), ["'H'", "10", "11"], ("--dim", "H=10", "--dim", "H=11"))
    says("one size twice", conv(), [], ("--dim", "H=10", "--dim", "H=10"), refused=False)
    says("two sizes by name and axis", conv(), ["'H'", "10", "x.2", "12"], ("--dim", "H=10", "--dim", "x.2=12"))
    says("two sizes by axes", conv(), ["'H'", "11", "12"], ("--dim", "x.2=11", "--dim", "x.3=12"))
    says("a size by axis", conv(), [], ("--dim", "x.2=11", "--dim", "x.3=11"), refused=False)
    says("a tensor made twice", conv() + [n("Relu", ["a"], ["a"], name="again")], ["'a'", "again"])
    says("over an initializer", [n("Relu", ["x"], ["w"], name="over")] + conv(), ["'w'", "over"])
    says("a circle", [n("Add", ["x", "y"], ["z"], name="e")] + [n("Relu", ["z"], ["y"], name="f")], ["'e'", "'f'"])
    says("K of 63 and 64", [n("MatMul", ["x", "w"], ["y"], name="m")], ["'m'", "K of 63 and 64"], (),
         dict(w=weights(rng, 64, 5)), ([value("x", [7, 63])], ends[1]))  # fmt: skip
    # An initializer twice: python3-onnx writes it as it is told.
    twice = helper.make_graph(conv(), "g", *ends, [numpy_helper.from_array(w[k], k) for k in ("w", "v", "w")])
    path = os.path.join(scratch, "twice.onnx")
    onnx.save(helper.make_model(twice), path)
    code, _, said = rows_of(path, *size)
    check(code == 2 and "'w' twice" in said, "an initializer twice", code, said)
    # Any order of the nodes gives the same network and the same signal.
    chain = [n("Conv", ["x", "w"], ["a"], name="c1"), n("Relu", ["a"], ["b"]),
             n("Conv", ["b", "v"], ["c"], name="c2"), n("Relu", ["c"], ["y"])]  # fmt: skip
    results = []
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        path = save([chain[i] for i in order], *ends, w, "order")
        code, rows, said = rows_of(path, *size)
        results.append((code, rows, quantize(("pot", "--bits", "4"), path, *size)[1]))
    check(results[0][0] == 0 and len(results[0][1]) == 2 and results[0][2], "nodes in order", results[0])
    check(results[1:] == results[:1] * 2, "nodes in other orders", *results)


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def covered(size, kernel, stride, dilation, before, after, extra):
    """Outputs of a transposed convolution in one direction: those that an input reaches, what is cut off and added."""
    reached = {i * stride + k * dilation for i in range(size) for k in range(kernel)}
    return len([y for y in range(max(reached) + 1 + extra) if before <= y < max(reached) + 1 + extra - after])


def transposed(rng):
    """Edges through transposed convolutions with strides: producer, sums of taps, reader, at the sizes of the model."""
    n = helper.make_node
    cases = [  # kernel, stride, dilation, pads, output_padding, group; down and across
        ((2, 2), (2, 2), (1, 1), (0, 0, 0, 0), (0, 0), 1),
        ((4, 4), (2, 2), (1, 1), (1, 1, 1, 1), (0, 0), 8),
        ((3, 3), (2, 2), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        ((3, 3), (2, 2), (1, 1), (0, 0, 0, 0), (1, 0), 1),
        ((3, 2), (3, 1), (2, 1), (1, 0, 2, 1), (2, 0), 2),
        ((1, 1), (2, 3), (1, 1), (0, 0, 0, 0), (1, 2), 1),
        ((5, 3), (4, 2), (1, 3), (0, 2, 3, 1), (0, 1), 4),
    ]
    for kernel, stride, dilation, pads, extra, group in cases:
        sizes = (5, 7)
        out = [covered(sizes[i], kernel[i], stride[i], dilation[i], pads[i], pads[i + 2], extra[i]) for i in (0, 1)]
        attributes = dict(strides=stride, dilations=dilation, pads=pads, output_padding=extra, group=group)
        constants = dict(
            a=weights(rng, 8, 3, 1, 1), t=weights(rng, 8, 16 // group, *kernel), b=weights(rng, 4, 16, 1, 1)
        )
        path = save(
            [
                n("Conv", ["x", "a"], ["xa"], name="a"),
                n("ConvTranspose", ["xa", "t"], ["xt"], name="t", **attributes),
                n("Relu", ["xt"], ["xr"]),
                n("Conv", ["xr", "b"], ["y"], name="b"),
            ],
            [value("x", [1, 3, *sizes])],
            [value("y", None)],
            constants,
        )
        theirs = {v.name: v for v in shape_inference.infer_shapes(onnx.load(path)).graph.value_info}["xt"]
        code, rows, said = rows_of(path)
        taps = kernel[0] * kernel[1]
        got = [(r["layer"], r["type"], r["inputs"]) for r in rows]
        check(
            code == 0
            and got
            == [("a", "pwconv", "-"), ("t", one(rows, "t").get("type"), "a"), ("t.col2im", "col2im", "t")]
            + [("b", "pwconv", "t.col2im")]
            and numbers(one(rows, "t"), "out_h", "out_w", "out_c") == [*sizes, 16 * taps]
            and numbers(one(rows, "t.col2im"), "out_c", "out_h", "out_w") == [16, *out]
            and numbers(one(rows, "t.col2im"), "in_c", "macs", "weights") == [16 * taps, 0, 0]
            and [d.dim_value for d in theirs.type.tensor_type.shape.dim] == [1, 16, *out]
            and numbers(one(rows, "b"), "in_c", "in_h", "in_w") == [16, *out],
            f"transposed {kernel} by {stride}, dilation {dilation}, pads {pads}, {extra} added: {out}",
            got,
            said,
        )
    # A reader of several, and one that adds: the edge is kept there, too.
    constants = dict(t=weights(rng, 4, 4, 2, 2), w=weights(rng, 6, 8, 1, 1))
    path = save(
        [
            n("ConvTranspose", ["x", "t"], ["xt"], name="t", strides=[2, 2]),
            n("MaxPool", ["x2"], ["xp"], name="p", kernel_shape=[1, 1]),
            n("Add", ["xt", "xp"], ["xs"], name="s"),
            n("Concat", ["xs", "xt"], ["xc"], name="c", axis=1),
            n("Conv", ["xc", "w"], ["y"], name="w"),
        ],
        [value("x", [1, 4, 3, 3]), value("x2", [1, 4, 6, 6])],
        [value("y", None)],
        constants,
    )
    code, rows, said = rows_of(path)
    got = {r["layer"]: r["inputs"] for r in rows}
    check(
        code == 0 and got.get("s") == "t.col2im+p" and got.get("w") in ("c", "s+t.col2im"),
        "sums of taps that are added and joined",
        got,
        said,
    )


def layouts(rng):
    """Rows of weights against numpy: the layer's rows times unrolled inputs give the operator's output."""
    n = helper.make_node
    folder = os.path.join(scratch, "wl")
    w = weights(rng, 4, 3, 2, 2)  # ConvTranspose: 2 groups of 2 inputs and 3 outputs
    path = save(
        [n("ConvTranspose", ["x", "w"], ["y"], name="t", strides=[2, 2], group=2)],
        [value("x", [1, 4, 5, 5])],
        [value("y", None)],
        dict(w=w),
    )
    rows_of(path, "--weights", folder)
    got = numpy.fromfile(folder + "/t.f32", numpy.float32).reshape(2, 3, 2, 2, 2)  # group, output, tap, input
    check(
        numpy.array_equal(got, w.reshape(2, 2, 3, 2, 2).transpose(0, 2, 3, 4, 1)), "rows of a transposed convolution"
    )
    path = save(
        [n("ConvTranspose", ["x", "w"], ["y"], name="u", group=2)],
        [value("x", [1, 4, 5, 5])],
        [value("y", None)],
        dict(w=w),
    )
    rows_of(path, "--weights", folder)
    got = numpy.fromfile(folder + "/u.f32", numpy.float32).reshape(2, 3, 2, 2, 2)  # group, output, input, tap
    check(
        numpy.array_equal(got, w.reshape(2, 2, 3, 2, 2).transpose(0, 2, 1, 3, 4)[..., ::-1, ::-1]),
        "and with stride 1",
    )
    h = weights(rng, 3, 8, 5)  # three matrices of weights
    path = save([n("MatMul", ["x", "h"], ["y"], name="h")], [value("x", [3, 7, 8])], [value("y", None)], dict(h=h))
    rows_of(path, "--weights", folder)
    got = numpy.fromfile(folder + "/h.f32", numpy.float32).reshape(3, 5, 8)
    check(numpy.array_equal(got, h.transpose(0, 2, 1)), "rows of several matrices")
    q = numpy.int8(rng.integers(-127, 128, (4, 3, 1, 1)))
    s = numpy.float32([1, 2, 4, 8])
    ones = dict(
        xs=numpy.float32(1),
        xz=numpy.uint8(0),
        w=q,
        ws=s,
        wz=numpy.zeros(4, numpy.int8),
        ys=numpy.float32(1),
        yz=numpy.uint8(0),
    )
    path = save(
        [n("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["y"], name="q")],
        [value("x", [1, 3, 5, 5], TensorProto.UINT8)],
        [value("y", None, TensorProto.UINT8)],
        ones,
    )
    rows_of(path, "--weights", folder)
    got = numpy.fromfile(folder + "/q.f32", numpy.float32).reshape(4, 3)
    check(numpy.array_equal(got, q.reshape(4, 3) * s[:, None]), "QLinearConv: a scale per output channel")


what = sys.argv[2]
if what == "networks":
    networks()
elif what == "shapes":
    shapes(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
else:
    generator = numpy.random.default_rng(7)
    conv_cases(generator)
    product_cases(generator)
    graph_cases(generator)
    part_cases(generator)
    exporter_cases(generator)
    external_cases(generator)
    damaged_cases()
    layouts(generator)
    contradiction_cases(generator)
    signal_cases(generator)
    product_signal_cases(generator)
    transposed(generator)
finish()
