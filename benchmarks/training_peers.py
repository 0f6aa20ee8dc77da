#!/usr/bin/env python3
"""Trains, in PyTorch and its libraries, the very network and batch that `keyspike bench train --weights FILE` wrote.

    training_peers.py FILE --peer torch            samples per second: forward, loss, backward, Adam's step; weights put back each step
    training_peers.py FILE --gradients OUT         gradients of the first step, as a safetensors file; in float64 with --double

Peers: torch (a loop over time), torch-compile; for networks of LIF neurons also snntorch, sinabs, norse, spikingjelly. Their
neurons are set to the equations of the file as far as they have them; each prints the firing rates that the weights give it. No
speed is printed for a network that is silent, saturated, or no longer has the file's weights.
"""
import argparse
import json
import statistics
import struct
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch
from torch import nn

SILENT = 0.005


def read(path):
    """Constants and tensors of a safetensors file of float32."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = bytearray(file.read())
    constants = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        count = (end - begin) // 4
        flat = torch.frombuffer(data, dtype=torch.float32, offset=begin, count=count) if count else torch.empty(0)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return constants, tensors


def write(path, tensors):
    header, offset = {"__metadata__": {}}, 0
    for name in sorted(tensors):
        size = 4 * tensors[name].numel()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(tensors):
            values = tensors[name].detach().contiguous().flatten().tolist()
            file.write(struct.pack("<%df" % len(values), *values))


def spike_function(slope, inclusive):
    class Spike(torch.autograd.Function):
        """A step forward, the derivative of a fast sigmoid backward."""

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return (x >= 0).to(x.dtype) if inclusive else (x > 0).to(x.dtype)

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient / (1 + slope * x.abs()) ** 2

    return Spike.apply


class Network(nn.Module):
    """Common to all: parameters under the file's names; `forward` gives logits and the rates of the spiking layers."""

    def __init__(self, constants, tensors):
        super().__init__()
        self.widths = [int(n) for n in constants["layers"].split(",")]
        self.names = [n for n in tensors if n not in ("input", "labels")]
        for name in self.names:
            self.register_parameter(name.replace(".", "_"), nn.Parameter(tensors[name].clone()))

    def of(self, layer, name):
        return getattr(self, f"layer{layer}_{name}", None)

    def current(self, layer, x):
        y = x @ self.of(layer, "weight")
        bias = self.of(layer, "bias")
        return y if bias is None else y + bias


class Lif(Network):
    """u = beta u + I, a spike above 1, which is subtracted; spike counts are the logits."""

    def __init__(self, constants, tensors):
        super().__init__(constants, tensors)
        self.decay = float(constants["decay"])
        self.threshold = float(constants["threshold"])
        self.spike = spike_function(float(constants["slope"]), False)

    def forward(self, x):
        rates = []
        for layer in range(1, len(self.widths)):
            current = self.current(layer, x)
            u = torch.zeros_like(current[0])
            spikes = []
            for t in range(current.shape[0]):
                u = self.decay * u + current[t]
                s = self.spike(u - self.threshold)
                u = u - self.threshold * s
                spikes.append(s)
            x = torch.stack(spikes)
            rates.append(x.detach().mean())
        return x.sum(0), rates


class Adaptive(Network):
    """Batch normalisation of currents, adaptive LIF, a leaky readout whose largest values are the logits."""

    def __init__(self, constants, tensors):
        super().__init__(constants, tensors)
        self.threshold = float(constants["threshold"])
        self.readout_decay = float(constants["readout_decay"])
        self.scale = float(constants["logit_scale"])
        self.spike = spike_function(float(constants["slope"]), True)

    def forward(self, x):
        rates = []
        for layer in range(1, len(self.widths) - 1):
            current = self.current(layer, x)
            mean = current.mean((0, 1))
            variance = current.var((0, 1), unbiased=False)
            current = (current - mean) / torch.sqrt(variance + 1e-5) * self.of(layer, "norm_gain")
            current = current + self.of(layer, "norm_shift")
            a = torch.sigmoid(self.of(layer, "membrane_decay"))
            b = torch.sigmoid(self.of(layer, "adaptation_decay"))
            p = self.of(layer, "membrane_coupling")
            q = self.of(layer, "spike_coupling")
            u = torch.zeros_like(current[0])
            w = torch.zeros_like(u)
            s = torch.zeros_like(u)
            spikes = []
            for t in range(current.shape[0]):
                w = b * w + p * u + q * s
                u = a * (u - self.threshold * s) + current[t] - (1 - a) * w
                s = self.spike(u - self.threshold)
                spikes.append(s)
            x = torch.stack(spikes)
            rates.append(x.detach().mean())
        current = self.current(len(self.widths) - 1, x)
        learnt = self.of(len(self.widths) - 1, "decay")
        c = self.readout_decay if learnt is None else torch.sigmoid(learnt)
        y = torch.zeros_like(current[0])
        values = []
        for t in range(current.shape[0]):
            y = c * y + (1 - c) * current[t]
            values.append(y)
        return self.scale * torch.stack(values).max(0).values, rates


class Library(Network):
    """LIF of a library, step by step or over the whole sequence as the library has it."""

    def __init__(self, constants, tensors, neurons, reset):
        super().__init__(constants, tensors)
        self.neurons = nn.ModuleList(neurons(width) for width in self.widths[1:])
        self.reset = reset

    def forward(self, x):
        rates = []
        for layer, neuron in enumerate(self.neurons, 1):
            x = self.reset(neuron, self.current(layer, x))
            rates.append(x.detach().mean())
        return x.sum(0), rates


def library(peer, constants, tensors):
    decay = float(constants["decay"])
    if peer == "snntorch":
        import snntorch
        from snntorch import surrogate

        def stepwise(neuron, current):
            membrane, spikes = neuron.init_leaky(), []
            for t in range(current.shape[0]):
                s, membrane = neuron(current[t], membrane)
                spikes.append(s)
            return torch.stack(spikes)

        return Library(
            constants, tensors, lambda n: snntorch.Leaky(beta=decay, spike_grad=surrogate.fast_sigmoid(25)), stepwise)
    if peer == "sinabs":
        import math

        import sinabs
        import sinabs.layers

        def whole(neuron, current):
            sinabs.reset_states(neuron)
            return neuron(current.transpose(0, 1).contiguous()).transpose(0, 1)

        def neurons(_):
            if decay == 1:
                return sinabs.layers.IAF()
            return sinabs.layers.LIF(tau_mem=-1 / math.log(decay), norm_input=False)

        return Library(constants, tensors, neurons, whole)
    if peer == "norse":
        import norse.torch as norse

        if decay == 1:
            raise ValueError("norse has no neuron without a leak")
        parameters = norse.LIFBoxParameters(tau_mem_inv=torch.as_tensor((1 - decay) / 0.001))

        def stepwise(neuron, current):
            state, spikes = None, []
            for t in range(current.shape[0]):
                s, state = neuron(current[t] / (1 - decay), state)
                spikes.append(s)
            return torch.stack(spikes)

        return Library(constants, tensors, lambda n: norse.LIFBoxCell(p=parameters), stepwise)
    if peer == "spikingjelly":
        from spikingjelly.activation_based import functional, neuron as jelly

        def whole(neuron, current):
            functional.reset_net(neuron)
            return neuron(current)

        def neurons(_):
            if decay == 1:
                return jelly.IFNode(step_mode="m", v_reset=None)
            return jelly.LIFNode(tau=1 / (1 - decay), decay_input=False, step_mode="m", v_reset=None)

        return Library(constants, tensors, neurons, whole)
    raise ValueError("no such peer: " + peer)


def build(peer, constants, tensors):
    own = Adaptive if constants["neurons"] == "adaptive" else Lif
    if peer == "torch":
        return own(constants, tensors)
    if peer == "torch-compile":
        return torch.compile(own(constants, tensors))
    if own is Adaptive:
        raise ValueError(peer + " has no adaptive LIF of these equations")
    return library(peer, constants, tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--peer", default="torch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=6, help="timed steps, after two that are not")
    parser.add_argument("--gradients", metavar="OUT")
    parser.add_argument("--double", action="store_true", help="gradients worked out in float64")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    constants, tensors = read(options.file)
    steps, batch = int(constants["steps"]), int(constants["batch"])
    x = tensors["input"].expand(steps, batch, -1).contiguous()
    labels = tensors["labels"].long()
    network = build(options.peer, constants, tensors)
    if options.gradients:
        if options.double:
            network, x = network.double(), x.double()
        nn.functional.cross_entropy(network(x)[0], labels).backward()
        write(options.gradients, {n: getattr(network, n.replace(".", "_")).grad for n in network.names})
        return
    with torch.no_grad():
        rates = [float(r) for r in network(x)[1]]
    title = f"{constants['workload']:8s} {options.peer:14s}"
    shown = "/".join(f"{100 * r:.1f}" for r in rates) + " %"
    if any(not SILENT <= r <= 1 - SILENT for r in rates):
        sys.exit(f"{title} no figure: layers fire in {shown} of steps")
    start = {n: p.detach().clone() for n, p in network.named_parameters()}
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    times, cpu = [], []
    for _ in range(options.steps + 2):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(x)[0], labels).backward()
        optimiser.step()
        times.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - begin_cpu)
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                parameter.copy_(start[name])
    file = {n.replace(".", "_"): tensors[n] for n in tensors if n not in ("input", "labels")}
    for name, parameter in network.named_parameters():
        plain = name.removeprefix("_orig_mod.")
        if plain in file and not torch.equal(parameter, file[plain]):
            sys.exit(f"{title} no figure: {plain} is not what the file has")
    millis = 1e3 * statistics.median(cpu[2:])
    print(f"{title} {batch / statistics.median(times[2:]):10.1f} samples/s, {millis:.1f} CPU ms a step, layers fire in {shown} of steps", flush=True)


if __name__ == "__main__":
    main()
