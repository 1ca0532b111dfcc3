// Importing the engine also imports the values that it works with.
@_exported import PerfGateModel
