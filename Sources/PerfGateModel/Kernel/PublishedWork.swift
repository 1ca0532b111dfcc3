/// Work whose times somebody has published, which a whole run does again with the fastest variant.
package struct PublishedWork: Hashable, Sendable {
  /// Who has published it: `the article`.
  package var source: String
  /// The kernel's name.
  package var kernel: String
  /// The number of tasks.
  package var tasks: Int
  /// The size of each task, in the kernel's units.
  package var size: Int
  /// The published times.
  package var times: [Record.Published.Time]

  package init(
    source: String, kernel: String, tasks: Int, size: Int, times: [Record.Published.Time]
  ) {
    self.source = source
    self.kernel = kernel
    self.tasks = tasks
    self.size = size
    self.times = times
  }
}

extension Record {
  /// Published work, and how long it took here.
  public struct Published: Hashable, Sendable, Codable {
    /// A published time.
    public struct Time: Hashable, Sendable, Codable {
      /// What took so long: `Python`.
      public var name: String
      /// On how many workers.
      public var workers: Int
      /// How long all tasks took, in seconds.
      public var seconds: Double

      /// A published time.
      package init(name: String, workers: Int, seconds: Double) {
        self.name = name
        self.workers = workers
        self.seconds = seconds
      }
    }

    /// Who has published it: `the article`.
    public var source: String
    /// The series of the rounds here; its tasks and their size are the published ones.
    public var series: SeriesKey
    /// The median time of all tasks here, in seconds.
    public var seconds: Double
    /// The published times.
    public var times: [Time]

    package init(_ work: PublishedWork, series: SeriesKey, seconds: Double) {
      source = work.source
      times = work.times
      self.series = series
      self.seconds = seconds
    }
  }
}
