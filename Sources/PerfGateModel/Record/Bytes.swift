/// An amount of memory for people: `4096 bytes`, `3.1 MiB`.
package func byteText(_ bytes: Int) -> String {
  bytes < 1 << 20 ? "\(bytes) bytes" : "\((Double(bytes) / 0x1p20 * 10).rounded() / 10) MiB"
}
