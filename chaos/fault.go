package main

import "context"

// fault is one way to end a server without a word, and to give it its data back.
type fault interface {
	name() string
	// prepare makes the folder that becomes the server's data.
	prepare(ctx context.Context) (data string, err error)
	// strike ends the running server; when it returns, the process is gone and
	// the data stands as the fault has left it.
	strike(ctx context.Context, s *server) error
	// clean takes away what prepare made, whatever has happened in between.
	clean() error
}

// sigkill is kill -9: what the process held is gone, what it gave to the
// operating system stays.
type sigkill struct{ data string }

func (k *sigkill) name() string { return "kill -9" }

func (k *sigkill) prepare(context.Context) (string, error) { return k.data, nil }

func (k *sigkill) strike(_ context.Context, s *server) error { return s.kill() }

func (k *sigkill) clean() error { return nil }
