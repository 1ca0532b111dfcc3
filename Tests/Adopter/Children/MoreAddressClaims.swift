import PerfGateTesting
import Testing

private struct Hidden {
  @Test(.claim(slower("sameName.other"))) func sameName() {}
}
