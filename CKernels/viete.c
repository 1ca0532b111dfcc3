#include "CPerfGateKernels.h"
