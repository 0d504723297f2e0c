//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: it measures through /proc and epoll, so it runs on Linux only")
	os.Exit(1)
}
