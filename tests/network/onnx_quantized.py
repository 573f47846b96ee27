"""Quantized models run in their own codes, against the same chains worked out here in whole numbers.  Prints TAP.

onnx_quantized.py QUARRY
"""
import csv
import io
import math
import os

import numpy
from onnx import TensorProto, helper

from onnx_make import call, check, convolve, finish, ratio_db, save, scratch, value, weights

n = helper.make_node
rng = numpy.random.default_rng(11)
f32, i8, u8 = numpy.float32, numpy.int8, numpy.uint8


def own(path, *options):
    code, text, said = call("quantize", "own", "--onnx", path, "--format", "csv", *options)
    return code, {r["layer"]: r for r in csv.DictReader(io.StringIO(text))}, said


def stated(path, got, what):
    """The network that is imported states the widths of the codes that run; nothing is run for it."""
    out = os.path.join(scratch, "stated.csv")
    if os.path.exists(out):
        os.remove(out)
    code, _, said = call("import", "onnx", path, "-o", out)
    _, text, _ = call("describe", "network", out, "--format", "csv")
    widths = {r["layer"]: (r["weight_bits"], r["activation_bits"]) for r in csv.DictReader(io.StringIO(text))}
    run = {k: (r["weight_bits"], r["activation_bits"]) for k, r in got.items() if k != "output"}
    check(
        code == 0 and run and all(widths[k] == w for k, w in run.items()),
        what + ": widths in the network",
        widths,
        run,
        said,
    )


def codes(*shape):
    return i8(rng.integers(-127, 128, shape))


def limits(kind):
    info = numpy.iinfo(kind)
    return info.min, info.max


def rounded(x, scale, zero, kind):
    """QuantizeLinear, in float32 as it is defined."""
    q = numpy.rint(f32(x) / f32(scale)).astype(numpy.int64) + int(zero)
    return numpy.clip(q, *limits(kind))


def requantized(sums, factor, zero, kind):
    """A QLinear operator's: the factor from sums to codes is a real number."""
    return numpy.clip(numpy.rint(sums * factor).astype(numpy.int64) + int(zero), *limits(kind))


def is_relu(zero, kind):
    return zero == limits(kind)[0]


class Maps:
    """A map in real numbers, and its codes less their zero point in units of a scale."""

    def __init__(self, real, code, scale, zero=0, kind=i8):
        self.real = numpy.maximum(real, 0) if is_relu(zero, kind) else real
        self.code, self.scale = numpy.asarray(code, numpy.int64) - int(zero), float(f32(scale))

    def value(self):
        return self.code * self.scale


def same(got, expected):
    no_noise = 250  # what doubles leave
    return got.keys() == expected.keys() and all(
        math.isclose(float(got[k]["output_sqnr_db"]), db if db < no_noise else math.inf, abs_tol=2e-4)
        for k, db in expected.items()
    )


def shown(got):
    return {k: r["output_sqnr_db"] for k, r in got.items()}


def linear_layer(m, w, ws, bias, conv=True, **how):
    """Real sums; whole sums and the factor that makes values of them.  ws: one scale per output channel."""
    ws = numpy.asarray(f32(ws), numpy.float64)
    shape = (-1, 1, 1) if conv else (-1,)
    factor = m.scale * ws.reshape(shape)
    apply = (lambda x, k: convolve(x, k, **how)) if conv else (lambda x, k: x @ k.T)
    real_w = w * ws.reshape((-1,) + (1,) * (w.ndim - 1))
    real = apply(m.real, real_w) + bias.reshape(shape) * factor
    sums = apply(m.code, w.astype(numpy.int64)) + bias.reshape(shape)
    return real, numpy.rint(sums).astype(numpy.int64), factor


def qdq_case(per_channel):
    """Conv, depthwise, Add, mean, Gemm; Q and DQ around activations, weights and biases."""
    s = dict(x=0.03, a=0.05, b=0.11, c=0.13, g=0.02)
    z = dict(x=u8(121), a=u8(0), b=i8(-7), c=i8(3), g=i8(-128))
    w1, w2, w4 = codes(6, 3, 3, 3), weights(rng, 6, 1, 3, 3), codes(5, 6)
    count = 6 if per_channel else 1
    s1, s4 = f32(rng.uniform(0.002, 0.01, count)), f32(rng.uniform(0.002, 0.01, 5 if per_channel else 1))
    s2 = f32(abs(w2).max() / 127)
    b1, b4 = (numpy.int32(rng.integers(-3000, 3000, k)) for k in (6, 5))
    sb1, sb4 = f32(f32(s["x"]) * s1), f32(f32(s["g"]) * s4)
    constants = dict(w1=w1, s1=s1 if per_channel else s1[0], b1=b1, sb1=sb1 if per_channel else sb1[0])
    constants.update(w2=w2, s2=s2, z2=i8(0), w4=w4, s4=s4 if per_channel else s4[0])
    constants.update(b4=b4, sb4=sb4 if per_channel else sb4[0])
    nodes = []
    for k in s:
        constants["s" + k], constants["z" + k] = f32(s[k]), z[k]

    def quantizers(name, to):
        steps = ["s" + to[0], "z" + to[0]]
        nodes.append(n("QuantizeLinear", [name, *steps], [to + "_q"]))
        nodes.append(n("DequantizeLinear", [to + "_q", *steps], [to]))

    quantizers("x", "xd")
    nodes += [
        n("DequantizeLinear", ["w1", "s1"], ["w1d"], axis=0),
        n("DequantizeLinear", ["b1", "sb1"], ["b1d"], axis=0),
        n("Conv", ["xd", "w1d", "b1d"], ["a0"], name="first", pads=[1, 1, 1, 1]),
        n("Relu", ["a0"], ["a1"]),
    ]
    quantizers("a1", "ad")
    nodes += [
        n("QuantizeLinear", ["w2", "s2", "z2"], ["w2q"]),
        n("DequantizeLinear", ["w2q", "s2", "z2"], ["w2d"]),
        n("Conv", ["ad", "w2d"], ["b0"], name="depthwise", group=6, pads=[1, 1, 1, 1]),
    ]
    quantizers("b0", "bd")
    nodes.append(n("Add", ["bd", "ad"], ["c0"], name="sum"))
    quantizers("c0", "cd")
    nodes.append(n("GlobalAveragePool", ["cd"], ["g0"], name="mean"))
    quantizers("g0", "gd")
    nodes += [
        n("Flatten", ["gd"], ["h"]),
        n("DequantizeLinear", ["w4", "s4"], ["w4d"], axis=0),
        n("DequantizeLinear", ["b4", "sb4"], ["b4d"], axis=0),
        n("Gemm", ["h", "w4d", "b4d"], ["y"], name="last", transB=1),
    ]
    what = "QDQ, " + ("a scale per channel" if per_channel else "one scale")
    path = save(nodes, [value("x", [2, 3, 8, 8])], [value("y", None)], constants, "qdq")
    x = f32(rng.uniform(-3, 4, (2, 3, 8, 8)))
    image = os.path.join(scratch, "q.f32")
    x.tofile(image)

    def maps(real, values, k):
        return Maps(real, rounded(values, s[k], z[k], z[k].dtype), s[k], z[k], z[k].dtype)

    expected = {}
    m = maps(x.astype(numpy.float64), x, "x")
    real, sums, factor = linear_layer(m, w1, numpy.broadcast_to(s1, 6), b1, pad=1)
    expected["first"] = ratio_db(real, sums * factor)
    a = maps(numpy.maximum(real, 0), numpy.maximum(sums * factor, 0), "a")
    q2 = rounded(w2, s2, 0, i8)
    real, sums, factor = linear_layer(a, q2, numpy.full(6, s2), numpy.zeros(6), groups=6, pad=1)
    expected["depthwise"] = ratio_db(real, sums * factor)
    b = maps(real, sums * factor, "b")
    c = maps(b.real + a.real, b.value() + a.value(), "c")
    g = maps(c.real.mean(axis=(2, 3)), c.value().mean(axis=(2, 3)), "g")
    real, sums, factor = linear_layer(g, w4, numpy.broadcast_to(s4, 5), b4, conv=False)
    expected["last"] = expected["output"] = ratio_db(real, sums * factor)
    code, got, said = own(path, "--input", image)
    check(code == 0 and same(got, expected), what, shown(got), expected, said)
    widths = [(r["weight_bits"], r["activation_bits"]) for k, r in got.items() if k != "output"]
    check(widths == [("8", "8")] * 3, what + ": widths of the file", widths)
    stated(path, got, what)


def linear_case():
    """QLinearConv with a range that is a Relu, depthwise, MaxPool, QLinearAdd, mean, QLinearMatMul; codes as inputs."""
    s = dict(x=0.02, a=0.04, b=0.07, c=0.09, g=0.02, y=0.05)
    z = dict(x=u8(99), a=u8(0), b=u8(131), c=u8(17), g=u8(3), y=u8(128))
    w1, w2, w4 = codes(4, 3, 3, 3), codes(4, 1, 3, 3), i8(rng.integers(-127, 128, (4, 7)))
    s1, s2, s4 = f32(rng.uniform(0.002, 0.01, 4)), f32(0.006), f32(0.004)
    b1, z4 = numpy.int32(rng.integers(-2000, 2000, 4)), i8(5)
    constants = dict(w1=w1, w2=w2, w4=w4, s1=s1, s2=s2, s4=s4, b1=b1, z1=numpy.zeros(4, i8), z2=i8(0), z4=z4)
    for k in s:
        constants["s" + k], constants["z" + k] = f32(s[k]), z[k]
    q = lambda name, k: [name, "s" + k, "z" + k]
    mine = dict(domain="com.microsoft")
    nodes = [
        n("QLinearConv", [*q("x", "x"), *q("w1", "1"), "sa", "za", "b1"], ["a"], name="first", strides=[2, 2]),
        n("QLinearConv", [*q("a", "a"), *q("w2", "2"), "sb", "zb"], ["b"], name="deep", group=4, pads=[1, 1, 1, 1]),
        n("QLinearAdd", [*q("b", "b"), *q("a", "a"), "sc", "zc"], ["c"], name="sum", **mine),
        n("MaxPool", ["c"], ["p"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        n("QLinearGlobalAveragePool", [*q("p", "c"), "sg", "zg"], ["g"], name="mean", **mine),
        n("Flatten", ["g"], ["h"]),
        n("QLinearMatMul", [*q("h", "g"), *q("w4", "4"), "sy", "zy"], ["y"], name="last"),
    ]
    ends = [value("x", [2, 3, 13, 13], TensorProto.UINT8)], [value("y", None, TensorProto.UINT8)]
    path = save(nodes, *ends, constants, "qlinear")
    x = rng.integers(0, 256, (2, 3, 13, 13))
    image = os.path.join(scratch, "codes.f32")
    f32(x).tofile(image)

    def maps(real, code, k):
        return Maps(real, code, s[k], z[k], u8)

    expected = {}
    m = maps((x - 99) * float(f32(s["x"])), x, "x")
    real, sums, factor = linear_layer(m, w1, s1, b1)
    real, sums = real[:, :, ::2, ::2], sums[:, :, ::2, ::2]
    expected["first"] = ratio_db(real, sums * factor)
    step = lambda k: float(f32(s[k]))
    a = maps(real, requantized(sums, factor / step("a"), z["a"], u8), "a")
    real, sums, factor = linear_layer(a, w2, numpy.full(4, s2), numpy.zeros(4), groups=4, pad=1)
    expected["deep"] = ratio_db(real, sums * factor)
    b = maps(real, requantized(sums, factor / step("b"), z["b"], u8), "b")
    c = maps(b.real + a.real, requantized(b.value() + a.value(), 1 / step("c"), z["c"], u8), "c")
    pool = lambda v: v[:, :, :6, :6].reshape(2, 4, 3, 2, 3, 2).max(axis=(3, 5))
    c.real, c.code = pool(c.real), pool(c.code)
    means = c.value().mean(axis=(2, 3))
    g = maps(c.real.mean(axis=(2, 3)), requantized(means, 1 / step("g"), z["g"], u8), "g")
    real, sums, factor = linear_layer(g, w4.T.astype(numpy.int64) - 5, numpy.full(7, s4), numpy.zeros(7), conv=False)
    expected["last"] = ratio_db(real, sums * factor)
    y = requantized(sums, factor / step("y"), z["y"], u8)
    expected["output"] = ratio_db(real / step("y"), y - 128)
    code, got, said = own(path, "--input", image)
    check(code == 0 and same(got, expected), "QLinear operators", shown(got), expected, said)
    stated(path, got, "QLinear operators")
    f32(x + 0.5).tofile(image)
    code, _, said = own(path, "--input", image)
    check(code == 2 and "whole numbers of 0 to 255" in said, "an input that is no code", said)
    code, got, said = own(path)
    check(code == 0 and float(got["first"]["output_sqnr_db"]) == math.inf, "codes as input: nothing is lost before", got, said)


def dynamic_case():
    """What ONNX Runtime's dynamic quantization writes."""
    w, ws, c = codes(6, 4), f32(0.01), weights(rng, 4)
    nodes = [
        n("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        n("MatMulInteger", ["q", "w", "z", "wz"], ["i"], name="m"),
        n("Cast", ["i"], ["f"], to=TensorProto.FLOAT),
        n("Mul", ["s", "ws"], ["t"]),
        n("Mul", ["f", "t"], ["g"]),
        n("Add", ["g", "c"], ["y"]),
    ]
    constants = dict(w=w, wz=i8(2), ws=ws, c=c)
    path = save(nodes, [value("x", [3, 6])], [value("y", None)], constants, "dynamic")
    x = weights(rng, 3, 6)
    image = os.path.join(scratch, "d.f32")
    x.tofile(image)
    low, high = min(x.min(), f32(0)), max(x.max(), f32(0))
    s = f32(f32(high - low) / f32(255))
    z = int(numpy.clip(numpy.rint(f32(-low) / s), 0, 255))
    q = numpy.clip(numpy.rint(x / s).astype(int) + z, 0, 255)
    w64 = w.astype(numpy.int64) - 2
    y = (q - z) @ w64 * float(s) * float(ws) + c
    expected = ratio_db(x.astype(numpy.float64) @ (w64 * float(ws)) + c, y)
    code, got, said = own(path, "--input", image)
    db = float(got["output"]["output_sqnr_db"]) if got else None
    check(code == 0 and abs(db - expected) < 2e-4, "dynamic quantization", db, expected, said)
    stated(path, got, "dynamic quantization")


def weights_only_case():
    """Weights in codes, activations real: nothing is rounded, and the widths say so."""
    nodes = [n("DequantizeLinear", ["w", "s"], ["d"]), n("Transpose", ["d"], ["t"]),
             n("MatMul", ["x", "t"], ["y"], name="m")]  # fmt: skip
    path = save(nodes, [value("x", [3, 6])], [value("y", None)], dict(w=codes(4, 6), s=f32(0.1)), "weights")
    code, got, said = own(path)
    lost = code or float(got["m"]["output_sqnr_db"]) < math.inf
    check(not lost and (got["m"]["weight_bits"], got["m"]["activation_bits"]) == ("8", ""), "weights alone", got, said)
    stated(path, got, "weights alone")


def narrow_case():
    """Quant nodes (Brevitas, FINN) state a width of their own: 4 bits of weights, 6 of what is read, behind a Relu."""
    constants = dict(w=weights(rng, 5, 3, 1, 1), s=f32(0.1), z=f32(0), b4=f32(4), b6=f32(6))
    path = save(
        [
            n("Relu", ["x"], ["xr"]),
            n("Quant", ["xr", "s", "z", "b6"], ["xq"], domain="qonnx.custom_op.general", signed=0),
            n("MaxPool", ["xq"], ["xp"], kernel_shape=[2, 2]),
            n("Quant", ["w", "s", "z", "b4"], ["wq"], domain="qonnx.custom_op.general", signed=1),
            n("Conv", ["xp", "wq"], ["c"], name="c"),
            n("Conv", ["c", "w2"], ["y"], name="real"),
        ],
        [value("x", [1, 3, 6, 6])],
        [value("y", None)],
        dict(constants, w2=weights(rng, 2, 5, 1, 1)),
    )
    codes_of = {"c": dict(weight_bits="4", activation_bits="6"), "real": dict(weight_bits="", activation_bits="")}
    stated(path, codes_of, "widths that quantizers state")


def refused_cases():
    ends = [value("x", [1, 4, 5, 5])], [value("y", None)]
    steps = dict(s=f32(0.1), z=i8(0), w=codes(4, 4, 1, 1))
    quantized = [n("QuantizeLinear", ["x", "s", "z"], ["q"]), n("DequantizeLinear", ["q", "s", "z"], ["d"])]
    weighted = [*quantized, n("DequantizeLinear", ["w", "s", "z"], ["v"])]
    big = dict(q=numpy.full((1, 70000), 255, u8), w=numpy.full((70000, 1), 127, i8))
    table = [
        ("a model of real numbers", [n("Conv", ["x", "w"], ["y"])], dict(w=weights(rng, 4, 4, 1, 1)), "found real numbers"),
        ("an operator that is not run", [*weighted, n("Conv", ["d", "v"], ["a"]), n("Tanh", ["a"], ["y"], name="t")],
         steps, "Tanh 't'"),
        ("a scale of 0", [*weighted, n("Conv", ["d", "v"], ["y"])], dict(steps, s=f32(0)), "scales above 0"),
        ("scales of another size", [*weighted, n("Conv", ["d", "v"], ["y"])], dict(steps, s=f32([1, 2, 3])), "one scale"),
    ]  # fmt: skip
    for what, nodes, constants, words in table:
        path = save(nodes, *ends, constants, "refused")
        code, _, said = own(path)
        check(code == 2 and words in said and "refused.onnx" in said, what, code, said)
    nodes = [n("MatMulInteger", ["x", "w"], ["y"], name="m")]
    path = save(nodes, [value("x", [1, 70000], TensorProto.UINT8)], [value("y", None)], dict(w=big["w"]), "refused")
    image = os.path.join(scratch, "big.f32")
    f32(big["q"]).tofile(image)
    code, _, said = own(path, "--input", image)
    check(code == 2 and "within 32 bits" in said, "sums beyond 32 bits", code, said)
    path = save([*weighted, n("Conv", ["d", "v"], ["y"])], *ends, steps, "refused")
    code, _, said = call("quantize", "pot", "--bits", "4", "--onnx", path)
    check(code == 2 and "quantize own" in said, "a quantized model in a format", said)
    code, _, said = call("quantize", "own", "--bits", "4", "--onnx", path)
    check(code == 2 and "--bits" in said, "bits of a model's own codes", said)
    code, _, said = call("quantize", "own")
    check(code == 2 and "--onnx" in said, "own without a model", said)


qdq_case(False)
qdq_case(True)
linear_case()
dynamic_case()
weights_only_case()
narrow_case()
refused_cases()
finish()
