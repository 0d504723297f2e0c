package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// smallDisk is a file system of the given size.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		faultless(t, "a small disk cannot be mounted (%v); root can", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// TestDiskFull: on a full disk reading goes on and writing is refused; once
// there is space, writing goes on by itself.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t, "4m")
	dir := filepath.Join(disk, "data")
	s := open(t, dir)
	large := strings.Repeat("x", 30_000)
	acked, n := uint64(0), 0
	var err error
	for err == nil {
		n++
		e := message(n)
		e.Body = large
		if err = send(s, e); err == nil {
			acked++
		}
	}
	if !errors.Is(err, chat.ErrUnavailable) || acked == 0 {
		t.Fatalf("after %d messages: %v", acked, err)
	}
	refused := message(n)
	refused.Body = large
	for range 5 {
		if err := send(s, refused); !errors.Is(err, chat.ErrUnavailable) {
			t.Errorf("the error is %v", err)
		}
	}
	if err := s.Check(t.Context()); err != nil && !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("the check says %v", err)
	}
	read := func() {
		t.Helper()
		p, err := s.Before(t.Context(), chat.General, 0, 1000, 1<<30)
		if err != nil || p.Head != acked || uint64(len(p.Events)) != acked {
			t.Errorf("read %d events of %d, acknowledged are %d, %v", len(p.Events), p.Head, acked, err)
		}
	}
	read()
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := send(s, refused); err != nil {
		t.Errorf("with space again: %v", err)
	}
	t.Logf("%d messages fitted; writing went on %v after there was space", acked, time.Since(begin))
	acked++
	read()
	select {
	case err := <-s.Failed():
		t.Error(err)
	default:
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	s = open(t, dir)
	read()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestStartOnFullDisk: even then what is there can be read.
func TestStartOnFullDisk(t *testing.T) {
	disk := smallDisk(t, "4m")
	dir := filepath.Join(disk, "data")
	closed(t, dir, 10)
	// The shared memory beside the database needs a little.
	f, err := os.Create(filepath.Join(disk, "filler")) //nolint:gosec // our own file
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(info.Size()-64<<10), f.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	p, err := s.Before(t.Context(), chat.General, 0, 100, 1<<20)
	if err != nil || len(p.Events) != 10 {
		t.Errorf("read %d, %v", len(p.Events), err)
	}
	e := message(100)
	e.Body = strings.Repeat("x", 100_000)
	if err := send(s, e); !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
}
