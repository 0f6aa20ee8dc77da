#!/usr/bin/env python3
"""Times PyTorch's training step on a GPU for the networks of `keyspike bench train`.

One JSON object a line and peer: samples per second, median of the steps timed after a warm-up of the same length. A step is
forward, cross-entropy on spike counts, backward through the reset, and Adam. Peers:

  loop     LIF as a Python loop over the steps; each layer's product is taken for all steps at once
  compile  the same through torch.compile
  exodus   Sinabs' layers on EXODUS' kernels, where `sinabs-exodus` is installed

A peer that is missing is a line with the reason. `--device cpu` shows that the program runs; it is no measurement.
"""

import argparse
import json
import math
import statistics
import sys
import time

import torch
from torch import nn

# widths, T, B, decay (1: integrate and fire), bias, and whether the input is an image that is the same at each step
WORK = {
    "mel": ([32, 64, 2], 128, 32, math.exp(-0.1), False, False),
    "long": ([32, 64, 2], 1000, 32, math.exp(-0.1), False, False),
    "events": ([100, 128, 128, 128, 35], 250, 128, 1.0, False, False),
    "mnist": ([784, 1000, 10], 25, 128, 0.9, True, True),
}
THRESHOLD = 1.0
SLOPE = 25.0


class Spike(torch.autograd.Function):
    """1 above the threshold; the gradient is that of the fast sigmoid."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient / (SLOPE * x.abs() + 1.0).square()


class Loop(nn.Module):
    """Sequences are [T, B, N]; a constant input is [1, B, N] and its product is taken once."""

    def __init__(self, widths, decay, bias):
        super().__init__()
        self.synapses = nn.ModuleList(nn.Linear(i, o, bias=bias) for i, o in zip(widths, widths[1:]))
        self.decay = decay

    def forward(self, x, steps):
        for synapse in self.synapses:
            current = synapse(x)
            u = torch.zeros_like(current[0])
            spikes = []
            for t in range(steps):
                u = self.decay * u + current[t if current.shape[0] > 1 else 0]
                s = Spike.apply(u - THRESHOLD)
                u = u - THRESHOLD * s
                spikes.append(s)
            x = torch.stack(spikes)
        return x.sum(0)


class Exodus(nn.Module):
    """Sinabs' layers want [B, T, N]."""

    def __init__(self, widths, decay, bias):
        super().__init__()
        import sinabs.activation as activation
        import sinabs.exodus.layers as exodus

        surrogate = {"surrogate_grad_fn": activation.SingleExponential()}
        parts = []
        for i, o in zip(widths, widths[1:]):
            parts.append(nn.Linear(i, o, bias=bias))
            if decay == 1.0:
                parts.append(exodus.IAF(spike_threshold=THRESHOLD, **surrogate))
            else:
                tau = -1.0 / math.log(decay)
                parts.append(exodus.LIF(tau_mem=tau, spike_threshold=THRESHOLD, norm_input=False, **surrogate))
        self.parts = nn.ModuleList(parts)

    def forward(self, x, steps):
        x = x.expand(steps, -1, -1).transpose(0, 1).contiguous()
        for part in self.parts:
            if hasattr(part, "reset_states"):
                part.reset_states()
            x = part(x)
        return x.sum(1)


def build(peer, widths, decay, bias):
    if peer == "exodus":
        return Exodus(widths, decay, bias)
    network = Loop(widths, decay, bias)
    return torch.compile(network) if peer == "compile" else network


def measure(peer, work, device, seconds):
    widths, steps, batch, decay, bias, constant = WORK[work]
    torch.manual_seed(7)
    network = build(peer, widths, decay, bias).to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    x = torch.rand(1 if constant else steps, batch, widths[0], device=device)
    if work == "events":
        x = (x < 0.3).float()
    labels = torch.randint(0, widths[-1], (batch,), device=device)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(network(x, steps), labels)
        loss.backward()
        optimiser.step()
        return loss.item()  # waits for the device

    times = []
    step()  # compiles
    begin = time.perf_counter()
    while time.perf_counter() - begin < 2 * seconds or len(times) < 3:
        start = time.perf_counter()
        step()
        if start - begin >= seconds or time.perf_counter() - begin > 2 * seconds:
            times.append(time.perf_counter() - start)
    return batch / statistics.median(times), len(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--work", choices=WORK, required=True)
    parser.add_argument("--peers", nargs="+", choices=["loop", "compile", "exodus"], default=["loop", "compile", "exodus"])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=5, help="of warm-up, and again of measuring")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("gpu_peers: PyTorch finds no CUDA device")
    name = torch.cuda.get_device_name() if options.device == "cuda" else options.device
    for peer in options.peers:
        line = {"work": options.work, "peer": peer, "device": name, "torch": torch.__version__}
        try:
            line["samplesPerSecond"], line["steps"] = measure(peer, options.work, options.device, options.seconds)
        except ImportError as missing:
            line["missing"] = str(missing)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
