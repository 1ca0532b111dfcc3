#include "plain_c.h"

uint64_t plain_c_sum(const uint64_t *numbers, size_t count) {
  uint64_t sum = 1;
  for (size_t i = 0; i < count; i++)
    sum = (sum ^ numbers[i]) * 0x100000001b3;
  return sum;
}
