#include "pgp_dispatch.h"

// Its headers are not on the search path of C targets.
extern void *dispatch_queue_create(const char *label, void *attributes) __attribute__((weak));
extern void dispatch_queue_set_width(void *queue, long width) __attribute__((weak));
extern void dispatch_apply_f(size_t count, void *queue, void *context, void (*work)(void *, size_t))
    __attribute__((weak));
extern void dispatch_release(void *object) __attribute__((weak));
extern char _dispatch_queue_attr_concurrent[] __attribute__((weak));

bool pgp_has_dispatch(void) {
  return dispatch_queue_create && dispatch_queue_set_width && dispatch_apply_f &&
         dispatch_release && _dispatch_queue_attr_concurrent;
}

void *pgp_dispatch_queue(size_t width) {
  if (!pgp_has_dispatch())
    return 0;
  void *queue = dispatch_queue_create("perfgate", _dispatch_queue_attr_concurrent);
  if (queue)
    dispatch_queue_set_width(queue, (long)width);
  return queue;
}

void pgp_dispatch_apply(void *queue, size_t count, void *context,
                        void (*work)(void *context, size_t index)) {
  dispatch_apply_f(count, queue, context, work);
}

void pgp_dispatch_release(void *queue) { dispatch_release(queue); }
