#ifndef PGP_BUNDLE_H
#define PGP_BUNDLE_H

// A test bundle that a parent of ours has started again to run the closures of one claim. What it
// is to do comes in an environment variable. Before anything else runs, this takes the variable
// out, so that neither tests nor their children see it, and ties the process's life to its
// parent's.

// The variable's name.
#define PGP_BUNDLE_VARIABLE "PERFGATE_CHILD_CLAIM"

// The variable's text, which is valid for the life of the process; null in every other process.
const char *_Nullable pgp_bundle_task(void);

// The socket to the parent, which no other code knows; below 0 in every other process.
int pgp_bundle_socket(void);

// From now on the caller answers the parent. Until then the process's exit tells the parent that
// its test has ended.
void pgp_bundle_serves(void);

#endif
