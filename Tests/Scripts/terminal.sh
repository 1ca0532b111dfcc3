#!/usr/bin/env bash
# Runs commands on a pseudo terminal and reads what a person sees there: the progress line is one row,
# tells the round and the time left, and leaves nothing behind, also after Ctrl-C, a dead worker, and a
# change of the window's width. Needs python3.
#
# usage: terminal.sh [PERFGATE]
set -uo pipefail
cd "$(dirname "$0")/../.."

perfgate=${1:-.build/release/perfgate}
[ -x "$perfgate" ] || swift build -c release --product perfgate || exit 1
command -v python3 >/dev/null || {
  echo "terminal: SKIPPED: install it by: apt-get install -y python3" >&2
  exit 77
}
exec python3 - "$perfgate" <<'PYTHON'
import atexit, fcntl, os, pty, re, select, shutil, signal, struct, sys, tempfile, termios, time
import unicodedata

PERFGATE = os.path.abspath(sys.argv[1])
WORK = tempfile.mkdtemp()
atexit.register(shutil.rmtree, WORK, True)
failures = 0


def fail(text):
    global failures
    failures += 1
    print("terminal: " + text, file=sys.stderr)


class Screen:
    """A terminal without scrolling: rows of characters, a cursor, and the sequences that are used."""

    def __init__(self, columns):
        self.columns, self.rows, self.row, self.column = columns, [[]], 0, 0
        # What a row looked like each time before it was erased.
        self.erased = []

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.", text, re.S):
            self.one(part)

    def one(self, part):
        if part == "\x1b[K":
            if self.column == 0 and self.rows[self.row]:
                self.erased.append("".join(self.rows[self.row]))
            del self.rows[self.row][self.column:]
        elif part.startswith("\x1b["):
            # Colors take no place; anything else is not expected.
            if not part.endswith("m"):
                fail("unexpected sequence %r" % part)
        elif part.startswith("\x1b"):
            fail("a broken sequence %r" % part)
        elif part == "\r":
            self.column = 0
        elif part == "\n":
            self.next_row()
        else:
            width = 2 if unicodedata.east_asian_width(part) in "WF" else 1
            if self.column + width > self.columns:
                self.column = 0
                self.next_row()
            row = self.rows[self.row]
            row.extend(" " * (self.column - len(row)))
            row[self.column:self.column + 1] = part
            self.column += width

    def next_row(self):
        self.row += 1
        while len(self.rows) <= self.row:
            self.rows.append([])

    def text(self):
        return ["".join(row) for row in self.rows]


def set_columns(descriptor, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def run(arguments, columns=80, environment=(), events=(), limit=700):
    """Runs a command; events are (text to wait for, action) and happen one after another.

    It may wait ten minutes for another program that is measuring.

    Returns the exit status, the screen, and the bytes."""
    pid, terminal = pty.fork()
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        set_columns(1, columns)
        variables = dict(os.environ, TERM="xterm", **dict(environment))
        variables.pop("COLUMNS", None)
        variables.pop("NO_COLOR", None)
        os.execve(PERFGATE, [PERFGATE] + arguments, variables)
    set_columns(terminal, columns)
    screen, raw, pending, events = Screen(columns), b"", b"", list(events)
    begin = time.time()
    while True:
        if time.time() - begin > limit:
            os.kill(pid, signal.SIGKILL)
            fail("%s took more than %d s" % (arguments, limit))
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        raw += piece
        pending += piece
        # A sequence may be cut between two pieces.
        cut = pending.rfind(b"\x1b")
        whole = pending if cut < 0 or re.match(rb"\x1b\[[0-9;?]*[A-Za-z]", pending[cut:]) else pending[:cut]
        try:
            screen.feed(whole.decode())
            pending = pending[len(whole):]
        except UnicodeDecodeError:
            pass
        if events and re.search(events[0][0], raw.decode(errors="replace")):
            events.pop(0)[1](pid, terminal, screen)
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    if events:
        fail("%s never showed %s" % (arguments, events[0][0]))
    return os.waitstatus_to_exitcode(status), screen, raw.decode()


def clean(name, screen):
    """Nothing of a progress line is left, and every message has rows of its own."""
    for row in screen.text():
        if re.search(r"(measuring|judging|proving|finding) .*(round|warm-up|size|work)|\^C", row):
            fail("%s left %r" % (name, row))
        if "perfgate:" in row and not row.startswith("perfgate:"):
            fail("%s began a message inside of a row: %r" % (name, row))


def progress(name, screen, columns):
    """The progress was shown, and no row of it was as wide as the terminal."""
    shown = [row for row in screen.erased if row.startswith("measuring")]
    if not shown:
        fail("%s showed no progress" % name)
    for row in shown:
        if len(row) >= columns and "^C" not in row:
            fail("%s: %r does not fit %d columns" % (name, row, columns))
    return shown


def scale(rounds, record="record.json"):
    return ["scale", "--kernel", "viete", "--task-seconds", "0.001", "--tasks", "5", "--workers", "1",
            "--rounds", str(rounds), "--json", os.path.join(WORK, record)]


status, screen, raw = run(scale(60))
if status != 0:
    fail("scale ended with %d" % status)
clean("scale", screen)
shown = progress("scale", screen, 80)
if not any(re.search(r"measuring scale viete: round \d+ of 60, about .* left$", row) for row in shown):
    fail("no progress tells the time left: %r" % shown[-3:])
if not any(row.startswith("viete workers") for row in screen.text()):
    fail("scale shows no table")

status, screen, raw = run(scale(60), columns=30)
clean("a narrow terminal", screen)
progress("a narrow terminal", screen, 30)


def shrink(pid, terminal, screen):
    set_columns(terminal, 40)
    time.sleep(0.3)


status, screen, raw = run(scale(300), events=[(r"round [0-9]+ of 300, about", shrink)])
clean("a smaller window", screen)
if any(len(row) >= 40 for row in screen.erased[-3:]):
    fail("after the window shrank: %r" % screen.erased[-3:])

interrupt = lambda pid, terminal, screen: os.write(terminal, b"\x03")
status, screen, raw = run(scale(10000), events=[(r"round [0-9]+ of 10000, about", interrupt)])
if status != 130:
    fail("Ctrl-C ended with %d" % status)
clean("Ctrl-C", screen)
if not any("interrupted by signal 2" in row for row in screen.text()):
    fail("Ctrl-C is not told")
if not any(row.startswith("incomplete") for row in screen.text()):
    fail("the tables do not say that the run ended early")

# In the middle of a long task a second one does not wait, and leaves nothing either.
long_task = ["scale", "--kernel", "viete", "--size", "2000000000", "--tasks", "2", "--workers", "1",
             "--rounds", "2", "--json", os.path.join(WORK, "long.json")]
status, screen, raw = run(
    long_task, events=[(r"measuring|proving|finding", interrupt), (r"\^C", interrupt)])
if status != 130:
    fail("two Ctrl-C ended with %d" % status)
clean("two Ctrl-C", screen)

status, screen, raw = run(scale(60), environment=[("TERM", "dumb")])
if "\x1b" in raw or re.search(r"\r[^\n]", raw):
    fail("a dumb terminal gets sequences: %r" % raw[:300])
status, screen, raw = run(scale(60), environment=[("NO_COLOR", "1")])
if re.search(r"\x1b\[[0-9;]*m", raw):
    fail("NO_COLOR is not respected")
status, screen, raw = run(scale(60) + ["--quiet"])
if "\x1b[K" in raw:
    fail("--quiet shows progress")

# No row of the tables is wider than 80 columns: then the terminal would break it.
for table in ["handoff", "pi-scaling", "pi-single-thread"]:
    status, screen, raw = run(["judge", "baselines/published/%s.json" % table])
    for row in re.sub(r"\x1b\[[0-9;]*m", "", raw).split("\r\n"):
        if len(row) > 80:
            fail("judge of %s has a row of %d columns: %r" % (table, len(row), row))

if failures == 0:
    print("terminal: the progress line leaves nothing behind, and tables fit")
sys.exit(failures > 0)
PYTHON
