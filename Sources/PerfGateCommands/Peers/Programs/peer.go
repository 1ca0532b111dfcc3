// Runs arms in Go: one line a request, one line an answer (perfgate.arm/1).
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// viete is Viète's series for pi. It stays a call, so that equal tasks are not merged.
//
//go:noinline
func viete(iterations int) float64 {
	numerator, pi := 0.0, 1.0
	for n := 0; n < iterations; n++ {
		numerator = math.Sqrt(2.0 + numerator)
		pi = pi * numerator / 2.0
	}
	return 2.0 / pi
}

// vieteDiscarded is the same as the article calls it: the compiler may put it in place of the call,
// sees that nobody uses the result, and removes the square roots.
func vieteDiscarded(iterations int) float64 {
	numerator, pi := 0.0, 1.0
	for n := 0; n < iterations; n++ {
		numerator = math.Sqrt(2.0 + numerator)
		pi = pi * numerator / 2.0
	}
	return 2.0 / pi
}

//go:noinline
func length(text string) int { return len(text) }

//go:noinline
func lengthOfReference(text *string) int { return len(*text) }

// input is what prepare made.
type input struct {
	kernel, size, seed string
	count              int
	text               string
}

// inLoop runs the tasks on one goroutine.
func inLoop(tasks int, task func() uint64) []uint64 {
	results := make([]uint64, tasks)
	for i := range results {
		results[i] = task()
	}
	return results
}

// job is a task's number and what the task gets.
type job[Value any] struct {
	number int
	value  Value
}

// overChannel hands the tasks to workers, as the article does: a producer, a channel without a
// buffer, workers that receive until it is closed, and a wait group.
func overChannel[Value any](workers, tasks int, value Value, work func(Value) uint64) []uint64 {
	results := make([]uint64, tasks)
	jobs := make(chan job[Value])
	go func() {
		for number := 0; number < tasks; number++ {
			jobs <- job[Value]{number, value}
		}
		close(jobs)
	}()
	var group sync.WaitGroup
	group.Add(workers)
	for worker := 0; worker < workers; worker++ {
		go func() {
			defer group.Done()
			for job := range jobs {
				results[job.number] = work(job.value)
			}
		}()
	}
	group.Wait()
	return results
}

func vieteTask(iterations int) uint64           { return math.Float64bits(viete(iterations)) }
func discardedTask(iterations int) uint64       { vieteDiscarded(iterations); return 0 }
func lengthTask(text string) uint64             { return uint64(length(text)) }
func lengthOfReferenceTask(text *string) uint64 { return uint64(lengthOfReference(text)) }

// run runs the tasks of a variant; ok is false if there is no such variant or executor.
func (made *input) run(variant, executor string, workers, tasks int) (results []uint64, ok bool) {
	inWorkers := executor == "channel"
	if !inWorkers && (executor != "sp" || workers != 1) {
		return nil, false
	}
	switch made.kernel + "/" + variant {
	case "viete/scalar":
		if inWorkers {
			return overChannel(workers, tasks, made.count, vieteTask), true
		}
		return inLoop(tasks, func() uint64 { return vieteTask(made.count) }), true
	case "viete/discarded":
		return inLoop(tasks, func() uint64 { return discardedTask(made.count) }), !inWorkers
	case "text.length/value":
		if inWorkers {
			return overChannel(workers, tasks, made.text, lengthTask), true
		}
		return inLoop(tasks, func() uint64 { return lengthTask(made.text) }), true
	case "text.length/reference":
		if inWorkers {
			return overChannel(workers, tasks, &made.text, lengthOfReferenceTask), true
		}
		return inLoop(tasks, func() uint64 { return lengthOfReferenceTask(&made.text) }), true
	}
	return nil, false
}

func checksum(results []uint64) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for _, result := range results {
		hash = (hash ^ result) * 0x100000001b3
	}
	return hash
}

// cpuTime is the time of the whole process, the collector's too.
func cpuTime() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// wakeUp computes for some milliseconds. When a program of Go begins to compute, its monitor looks
// every 20 µs at first, on the only CPU there is: that would be a percent of a short run.
func wakeUp() {
	for start := time.Now(); time.Since(start) < 10*time.Millisecond; {
		viete(1000)
	}
}

var catalog = []string{
	"viete/scalar/sp", "viete/scalar/channel", "viete/discarded/sp",
	"text.length/value/sp", "text.length/value/channel",
	"text.length/reference/sp", "text.length/reference/channel",
}

// peer is the state between two requests.
type peer struct {
	made *input
	last []uint64
}

func numbers(words []string) ([]int, bool) {
	all := make([]int, len(words))
	for i, word := range words {
		number, err := strconv.Atoi(word)
		if err != nil || number < 0 {
			return nil, false
		}
		all[i] = number
	}
	return all, true
}

func (p *peer) prepare(words []string) string {
	size, ok := numbers(words[1:2])
	if !ok || (words[0] != "viete" && words[0] != "text.length") {
		return "error cannot prepare " + strings.Join(words, " ")
	}
	p.made = nil
	start := time.Now()
	made := &input{kernel: words[0], size: words[1], seed: words[2], count: size[0]}
	if made.kernel == "text.length" {
		made.text = strings.Repeat("1", made.count)
	}
	p.made = made
	return fmt.Sprintf("ready %d", time.Since(start).Nanoseconds())
}

func (p *peer) run(words []string) string {
	counts, ok := numbers(words[3:5])
	if !ok || counts[0] < 1 || counts[1] < 1 {
		return "error cannot run " + strings.Join(words, " ")
	}
	if p.made == nil || p.made.kernel != words[0] || p.made.size != words[5] ||
		p.made.seed != words[6] {
		return "error not prepared"
	}
	// No more threads than workers: a collector on other cores would work for free.
	runtime.GOMAXPROCS(counts[0])
	wakeUp()
	cpu, start := cpuTime(), time.Now()
	results, ok := p.made.run(words[1], words[2], counts[0], counts[1])
	elapsed, used := time.Since(start), cpuTime()-cpu
	if !ok {
		return "error there is no " + strings.Join(words[:4], "/")
	}
	p.last = results
	return fmt.Sprintf("ran %d %d %016x", elapsed.Nanoseconds(), used, checksum(results))
}

func (p *peer) results(words []string) string {
	at, ok := numbers(words)
	if !ok || at[1] > 200 || at[0]+at[1] > len(p.last) {
		return "error there are no such results"
	}
	lines := []string{fmt.Sprintf("results %d", at[1])}
	for _, result := range p.last[at[0] : at[0]+at[1]] {
		lines = append(lines, fmt.Sprintf("%016x", result))
	}
	return strings.Join(lines, "\n")
}

func (p *peer) answer(words []string) string {
	request, rest := words[0], words[1:]
	switch {
	case request == "hello" && len(rest) == 1:
		version := strings.TrimPrefix(runtime.Version(), "go")
		return "hello perfgate.arm/1 go " + strings.ReplaceAll(version, " ", "_")
	case request == "catalog":
		return fmt.Sprintf("catalog %d\n%s", len(catalog), strings.Join(catalog, "\n"))
	case request == "prepare" && len(rest) == 3:
		return p.prepare(rest)
	case request == "run" && len(rest) == 7:
		return p.run(rest)
	case request == "results" && len(rest) == 2:
		return p.results(rest)
	}
	return "error cannot " + request
}

// requests are the lines of standard input. When whoever asks is gone, the program ends at once,
// even in the middle of a run; what comes through a pipe is still answered.
func requests() <-chan string {
	lines := make(chan string, 16)
	go func() {
		scanner := bufio.NewScanner(os.Stdin)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeSocket != 0 {
			os.Exit(0)
		}
		close(lines)
	}()
	return lines
}

func main() {
	// The protocol has a descriptor of its own: what anything else prints goes to standard error.
	wire, err := syscall.Dup(1)
	if err != nil || syscall.Dup3(2, 1, 0) != nil {
		fmt.Fprintln(os.Stderr, "cannot move standard output")
		os.Exit(1)
	}
	out := bufio.NewWriter(os.NewFile(uintptr(wire), "wire"))
	p := &peer{}
	for line := range requests() {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "quit" {
			return
		}
		fmt.Fprintln(out, p.answer(words))
		if out.Flush() != nil {
			return
		}
	}
}
