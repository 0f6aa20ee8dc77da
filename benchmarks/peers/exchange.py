"""Trains a small network in snnTorch, exports it as NIR, runs it in Keyspike, makes a model of it, and takes that back into snnTorch.
The same with Norse.

    pip install snntorch==1.0.0 norse==1.1.0 nir==1.0.8 nirtorch safetensors
    python benchmarks/peers/exchange.py            # from a checkout; --keyspike PATH for another launcher, --only norse for one

Exits with 0 if all spikes agree, in all directions.
"""
import argparse
import pathlib
import subprocess
import tempfile

import nir
import numpy as np
import torch
from safetensors.numpy import load_file, save_file

LIKE = pathlib.Path(__file__).parents[2] / "model-zoo" / "yes-no-clips.safetensors"  # input and decision of the model
STEPS, BATCH, INPUTS, HIDDEN, CLASSES = 50, 16, 13, 24, 3


def network():
    """beta and threshold per neuron, as snnTorch's exporter needs them"""
    import snntorch as snn
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


def train(net, run):
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(15):
        x, label = data(epoch)
        loss = torch.nn.functional.cross_entropy(run(net, x).sum(0), label)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    x, label = data(10_000)
    return (run(net, x).sum(0).argmax(1) == label).float().mean().item()


def snntorch_ways(command, folder):
    from snntorch.export_nir import export_to_nir
    net = network()
    print("accuracy in snnTorch:", train(net, run))
    x, _ = data(20_000)
    with torch.no_grad():
        theirs = run(net, x).numpy()
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


def norse_network():
    """parameters per neuron, since nir 1.0.8 writes no single numbers"""
    import norse.torch as norse
    neurons = lambda n: norse.LIFBoxCell(norse.LIFBoxParameters(
        tau_mem_inv=torch.full((n,), 100.0), v_leak=torch.zeros(n), v_th=torch.ones(n), v_reset=torch.zeros(n)))
    net = norse.SequentialState(torch.nn.Linear(INPUTS, HIDDEN), neurons(HIDDEN), torch.nn.Linear(HIDDEN, CLASSES), neurons(CLASSES))
    with torch.no_grad():  # inputs count for dt·tau_mem_inv = 0.1
        net[0].weight.mul_(20)
        net[2].weight.mul_(40)
        net[2].bias.fill_(2)
    return net


def run_norse(net, x):
    """spikes [T, B, classes], from zero state"""
    state, spikes = None, []
    for step in x:
        output, state = net(step, state)
        spikes.append(output)
    return torch.stack(spikes)


def for_norse(graph):
    """Norse's importer takes every r for 1 and knows no Scale: both go into the weights before the neurons"""
    into = {target: source for source, target in graph.edges}
    nodes = dict(graph.nodes)
    edges = list(graph.edges)
    for name, node in graph.nodes.items():
        if not isinstance(node, nir.LIF):
            continue
        gain = node.r
        source = into[name]
        if isinstance(nodes[source], nir.Scale):
            gain = gain * nodes.pop(source).scale
            edges = [e for e in edges if source not in e] + [(into[source], name)]
            source = into[source]
        affine = nodes[source]
        bias = affine.bias if isinstance(affine, nir.Affine) else np.zeros(len(gain))
        nodes[source] = nir.Affine(weight=(affine.weight * gain[:, None]).astype(np.float32), bias=(bias * gain).astype(np.float32))
        nodes[name] = nir.LIF(tau=node.tau, r=np.ones_like(gain), v_leak=node.v_leak, v_threshold=node.v_threshold, v_reset=node.v_reset)
    return nir.NIRGraph(nodes, edges)


def norse_ways(command, folder):
    import norse.torch as norse
    net = norse_network()
    print("accuracy in Norse:", train(net, run_norse))
    x, _ = data(20_000)
    with torch.no_grad():
        theirs = run_norse(net, x).numpy()
    assert theirs.sum() > 0
    nir.write(folder / "norse.nir", norse.to_nir(net, torch.rand(INPUTS), dt=1.0))  # taus in seconds
    save_file({"x": x.numpy()}, folder / "x.safetensors")
    simulate = lambda model, out, *rest: command(
        "simulate", model, "--input", folder / "x.safetensors", "--output", folder / out, "--layout", "TBN", *rest)
    simulate(folder / "norse.nir", "y.safetensors", "--dialect", "norse")
    ours = load_file(folder / "y.safetensors")["3.spikes"]
    print("spikes:", int(theirs.sum()), "different:", int((ours != theirs).sum()))
    assert np.array_equal(ours, theirs)

    # a keyword model of ours, and from there back to Norse
    command("convert", folder / "norse.nir", folder / "norse.safetensors", "--dialect", "norse", "--like", LIKE,
            "--labels", "yes,no,other", "--name", "net")
    simulate(folder / "norse.safetensors", "m.safetensors")
    model = load_file(folder / "m.safetensors")["3.spikes"]
    print("as a model of ours, different:", int((model != theirs).sum()))
    assert np.array_equal(model, theirs)
    command("convert", folder / "norse.safetensors", folder / "model.nir")
    graph = nir.read(folder / "model.nir")
    step = 1 / np.mean(graph.nodes["3"].r / graph.nodes["3"].tau)  # r = tau/dt is how Keyspike says a gain of 1
    back = norse.from_nir(for_norse(graph), dt=float(step))
    with torch.no_grad():
        again = run_norse(back, x).numpy()
    print("back in Norse, different:", int((again != theirs).sum()))
    assert np.array_equal(again, theirs)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--keyspike", default=str(pathlib.Path(__file__).parents[2] / "keyspike"))
    arguments.add_argument("--only", choices=["snntorch", "norse"])
    given = arguments.parse_args()
    command = lambda *rest: subprocess.run([given.keyspike, *map(str, rest)], check=True)
    for name, ways in [("snntorch", snntorch_ways), ("norse", norse_ways)]:
        if given.only in (None, name):
            torch.manual_seed(1)
            with tempfile.TemporaryDirectory() as folder:
                ways(command, pathlib.Path(folder))


if __name__ == "__main__":
    main()
