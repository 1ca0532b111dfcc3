// Whoever imports the engine gets the values that it works with.
@_exported import PerfGateModel
