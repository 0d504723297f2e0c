package sqlite_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"

	_ "modernc.org/sqlite" // the driver with which tests change closed files
)

// closed makes a data directory with n messages in it, and returns the bytes
// of its database.
func closed(t *testing.T, dir string, n int) []byte {
	t.Helper()
	s := open(t, dir)
	fill(t, s, 0, n, 100)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "teahouse.db")) //nolint:gosec // our own file
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNewDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "data")
	s := open(t, dir)
	for path, want := range map[string]os.FileMode{dir: 0o700, dir + "/teahouse.db": 0o600, dir + "/teahouse.db-wal": 0o600, dir + "/lock": 0o600, dir + "/witness": 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
	room, err := s.Room(t.Context(), chat.General)
	if err != nil || room.Name != "General" || room.Head != 0 || room.Epoch == "" {
		t.Errorf("general is %+v, %v", room, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(strings.Join(names, " "), dir+"/", ""); got != "lock teahouse.db witness" {
		t.Errorf("after closing there are %s", got)
	}
}

func TestDirectoryNames(t *testing.T) {
	for _, name := range []string{"two words", "100%25", "a?mode=ro&_pragma=x#y", "quo'te\"", "茶館", "-", "a:b;c", "back\\slash"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			closed(t, dir, 3)
			s := open(t, dir)
			room, err := s.Room(t.Context(), chat.General)
			if err != nil || room.Head != 3 {
				t.Errorf("general is %+v, %v", room, err)
			}
		})
	}
}

func TestRelativeDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	closed(t, "data", 3)
	if _, err := os.Stat("data/teahouse.db"); err != nil {
		t.Error(err)
	}
}

// TestUnfinishedFile: what a crash left of a database that was never one goes.
func TestUnfinishedFile(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "teahouse.db.new"), []byte("half"))
	put(t, filepath.Join(dir, "teahouse.db.new-journal"), []byte("half"))
	closed(t, dir, 1)
	if left, err := filepath.Glob(dir + "/*.new*"); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// TestRefusedFiles: a file that is not ours, or not whole, is kept as it is,
// and the error says what is wrong and what to do.
func TestRefusedFiles(t *testing.T) {
	good := closed(t, t.TempDir(), 200)
	patched := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE theirs (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(foreign) //nolint:gosec // our own file
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(good)
	copy(damaged[100:4096], bytes.Repeat([]byte{0xff}, 4096))

	tests := map[string]struct {
		file []byte
		says string
	}{
		"of 0 bytes":         {nil, "is empty (0 bytes)"},
		"of 10 bytes":        {good[:10], "is not a database"},
		"of 99 bytes":        {good[:99], "is not a database"},
		"of another kind":    {bytes.Repeat([]byte("hello "), 1000), "is not a database"},
		"of another program": {theirs, "another program"},
		"of another id":      {patched(68, 0x12345678), "another program (application_id 0x12345678)"},
		"newer":              {patched(60, 1000), "newer Teahouse (schema 1000"},
		"cut in half":        {good[:len(good)/2], "bytes are missing"},
		"short of a byte":    {good[:len(good)-1], "damaged: 1 of its"},
		"short of a page":    {good[:len(good)-4096], "damaged: 4096 of its"},
		"with a bad page":    {damaged, "damaged"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "teahouse.db")
			put(t, path, tt.file)
			for range 2 {
				_, err := sqlite.Open(dir, nil)
				if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), path) {
					t.Fatalf("the error is %v", err)
				}
			}
			got, err := os.ReadFile(path) //nolint:gosec // our own file
			if err != nil || !bytes.Equal(got, tt.file) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

func TestRefusedDirectories(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	put(t, file, []byte("x"))
	walOnly := filepath.Join(base, "wal-only")
	inTheWay := filepath.Join(base, "in-the-way")
	for _, dir := range []string{walOnly, filepath.Join(inTheWay, "teahouse.db")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(walOnly, "teahouse.db-wal"), []byte("messages"))
	for dir, says := range map[string]string{
		file:                       "is a file, not a directory",
		filepath.Join(file, "sub"): "cannot be used",
		"/proc/teahouse":           "cannot be made",
		"/proc/self":               "cannot be used",
		walOnly:                    "teahouse.db is missing, but its companion",
		inTheWay:                   "is a directory",
	} {
		_, err := sqlite.Open(dir, nil)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: the error is %v, want %q", dir, err, says)
		}
	}
}

// TestReadOnlyDirectory needs a user whom file modes bind.
func TestReadOnlyDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // a directory
		t.Fatal(err)
	}
	if _, err := sqlite.Open(dir, nil); err == nil || !strings.Contains(err.Error(), "Make it writable") {
		t.Errorf("the error is %v", err)
	}
}

// TestNamesWithoutSession: a name that nobody can sign in to again is free
// after a start.
func TestNamesWithoutSession(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 2 {
		ses := chat.Session{Hash: [32]byte{byte(i)}, User: chat.User{ID: chat.UserID(fmt.Sprint("u_", i)), Name: fmt.Sprint("Guest ", i), Role: chat.Guest}}
		if err := s.CreateGuest(t.Context(), ses); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, filepath.Join(dir, "teahouse.db"), "DELETE FROM sessions WHERE user = 'u_0'")
	s = open(t, dir)
	for i, want := range []bool{false, true} {
		taken, err := s.NameTaken(t.Context(), chat.NameKey(fmt.Sprint("Guest ", i)))
		if err != nil || taken != want {
			t.Errorf("name %d is taken: %v, %v", i, taken, err)
		}
	}
}

// change changes a closed database.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamageAmongNewest: what is read at the start is refused at the start.
func TestDamageAmongNewest(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "teahouse.db")
	b := closed(t, dir, 500)
	for i := len(b) / 2; i < len(b); i++ {
		b[i] = 0xff
	}
	put(t, path, b)
	if _, err := sqlite.Open(dir, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), path+" is damaged") {
		t.Errorf("the error is %v", err)
	}
}

// TestDamageFound: when a reader meets a damaged page the store stops, and no
// wrong bytes are served.
func TestDamageFound(t *testing.T) {
	dir := t.TempDir()
	closed(t, dir, 500)
	path := filepath.Join(dir, "teahouse.db")
	change(t, path, "UPDATE rooms SET indexed = 500") // or the start reads it all
	b, err := os.ReadFile(path)                       //nolint:gosec // our own file
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)*3/4; i++ { // not the newest event, which the start reads
		b[i] = 0xff
	}
	put(t, path, b)
	s := open(t, dir)
	for after := uint64(0); err == nil && after < 500; after += 10 {
		var p chat.Page
		p, err = s.After(t.Context(), chat.General, after, 10, 1<<20)
		for _, e := range p.Events {
			if e.Body != body {
				t.Fatalf("%d reads %q", e.Seq, e.Body)
			}
		}
	}
	if !errors.Is(err, chat.ErrUnavailable) {
		t.Errorf("reading a damaged database: %v", err)
	}
	if err := <-s.Failed(); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("the failure is %v", err)
	}
	for range 3 {
		if err := send(s, message(1000)); !errors.Is(err, chat.ErrUnavailable) {
			t.Errorf("writing to a failed store: %v", err)
		}
		if _, err := s.Room(t.Context(), chat.General); !errors.Is(err, chat.ErrUnavailable) {
			t.Errorf("reading a failed store: %v", err)
		}
		if err := s.Check(t.Context()); !errors.Is(err, chat.ErrUnavailable) {
			t.Errorf("checking a failed store: %v", err)
		}
	}
}
