import Foundation

/// The processes whose arguments contain a mark, without those that have ended.
package func marked(_ mark: String) -> [Int] {
  let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return all.compactMap(Int.init).filter { pid in
    let arguments = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
    return arguments?.contains(mark) == true
  }
}

/// Whether no process carries the mark, at the latest after some seconds.
package func areGone(_ mark: String) -> Bool {
  for _ in 0..<500 {
    if marked(mark).isEmpty { return true }
    usleep(10_000)
  }
  return false
}
