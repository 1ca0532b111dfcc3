#include "CPerfGatePlacement.h"
