// What the closures of a claim and the blocks of `measure` need without another import.
@_exported import func PerfGateModel.blackHole
@_exported import func PerfGateModel.opaque
