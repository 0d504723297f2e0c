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
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
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
	fillDisk(t, filepath.Join(disk, "filler"), 64<<10)
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

// TestStartOnFullDiskAfterCrash: what is behind the log can wait for space.
func TestStartOnFullDiskAfterCrash(t *testing.T) {
	disk, first := smallDisk(t, "4m"), t.TempDir()
	dir := filepath.Join(disk, "data")
	s := open(t, first)
	const events = 600
	told := make(chan error, events)
	for n := range events { // at once, so that no part of the write-ahead log is free again
		s.InRoom(chat.General, appendMessage(message(n+1)), func(_ chat.Outcome, err error) { told <- err })
	}
	for range events {
		if err := <-told; err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"teahouse.db", "teahouse.db-wal", "witness"} {
		b, err := os.ReadFile(filepath.Join(first, name)) //nolint:gosec // our own file
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), b)
	}
	filler := filepath.Join(disk, "filler")
	fillDisk(t, filler, 40<<10)
	t.Cleanup(sqlite.FewCommandsWait())
	s = open(t, dir)
	p, err := s.Before(t.Context(), chat.General, 0, 1000, 1<<20)
	if err != nil || len(p.Events) != events {
		t.Errorf("read %d, %v", len(p.Events), err)
	}
	if err := send(s, message(events+1)); !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("the error is %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for n := range events + 1 { // all but the last one again
		if err := send(s, message(n+1)); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := s.Room(t.Context(), chat.General); err != nil || r.Head != events+1 {
		t.Errorf("the head is %d, %v", r.Head, err)
	}
}

// fillDisk makes a file that leaves so many bytes of the disk: the shared memory
// beside the database needs a little.
func fillDisk(t *testing.T, path string, left int64) {
	t.Helper()
	f, err := os.Create(path) //nolint:gosec // our own file
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
	if err := errors.Join(f.Truncate(info.Size()-left), f.Close()); err != nil {
		t.Fatal(err)
	}
}
