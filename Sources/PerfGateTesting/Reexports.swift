// What the closures of a claim and the blocks of `measure` need, without another import.
@_exported import func PerfGate.blackHole
@_exported import func PerfGate.opaque
