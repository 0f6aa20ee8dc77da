#!/usr/bin/env python3
"""Makes score-cases.json: streams of step scores with labels, and what a reference scorer finds in them.

  make_score_cases.py SCORER.py > score-cases.json

SCORER.py has evaluate(streams, keyword) and count(labels, detections, threshold), with the rules of StreamScoring.
Scores are written as multiples of 1/1024, times are those of steps of 320 samples at 16 kHz: both are exact as binary numbers or
computed alike, so that no rounding stands between the two.
"""
import importlib.util, json, math, random, sys

RATE, STEP = 16000, 320
spec = importlib.util.spec_from_file_location("scorer", sys.argv[1])
scorer = importlib.util.module_from_spec(spec); spec.loader.exec_module(scorer)


def stream(rnd, seconds, words, spread, level, sharp):
    """Scores wander slowly; a word raises those of its keyword, mostly."""
    labels = []
    for _ in range(words):
        start = round(rnd.uniform(0, seconds - 2), 3)
        labels.append([start, round(start + rnd.uniform(0.1, spread), 3), rnd.choice(["one", "two"])])
    if rnd.random() < 0.5: labels.sort()
    scores = {}
    for k in ("one", "two"):
        x, row = 0.0, []
        for i in range(int(seconds * RATE / STEP)):
            x = 0.9 * x + rnd.gauss(0, 0.6)
            t = (i + 1) * STEP / RATE
            lift = sum(3.0 for a, b, w in labels if w == k and a <= t <= b + 0.2 and int(a * 1000) % 5)
            row.append(math.floor(1024 / (1 + math.exp(-sharp * (x + lift - level)))))
        scores[k] = row
    return dict(duration=seconds, labels=labels, scores=scores)


def case(seed):
    rnd = random.Random(seed)
    streams = [stream(rnd, rnd.choice([12, 20, 28]), rnd.choice([0, 3, 9, 25]), rnd.choice([0.3, 0.8, 2.0]),
                      rnd.uniform(0.5, 4), rnd.choice([0.7, 2.0])) for _ in range(1 + seed % 3)]
    if seed % 4 == 0:                            # as if there were hours of silence: rates of 0.1 to 4 an hour matter
        for s in streams: s["duration"] = 3600 * rnd.choice([0.5, 1, 4])
    expected = {}
    for k in ("one", "two"):
        given = [([tuple(l) for l in s["labels"]], s["duration"],
                  [((i + 1) * STEP / RATE, k, v / 1024) for i, v in enumerate(s["scores"][k])]) for s in streams]
        found = scorer.evaluate(given, k)
        counts = []
        for thr in (0.25, 0.5, 0.75):
            r = [scorer.count([l for l in L if l[2] == k], D, thr) for L, _, D in given]
            counts.append(dict(threshold=thr, hits=sum(x[0] for x in r), falseAlarms=sum(x[1] for x in r),
                               latency=sum(sum(x[2]) for x in r)))
        expected[k] = dict(n=found["n"], hours=found["hours"], at=found["at_fa_per_hour"], det=found["det"], counts=counts)
    return dict(streams=streams, expected=expected)


print("[" + ",\n".join(json.dumps(case(seed), separators=(",", ":")) for seed in range(14)) + "]")
