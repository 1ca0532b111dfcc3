# Runs arms in Mojo: one line a request, one line an answer (perfgate.arm/1).
from std.benchmark import black_box
from std.ffi import external_call
from std.math import sqrt
from std.memory import bitcast
from std.time import perf_counter_ns


# Viète's series for pi.
@no_inline
def viete(iterations: Int) -> Float64:
    var numerator: Float64 = 0.0
    var pi: Float64 = 1.0
    for _ in range(iterations):
        numerator = sqrt(2.0 + numerator)
        pi = pi * numerator / 2.0
    return 2.0 / pi


# The time of the whole process; the C library counts in microseconds.
def cpu_nanoseconds() -> Int:
    return Int(external_call["clock", Int64]()) * 1000


def hexadecimal(value: UInt64) -> String:
    var text = String("")
    for place in range(15, -1, -1):
        var digit = Int((value >> UInt64(4 * place)) & 15)
        text += chr(48 + digit) if digit < 10 else chr(87 + digit)
    return text


# The descriptor of the protocol: prints go to standard error.
struct Wire:
    var descriptor: Int32

    def __init__(out self):
        self.descriptor = external_call["dup", Int32](Int32(1))
        _ = external_call["dup2", Int32](Int32(2), Int32(1))

    def send(self, answer: String):
        var text = answer + "\n"
        _ = external_call["write", Int](
            self.descriptor, text.unsafe_ptr(), text.byte_length()
        )


def run(size: Int, tasks: Int, mut results: List[UInt64]) -> String:
    results = List[UInt64](capacity=tasks)
    var cpu = cpu_nanoseconds()
    var start = Int(perf_counter_ns())
    for _ in range(tasks):
        # Equal calls would be merged into one: the compiler must not know that they are equal.
        results.append(bitcast[DType.uint64](viete(black_box(size))))
    var elapsed = Int(perf_counter_ns()) - start
    var used = cpu_nanoseconds() - cpu
    var hash: UInt64 = 0xCBF29CE484222325
    for index in range(tasks):
        hash = (hash ^ results[index]) * 0x100000001B3
    return String("ran ", elapsed, " ", used, " ", hexadecimal(hash))


def main() raises:
    var wire = Wire()
    var size = -1
    var last = List[UInt64]()
    while True:
        var line: String
        try:
            line = input()
        except:
            return
        var words = List[String]()
        for word in line.split(" "):
            words.append(String(word))
        var request = words[0]
        if request == "hello":
            wire.send("hello perfgate.arm/1 mojo built")
        elif request == "catalog":
            wire.send("catalog 1\nviete/scalar/sp")
        elif request == "prepare" and len(words) == 4 and words[1] == "viete":
            size = Int(words[2])
            wire.send("ready 0")
        elif request == "run" and len(words) == 8:
            if size < 0 or Int(words[6]) != size:
                wire.send("error not prepared")
            elif words[1] != "viete" or words[2] != "scalar" or words[3] != "sp":
                wire.send("error there is no such variant or executor")
            else:
                wire.send(run(size, Int(words[5]), last))
        elif request == "results" and len(words) == 3:
            var first = Int(words[1])
            var count = Int(words[2])
            if count > 200 or first + count > len(last):
                wire.send("error there are no such results")
            else:
                var answer = String("results ", count)
                for index in range(first, first + count):
                    answer += "\n" + hexadecimal(last[index])
                wire.send(answer)
        elif request == "quit":
            return
        else:
            wire.send("error cannot " + request)
