#!/usr/bin/env python3
"""Makes records for html.sh: one with every chart, one with strangers' texts, one with extreme numbers.

usage: html-records.py RECORDS FOLDER

RECORDS is the folder of the tests' own records; the files are written to FOLDER.
"""

import copy
import json
import pathlib
import random
import sys

records, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
random.seed(1)

PLANTED = "<script>alert('x')</script>\"'&\u202e\u2066<img src=//example.com/x onerror=alert(1)>"


def series(kernel, variant, workers, seconds, *, executor="pool", group=None, tasks=50, size=1000,
           rounds=None, stage="", **more):
    key = f"{kernel}/{variant}/{executor}/{workers}{stage}"
    return {
        "id": key, "group": group or f"scale {kernel}", "tasks": tasks, "size": size,
        "cpus": list(range(workers)), "bind": "close", "rounds": rounds or list(range(len(seconds))),
        "seconds": seconds, "cpuSeconds": seconds, "discarded": 0, "migrations": 0, "checksum": "1",
        "peakBytes": 0, **more}


def noisy(seconds, count=12, spread=0.01):
    return [seconds * (1 + random.gauss(0, spread)) for _ in range(count)]


def charts():
    """A record of a machine with eight cores and two threads each."""
    record = json.loads((records / "everything.json").read_text())
    record["complete"] = True
    record["machine"].update(cores=8, memoryNodes=1, allowedCPUs="0-15")
    record["machine"]["layout"] = [{"node": 0, "cores": [[core, core + 8] for core in range(8)]}]
    record["plan"].update(cpus=list(range(8)), memory=[f"node {n // 4}" for n in range(8)])
    record["series"], record["scaling"], record["stages"] = [], [], []
    record["workloads"] = [
        {"kernel": "viete", "unit": "iteration", "bytesPerUnit": 0, "isConstant": False,
         "size": 1000, "tasks": 50, "inputSeconds": 0}]
    for variant, serial, exchange, executor in [
            ("swift.scalar", 0.02, 0.001, "pool"), ("swift.scalar", 0.03, 0.012, "channel"),
            ("c.scalar", 0.01, 0.0, "pool")]:
        points = []
        for workers in range(1, 9):
            time = 0.5 / workers * (
                1 + serial * (workers - 1) + exchange * workers * (workers - 1))
            record["series"].append(
                series("viete", variant, workers, noisy(time), executor=executor,
                       bytes=[(20 + 3 * workers) * 1_000_000] * 12))
            points.append({
                "workers": workers, "seconds": time, "speedup": 0.5 / time,
                "interval": [0.49 / time, 0.51 / time], "efficiency": 0.5 / time / workers,
                "cpus": list(range(workers))})
        record["scaling"].append({
            "kernel": "viete", "variant": variant, "executor": executor, "points": points,
            "weak": False})
    for workers in range(1, 9):
        record["series"].append(
            series("ceiling", "c.spin", workers, noisy(0.1 / workers ** 0.97, 8, 0.002),
                   group="the ceiling"))
    record["peers"] = [
        {"runtime": runtime, "version": version, "kernel": "viete", "variant": f"{runtime}.scalar",
         "nanosecondsPerIteration": time}
        for runtime, version, time in [
            ("swift", "6.3", 6.55), ("c", "clang 21", 6.56), ("go", "1.27", 6.57),
            ("python", "3.11", 60.8), ("pypy", "7.3", 6.5), ("nuitka", "4.3", 54.8)]]
    record["handoff"] = [
        {"case": case, "workers": workers, "executor": executor, "startupSeconds": 0.4,
         "totalSeconds": 0.4 + time, "taskSeconds": time, "peakBytes": size * 1_000_000}
        for case, executor, time, size in [
            ("swift.sp", "sp", 3e-7, 225), ("swift.value", "pool", 1e-6, 225),
            ("swift.shared", "process", 7e-4, 329), ("swift.serialized", "process", 0.77, 429),
            ("go.value", "channel", 6e-5, 102), ("python.mp", "process", 14.0, 230)]
        for workers in ([0] if executor == "sp" else [1, 2, 4, 8])]
    record["executors"] = [
        {"executor": name, "workers": 8, "startupSeconds": time}
        for name, time in [("pool", 4e-4), ("channel", 3e-4), ("process", 0.02)]]
    record["firstMessages"] = [
        {"case": "swift.serialized", "executor": "process", "size": 1000, "firstSeconds": 2e-3,
         "restSeconds": 1e-3, "ratio": 2.0, "interval": [1.8, 2.3], "starts": 8}]
    record["comparisons"] = [
        {"subject": "viete/swift.scalar/pool/1", "reference": "viete/c.scalar/pool/1",
         "ratio": 1.0, "interval": [0.99, 1.01], "coverage": 0.97, "rounds": 12}]
    record["claimPlans"], record["claims"] = [], []
    # What claims there are: one that holds, one that is violated, one that is open, one that was disturbed.
    for name, ratio, confirmed, dropped in [
            ("holds", 1.0, False, 0), ("violated", 1.12, True, 3), ("open", 1.05, False, 2),
            ("disturbed", 1.0, False, 30)]:
        claim(record, name, ratio, confirmed, dropped)
    return record


def claim(record, name, ratio, confirmed, dropped):
    kernel = f"claimed.{name}"
    group = f"claims {kernel}"
    for stage in [1, 2] if confirmed else [1]:
        suffix = "" if stage == 1 else "#confirmation"
        lost = sorted(random.sample(range(40), dropped))
        kept = [round for round in range(40) if round not in lost]
        for variant, time in [("new", 0.1 * ratio), ("old", 0.1)]:
            record["series"].append(
                series(kernel, variant, 1, noisy(time, len(kept), 0.02), group=group, rounds=kept,
                       stage=suffix))
        record["stages"].append({
            "group": group, "stage": stage, "seed": 3, "rounds": 40, "starts": 1,
            "discards": [
                {"round": round, "series": f"{kernel}/{variant}/pool/1{suffix}",
                 "causes": [["steal: 3 ticks", "cpu 1 ran another program for 12 %"][round % 2]]}
                for round in lost for variant in ["new", "old"]]})
    record["claimPlans"].append({
        "id": kernel, "text": f"new no slower than old + 5 %: {name}", "kind": "ratio",
        "limit": 1.05, "workers": 1, "subject": f"{kernel}/new/pool/1",
        "reference": f"{kernel}/old/pool/1", "group": group, "maximumRounds": 40, "alpha": 0.02})


def planted(value, key=""):
    """The same with a planted text in every name, equal ones the same."""
    if isinstance(value, list):
        return [planted(one, key) for one in value]
    if isinstance(value, dict):
        return {name: planted(one, name) for name, one in value.items()}
    if not isinstance(value, str) or key in ("schema", "kind", "verdict", "started"):
        return value
    if key in ("id", "series", "subject", "reference", "group") and "/" in value:
        return value
    return PLANTED + value


def extreme(record):
    """Times from a picosecond to days, equal values, one round, none."""
    record = copy.deepcopy(record)
    record["machine"].update(cores=96, memoryNodes=2, allowedCPUs="0-191")
    record["machine"]["layout"] = [
        {"node": node, "cores": [[core, core + 96] for core in range(48 * node, 48 * node + 48)]}
        for node in range(2)]
    record["plan"].update(cpus=list(range(0, 96, 2)) + [0, 0])
    for index, one in enumerate(record["series"]):
        time = [1e-12, 1e6, 0.1, 5e-9][index % 4]
        one["seconds"] = [time for _ in one["seconds"]]
        keep = [len(one["seconds"]), 1, 0][index % 3]
        for key in ["seconds", "cpuSeconds", "rounds", "bytes"]:
            if key in one:
                one[key] = one[key][:keep]
    for row in record["handoff"]:
        row["taskSeconds"] *= 1e-12
    for index, row in enumerate(record["peers"]):
        row["nanosecondsPerIteration"] = [1e-12, 1e15, 7][index % 3]
        row["version"] = "long version " * 20
    for curve in record["scaling"]:
        for point in curve["points"]:
            point["seconds"] = 1e-12
            point["interval"] = [0, 1.7e308]
    return record


made = charts()
for name, record in [
        ("charts", made), ("strange", planted(made)), ("extreme", extreme(made))]:
    (folder / f"{name}.json").write_text(json.dumps(record))
