"""Runs arms in Python: one line a request, one line an answer (perfgate.arm/1).

The argument is the runtime: python, pypy or nuitka run the functions as they are, numba and taichi
compile the series when it is called for the first time.
"""

import asyncio
import math
import os
import platform
import select
import signal
import stat
import struct
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor

MASK = 2**64 - 1
MOST_RESULTS = 200


def viete(iterations):
    """Viète's series for pi."""
    numerator = 0.0
    pi = 1.0
    for _ in range(iterations):
        numerator = math.sqrt(2.0 + numerator)
        pi = pi * numerator / 2.0
    return 2.0 / pi


def with_numba():
    import numba

    return numba.njit(viete), numba.__version__


def with_taichi():
    import taichi as ti

    # Its defaults are 32 bits and other results than IEEE's; its outermost loops run in parallel.
    ti.init(
        arch=ti.cpu,
        default_fp=ti.f64,
        default_ip=ti.i64,
        fast_math=False,
        cpu_max_num_threads=1,
        log_level=ti.ERROR,
        offline_cache=False,
    )

    @ti.kernel
    def series(iterations: ti.i64) -> ti.f64:
        numerator = 0.0
        pi = 1.0
        n = 0
        while n < iterations:
            numerator = ti.sqrt(2.0 + numerator)
            pi = pi * numerator / 2.0
            n += 1
        return 2.0 / pi

    return series, ".".join(str(part) for part in ti.__version__)


def with_nuitka():
    version = globals().get("__compiled__")
    if version is None:
        raise SystemExit("this program was not compiled by Nuitka")
    return viete, f"{version.major}.{version.minor}.{version.micro}"


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def cpu_time():
    return time.process_time_ns()


def viete_task(iterations):
    return bits(SERIES(iterations))


def length_task(text):
    return len(text)


def timed(task, value):
    """A task in a worker process: its result, and the CPU time that it took there."""
    start = cpu_time()
    return task(value), cpu_time() - start


def nothing(seconds):
    time.sleep(seconds)


TASKS = {"viete/scalar": viete_task, "text.length/value": length_task}
SERIES = viete


def catalog(runtime):
    both = runtime in ("python", "pypy")
    kinds = ["sp", "process"] if both else ["sp"]
    names = list(TASKS) if both else ["viete/scalar"]
    return [f"{name}/{kind}" for name in names for kind in kinds]


class Pool:
    """Worker processes, started when they are first needed and kept for the next run."""

    def __init__(self):
        self.workers = 0
        self.executor = None

    def resize(self, workers):
        if workers == self.workers:
            return
        self.close()
        self.executor = ProcessPoolExecutor(max_workers=workers)
        # Some versions start a process only when a task waits and none is idle.
        list(self.executor.map(nothing, [0.05] * workers))
        self.workers = workers

    def close(self):
        if self.executor is not None:
            self.executor.shutdown()
        self.executor = None
        self.workers = 0


async def over_processes(executor, task, value, tasks):
    """Hands each task to the pool and waits for all, as the article does with asyncio."""
    loop = asyncio.get_running_loop()
    start, cpu = time.monotonic_ns(), cpu_time()
    futures = [loop.run_in_executor(executor, timed, task, value) for _ in range(tasks)]
    pairs = await asyncio.gather(*futures)
    elapsed, used = time.monotonic_ns() - start, cpu_time() - cpu
    return [result for result, _ in pairs], elapsed, used + sum(spent for _, spent in pairs)


def in_loop(task, value, tasks):
    start, cpu = time.monotonic_ns(), cpu_time()
    results = [task(value) for _ in range(tasks)]
    return results, time.monotonic_ns() - start, cpu_time() - cpu


def checksum(results):
    value = 0xCBF29CE484222325
    for result in results:
        value = ((value ^ result) * 0x100000001B3) & MASK
    return value


class Peer:
    def __init__(self, runtime, version):
        self.greeting = f"hello perfgate.arm/1 {runtime} {version}"
        self.catalog = catalog(runtime)
        self.made = None
        self.value = None
        self.last = []
        self.pool = Pool()

    def prepare(self, kernel, size, seed):
        if not any(name.startswith(kernel + "/") for name in self.catalog):
            return [f"error there is no {kernel}"]
        self.made = self.value = None
        start = time.monotonic_ns()
        self.value = "1" * int(size) if kernel == "text.length" else int(size)
        self.made = (kernel, size, seed)
        return [f"ready {time.monotonic_ns() - start}"]

    def run(self, kernel, variant, executor, workers, tasks, size, seed):
        name, workers, tasks = f"{kernel}/{variant}", int(workers), int(tasks)
        if f"{name}/{executor}" not in self.catalog or (executor == "sp" and workers != 1):
            return [f"error there is no {name}/{executor}/{workers}"]
        if self.made != (kernel, size, seed):
            return ["error not prepared"]
        if executor == "sp":
            self.last, elapsed, used = in_loop(TASKS[name], self.value, tasks)
        else:
            self.pool.resize(workers)
            self.last, elapsed, used = asyncio.run(
                over_processes(self.pool.executor, TASKS[name], self.value, tasks)
            )
        return [f"ran {elapsed} {used} {checksum(self.last):016x}"]

    def results(self, first, count):
        first, count = int(first), int(count)
        if count > MOST_RESULTS or first + count > len(self.last):
            return ["error there are no such results"]
        return [f"results {count}"] + [f"{r:016x}" for r in self.last[first : first + count]]

    def answer(self, words):
        request, rest = words[0], words[1:]
        try:
            if request == "hello" and len(rest) == 1:
                return [self.greeting]
            if request == "catalog":
                return [f"catalog {len(self.catalog)}"] + self.catalog
            if request == "prepare" and len(rest) == 3:
                return self.prepare(*rest)
            if request == "run" and len(rest) == 7:
                return self.run(*rest)
            if request == "results" and len(rest) == 2:
                return self.results(*rest)
        except (ValueError, MemoryError) as error:
            return [f"error {request}: {' '.join(str(error).split())}"]
        return [f"error cannot {request}"]


def end_at_hangup():
    """Ends this program and its workers when whoever asks is gone, even in the middle of a run.

    Only as the leader of a group and on a socket: what comes through a pipe is still answered.
    """
    if os.getpgid(0) != os.getpid() or not stat.S_ISSOCK(os.fstat(0).st_mode):
        return

    def wait():
        poll = select.poll()
        poll.register(0, 0)
        poll.poll()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def serve(peer, wire):
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words[0] == "quit":
            break
        wire.write("\n".join(peer.answer(words)) + "\n")
        wire.flush()
    peer.pool.close()


def main():
    global SERIES
    # The protocol has a descriptor of its own: banners and prints go to standard error.
    wire = os.fdopen(os.dup(1), "w", encoding="ascii", errors="replace")
    os.dup2(2, 1)
    runtime = sys.argv[1] if len(sys.argv) > 1 else "python"
    version = platform.python_version()
    if runtime == "pypy":
        version = ".".join(str(part) for part in sys.pypy_version_info[:3])
    compilers = {"numba": with_numba, "taichi": with_taichi, "nuitka": with_nuitka}
    if runtime in compilers:
        SERIES, version = compilers[runtime]()
    end_at_hangup()
    serve(Peer(runtime, version), wire)


if __name__ == "__main__":
    main()
