/// The 64-bit hash FNV-1a of some bytes: different for different names, and the same everywhere.
///
/// Source: Fowler, Noll and Vo, 1991.
package func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
