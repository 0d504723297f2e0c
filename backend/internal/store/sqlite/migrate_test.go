package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// steps of a schema that grows twice, the second time over existing rows.
var steps = []string{
	"CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT);\nINSERT INTO a (y) VALUES ('one'), ('two')",
	"CREATE TABLE b (x INTEGER PRIMARY KEY, z TEXT);\nINSERT INTO b SELECT x, upper(y) FROM a;\nDROP TABLE a;\nCREATE INDEX b_z ON b (z)",
}

func schema(t *testing.T, c *conn) string {
	t.Helper()
	var version int64
	if _, err := c.one("PRAGMA user_version", nil, &version); err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprint(version)
	err := c.query("SELECT name FROM sqlite_schema ORDER BY name", nil, func(r row) bool {
		s += " " + r.text(0)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dialTest(t *testing.T, path string) *conn {
	t.Helper()
	// Pages leave the cache at once, so that a crash finds them on the disk.
	c, err := dial(path, "journal_mode = WAL", "synchronous = FULL", "cache_size = 1", "cache_spill = 1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

// TestMigrationCrash looks at the files as a crash would leave them after each
// statement of a migration: the schema is the old one, and a second run ends
// with the new one.
func TestMigrationCrash(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, dbName)
	c := dialTest(t, path)
	if err := migrate(c, path, steps[:1]); err != nil {
		t.Fatal(err)
	}
	before := schema(t, c)
	statements := append([]string{"BEGIN IMMEDIATE"}, strings.Split(steps[1], ";\n")...)
	statements = append(statements, "PRAGMA user_version = 2", "COMMIT")
	for i, sql := range statements {
		if err := c.script(sql); err != nil {
			t.Fatal(err)
		}
		crashed := filepath.Join(t.TempDir(), dbName)
		// By another process: closing the file in this one would drop SQLite's locks.
		for _, suffix := range []string{"", "-wal"} {
			if out, err := exec.Command("cp", path+suffix, crashed+suffix).CombinedOutput(); err != nil { //nolint:gosec // our own files
				t.Fatalf("%v: %s", err, out)
			}
		}
		again := dialTest(t, crashed)
		want := before
		if i == len(statements)-1 {
			want = "2 b b_z"
		}
		if got := schema(t, again); got != want {
			t.Errorf("a crash after %q leaves %q, want %q", sql, got, want)
		}
		if err := migrate(again, crashed, steps); err != nil {
			t.Fatal(err)
		}
		if got := schema(t, again); got != "2 b b_z" {
			t.Errorf("migrated again: %q", got)
		}
	}
}

func TestMigrationFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	c := dialTest(t, path)
	bad := append(append([]string{}, steps...), "CREATE TABLE d (x);\nINSERT INTO nowhere VALUES (1)")
	if err := migrate(c, path, bad); err == nil {
		t.Fatal("a bad migration is accepted")
	}
	if got := schema(t, c); got != "2 b b_z" {
		t.Errorf("a bad migration leaves %q", got)
	}
	if err := migrate(c, path, steps[:1]); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("an older binary says %v", err)
	}
	if got := schema(t, c); got != "2 b b_z" {
		t.Errorf("an older binary leaves %q", got)
	}
}

// TestMigrationsAreOneTransaction: a migration that ended its transaction
// itself could be half done after a crash.
func TestMigrationsAreOneTransaction(t *testing.T) {
	for i, step := range migrations {
		for line := range strings.SplitSeq(strings.ToUpper(step), "\n") {
			for _, word := range []string{"COMMIT", "BEGIN", "ROLLBACK", "VACUUM", "PRAGMA"} {
				if strings.HasPrefix(strings.TrimSpace(line), word) {
					t.Errorf("migration %d says %s", i+1, word)
				}
			}
		}
	}
	if len(migrations) == 0 {
		t.Error("there are no migrations")
	}
	if entries, err := os.ReadDir("migrations"); err != nil || len(entries) != len(migrations) {
		t.Errorf("%d files, %d migrations, %v", len(entries), len(migrations), err)
	}
}
