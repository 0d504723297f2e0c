//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

// powerCut needs a file system that Linux can shut down.
type powerCut struct{}

func newPowerCut(string, io.Writer) *powerCut { return &powerCut{} }

func (*powerCut) name() string { return "power cut" }

func (*powerCut) prepare(context.Context) (string, error) {
	return "", errors.New("a power cut needs Linux")
}

func (*powerCut) strike(context.Context, *server) error { return errors.ErrUnsupported }

func (*powerCut) clean() error { return nil }
