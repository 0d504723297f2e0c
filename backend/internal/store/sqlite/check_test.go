package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// TestCheckInStall: while the disk does not answer, those who ask are told so
// in time, and do not pile up.
func TestCheckInStall(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		release := hold(s)
		ask := func() (time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begin := time.Now()
			err := s.Check(ctx)
			return time.Since(begin), err
		}
		answers := make(chan error)
		for range 20 {
			go func() {
				took, err := ask()
				if took > time.Second {
					t.Errorf("an answer took %v", took)
				}
				answers <- err
			}()
		}
		for range 20 {
			if err := <-answers; !errors.Is(err, chat.ErrUnavailable) {
				t.Errorf("in the stall the check says %v", err)
			}
		}
		if n := s.queue.length(); n != 1 {
			t.Errorf("%d jobs wait", n)
		}
		if took, err := ask(); !errors.Is(err, chat.ErrUnavailable) || took > 0 {
			t.Errorf("the next one is told %v after %v", err, took)
		}
		<-time.After(checkEvery)
		if took, err := ask(); !errors.Is(err, chat.ErrUnavailable) || took != time.Second {
			t.Errorf("a later one is told %v after %v", err, took)
		}
		if n := s.queue.length(); n != 1 {
			t.Errorf("%d jobs wait", n)
		}
		<-time.After(checkEvery)
		go func() {
			_, err := ask()
			answers <- err
		}()
		synctest.Wait()
		release()
		if err := <-answers; err != nil {
			t.Errorf("after the stall the check says %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestCheckGivenUp: somebody who goes away says nothing about the disk.
func TestCheckGivenUp(t *testing.T) {
	s := openTest(t)
	release := hold(s)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() { answered <- s.Check(ctx) }()
	s.queue.await(1)
	cancel()
	if err := <-answered; !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("who gave up is told %v", err)
	}
	go func() { answered <- s.Check(t.Context()) }()
	release()
	if err := <-answered; err != nil {
		t.Errorf("the next one is told %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
