#include "pgp_build.h"

const char *pgp_clang_version(void) { return __VERSION__; }
