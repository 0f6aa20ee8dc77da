"""Trains a small network in snnTorch, exports it as NIR, runs it in Keyspike, makes a model of it, and takes that back into snnTorch.

    pip install snntorch==1.0.0 nir==1.0.8 safetensors
    python benchmarks/peers/exchange.py            # from a checkout; --keyspike PATH for another launcher

Exits with 0 if all spikes agree, in all directions.
"""
import argparse
import pathlib
import subprocess
import tempfile

import numpy as np
import snntorch as snn
import torch
from safetensors.numpy import load_file, save_file
from snntorch.export_nir import export_to_nir

LIKE = pathlib.Path(__file__).parents[2] / "model-zoo" / "yes-no.safetensors"  # input and decision of the model
STEPS, BATCH, INPUTS, HIDDEN, CLASSES = 50, 16, 13, 24, 3


def network():
    """beta and threshold per neuron, as snnTorch's exporter needs them"""
    neurons = lambda n, last: snn.Leaky(beta=torch.full((n,), 0.9), threshold=torch.ones(n), init_hidden=True, output=last)
    return torch.nn.Sequential(torch.nn.Linear(INPUTS, HIDDEN), neurons(HIDDEN, False),
                               torch.nn.Linear(HIDDEN, CLASSES), neurons(CLASSES, True))


def run(net, x):
    """spikes [T, B, classes], from zero state"""
    for module in net:
        if hasattr(module, "reset_mem"):
            module.reset_mem()
    return torch.stack([net(step)[0] for step in x])


def data(seed):
    """each class drives inputs of its own more often"""
    r = torch.Generator().manual_seed(seed)
    label = torch.randint(CLASSES, (BATCH,), generator=r)
    rate = torch.full((BATCH, INPUTS), 0.1)
    for b, l in enumerate(label):
        rate[b, 2 * l:2 * l + 2] = 0.6
    return (torch.rand((STEPS, BATCH, INPUTS), generator=r) < rate).float(), label


def train(net):
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(15):
        x, label = data(epoch)
        loss = torch.nn.functional.cross_entropy(run(net, x).sum(0), label)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    x, label = data(10_000)
    return (run(net, x).sum(0).argmax(1) == label).float().mean().item()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keyspike", default=str(pathlib.Path(__file__).parents[2] / "keyspike"))
    keyspike = arguments.parse_args().keyspike
    command = lambda *rest: subprocess.run([keyspike, *map(str, rest)], check=True)
    torch.manual_seed(1)
    net = network()
    print("accuracy in snnTorch:", train(net))
    x, _ = data(20_000)
    with torch.no_grad():
        theirs = run(net, x).numpy()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        import nir
        nir.write(folder / "net.nir", export_to_nir(net, torch.rand(INPUTS)))
        save_file({"x": x.numpy()}, folder / "x.safetensors")
        simulate = lambda model, out, *rest: command(
            "simulate", model, "--input", folder / "x.safetensors", "--output", folder / out, "--layout", "TBN",
            "--dialect", "snntorch", *rest)
        simulate(folder / "net.nir", "y.safetensors")
        ours = load_file(folder / "y.safetensors")["3.spikes"]
        print("spikes:", int(theirs.sum()), "different:", int((ours != theirs).sum()))
        assert np.array_equal(ours, theirs)

        # the way back: to NIR as Keyspike writes it, and to a state dictionary that snnTorch loads
        command("convert", folder / "net.nir", folder / "back.nir", "--dialect", "snntorch")
        simulate(folder / "back.nir", "z.safetensors")
        assert np.array_equal(load_file(folder / "z.safetensors")["3.spikes"], theirs)
        nir.read(folder / "back.nir")

        # a keyword model of ours, which runs in the kernels that detect keywords, and from there to snnTorch
        command("convert", folder / "net.nir", folder / "net.safetensors", "--dialect", "snntorch", "--like", LIKE,
                "--labels", "yes,no,other", "--name", "net")
        simulate(folder / "net.safetensors", "m.safetensors")
        model = load_file(folder / "m.safetensors")["3.spikes"]
        print("as a model of ours, different:", int((model != theirs).sum()))
        assert np.array_equal(model, theirs)
        command("convert", folder / "net.safetensors", folder / "model.nir")
        simulate(folder / "model.nir", "n.safetensors")
        assert np.array_equal(load_file(folder / "n.safetensors")["3.spikes"], theirs)
        command("convert", folder / "net.safetensors", folder / "back.safetensors", "--to-snntorch")
        other = network()
        state = other.state_dict()
        weights = {k: torch.tensor(v) for k, v in load_file(folder / "back.safetensors").items()}
        assert set(weights) <= set(state), set(weights) - set(state)
        other.load_state_dict({**state, **weights})
        with torch.no_grad():
            back = run(other, x).numpy()
        print("back in snnTorch, different:", int((back != theirs).sum()))
        assert np.array_equal(back, theirs)


if __name__ == "__main__":
    main()
