import PerfGateTesting
import Testing

/// A closure that ends its process ends only its own claim.
@Suite(.serialized) struct TrapClaims {
  @Test(.claim(Trap.segment.claim)) func segment() {}
  @Test(.claim(Trap.overflow.claim)) func overflow() {}
  @Test(.claim(Trap.exits.claim)) func exits() {}
  @Test(.claim(Trap.forces.claim)) func forces() {}
  @Test(.claim(Trap.deadlock.claim)) func deadlock() {}
  @Test(.claim(.honest("trap.rest"))) func rest() {}
  @Test(.claim(Trap.forks.claim)) func forks() {}
  @Test(.claim(Trap.memory.claim)) func memory() {}
  @Test(.claim(Trap.flood.claim)) func flood() {}
  @Test(.claim(Trap.descriptors.claim)) func descriptors() {}
  @Test(.claim(Trap.folder.claim)) func folder() {}
  @Test(.claim(Trap.stops.claim)) func stops() {}
  @Test(.claim(Trap.killed.claim)) func killed() {}
}
