import PerfGate
