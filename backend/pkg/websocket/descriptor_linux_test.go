package websocket

import (
	"sync"
	"syscall"
	"testing"
)

// The number of a descriptor that is closed belongs to whoever gets it next:
// nobody who still used the old one may touch it.
func TestAClosedDescriptorTouchesNobodyElse(t *testing.T) {
	const rounds, readers = 8_000, 3
	for round := range rounds {
		near, far := socketPair(t)
		d := &descriptor{fd: near}
		var using sync.WaitGroup
		for range readers {
			using.Go(func() {
				var p [1]byte
				for {
					if _, err := d.read(p[:]); err != nil && err != errEmpty { //nolint:errorlint // it is not wrapped
						return
					}
				}
			})
		}
		next := make(chan [2]int, 1)
		using.Go(func() { // the next owner comes as soon as the number is free
			for d.uses.Load()&descriptorFree == 0 {
			}
			a, b := socketPair(t)
			next <- [2]int{a, b}
		})
		d.close()
		d.close() // has no effect
		using.Wait()
		other := <-next
		if _, err := syscall.Write(other[0], []byte("x")); err != nil {
			t.Fatalf("round %d: the next owner of the number: %v", round, err)
		}
		for _, fd := range []int{far, other[0], other[1]} {
			_ = syscall.Close(fd)
		}
		if t.Failed() {
			return
		}
	}
}

func socketPair(t *testing.T) (near, far int) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Error(err)
	}
	return fds[0], fds[1]
}
