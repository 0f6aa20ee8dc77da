#!/usr/bin/env python3
"""Golden vectors on synthetic sound: what SciPy's filters, librosa and torchaudio make of it.

    pip install numpy scipy librosa torch torchaudio safetensors
    python3 synthetic_vectors.py ../resources/golden

writes filterbank_synthetic.safetensors and logmel_synthetic.safetensors. The sounds are seeded, so that every run makes
the same ones; the header of each file names the versions of the libraries that made it.
"""

import json
import math
import sys
from pathlib import Path

import librosa
import numpy as np
import scipy
import scipy.signal
import torch
import torchaudio
from safetensors.numpy import save_file

RATE = 16_000
FULL_SCALE = 32_768.0


def voice(rng, seconds=1.0):
    """Harmonics of a gliding pitch under three moving formants, in syllables: [samples], about -1 to 1."""
    t = np.arange(int(RATE * seconds)) / RATE
    pitch = 120 + 40 * np.sin(2 * np.pi * 1.7 * t + rng.uniform(0, 2 * np.pi)) + 5 * np.sin(2 * np.pi * 6 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = [(550 + 250 * np.sin(2 * np.pi * 1.1 * t), 90), (1500 - 500 * np.cos(2 * np.pi * 0.8 * t), 140), (2600, 220)]
    sound = np.zeros_like(t)
    for k in range(1, 45):
        gain = sum(1 / (1 + ((k * pitch - centre) / width) ** 2) for centre, width in formants)
        sound += gain / math.sqrt(k) * np.sin(k * phase + rng.uniform(0, 2 * np.pi))
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * t + rng.uniform(0, 1)), 0, None) ** 0.5
    sound *= syllables
    return sound / np.abs(sound).max()


def chirp(low_hz, high_hz, seconds=1.0):
    """A tone that rises by the same ratio in every instant."""
    t = np.arange(int(RATE * seconds)) / RATE
    return scipy.signal.chirp(t, low_hz, seconds, high_hz, method="logarithmic")


def clicks(rng, count):
    """Single samples, of either sign."""
    sound = np.zeros(RATE)
    sound[rng.integers(0, RATE, count)] = rng.choice([-1.0, 1.0], count)
    return sound


def hiss(rng):
    """White noise from beginning to end, so that no band is ever without energy."""
    return rng.standard_normal(RATE)


def pcm16(sound):
    """Scaled to its own peak, with 1 dB to spare, and rounded."""
    return np.round(sound / np.abs(sound).max() * 0.89 * 32_767).astype(np.int16)


def write(folder, name, tensors, library, version, seed, **params):
    header = {"case": name, "library": library, "version": version, "seed": str(seed), "params": json.dumps(params)}
    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, folder / f"{name}.safetensors", header)


def filterbank(folder, seed=2301):
    """Coefficients, impulse responses and sums over 8 ms of band-pass filters at 16 and 32 kHz."""
    rng = np.random.default_rng(seed)
    raw = pcm16(voice(rng) + 0.25 * chirp(60, 7_800) + 0.6 * clicks(rng, 12) + 0.02 * hiss(rng))
    centres = 97.6 * (15_900 / 97.6) ** (np.arange(16) / 15)
    tensors = {"raw_int16": raw}
    for rate in (16_000, 32_000):
        # At 32 kHz every sample is heard twice.
        x = np.repeat(raw / FULL_SCALE, rate // RATE)
        kept = centres[centres < 0.45 * rate]
        tensors[f"fs{rate}.centres"] = kept
        step = rate // 125
        for kind in ("iirpeak", "butter"):
            for q in (2, 4):
                filters = [design(kind, f, q, rate) for f in kept]
                key = f"fs{rate}.{kind}.q{q}"
                tensors[f"{key}.b"] = np.array([b for b, _ in filters])
                tensors[f"{key}.a"] = np.array([a for _, a in filters])
                impulse = np.eye(1, 128)[0]
                tensors[f"{key}.impulse"] = np.array([scipy.signal.lfilter(b, a, impulse) for b, a in filters])
                y = np.array([scipy.signal.lfilter(b, a, x) for b, a in filters])
                for name, rectified in (("half", np.maximum(y, 0)), ("full", np.abs(y))):
                    tensors[f"{key}.{name}.sum8ms"] = rectified.reshape(len(kept), 125, step).sum(2).T
    write(folder, "filterbank_synthetic", tensors, "scipy", scipy.__version__, seed,
          sound="voice-like harmonics, chirp, clicks and noise", layout="sums [bin, channel]")


def design(kind, centre, q, rate):
    if kind == "iirpeak":
        return scipy.signal.iirpeak(centre, q, fs=rate)
    half, middle = 1 / (2 * q), math.sqrt(1 + 1 / (4 * q * q))
    edges = [centre * (middle - half), min(centre * (middle + half), 0.499 * rate)]
    return scipy.signal.butter(1, edges, btype="bandpass", fs=rate)


def log_mel(folder, seed=2401):
    """Mel bands, mel energies and min-max log images of two clips, as librosa and as torchaudio make them."""
    rng = np.random.default_rng(seed)
    clips = [
        pcm16(voice(rng) + 0.01 * hiss(rng)),
        pcm16(0.7 * chirp(7_500, 400) * np.hanning(RATE) + clicks(rng, 25) + 0.05 * hiss(rng)),
    ]
    shape = {"n_fft": 512, "hop_length": 160, "n_mels": 32}
    tensors = {
        "librosa.fb": librosa.filters.mel(sr=RATE, n_fft=512, n_mels=32),
        "librosa.fb_htk_nonorm": librosa.filters.mel(sr=RATE, n_fft=512, n_mels=32, htk=True, norm=None),
    }
    for name, norm, scale in (("torchaudio.fb", None, "htk"), ("torchaudio.fb_slaney", "slaney", "slaney")):
        tensors[name] = torchaudio.functional.melscale_fbanks(257, 0.0, RATE / 2, 32, RATE, norm, scale).numpy()
    for i, raw in enumerate(clips):
        x = (raw / FULL_SCALE).astype(np.float32)
        energies = {
            "librosa": librosa.feature.melspectrogram(y=x, sr=RATE, power=2.0, **shape),
            "torchaudio": torchaudio.transforms.MelSpectrogram(RATE, power=2.0, **shape)(torch.from_numpy(x)).numpy(),
        }
        tensors[f"raw{i}_int16"] = raw
        for library, mel in energies.items():
            image = np.zeros((32, 128), np.float32)
            image[:, : mel.shape[1]] = np.log1p(mel)
            tensors[f"{library}{i}.mel"] = mel.astype(np.float32)
            tensors[f"{library}{i}.logmel01"] = (image - image.min()) / (image.max() - image.min())
    write(folder, "logmel_synthetic", tensors, "librosa+torchaudio",
          f"{librosa.__version__}+{torchaudio.__version__}", seed,
          sound="0: voice-like harmonics and noise; 1: falling chirp, clicks and noise",
          image="log1p, zeros up to 128 frames, then (x - min) / (max - min)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    to = Path(sys.argv[1])
    filterbank(to)
    log_mel(to)
