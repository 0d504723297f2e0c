package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestOneStatementAtATime: a statement within another one of the same
// connection would take the memory of its arguments.
func TestOneStatementAtATime(t *testing.T) {
	c := dialTest(t, filepath.Join(t.TempDir(), dbName))
	if err := c.script("CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('one'), ('two')"); err != nil {
		t.Fatal(err)
	}
	rows := 0
	err := c.query("SELECT x FROM a WHERE x <> ?", []any{"three"}, func(row) bool {
		rows++
		_, exec := c.exec("DELETE FROM a WHERE x = ?", "two")
		_, one := c.one("SELECT x FROM a", nil)
		for _, err := range []error{exec, one, c.script("DELETE FROM a")} {
			if !isFault(err) || !strings.Contains(err.Error(), "within another") {
				t.Errorf("the error is %v", err)
			}
		}
		return true
	})
	if err != nil || rows != 2 {
		t.Errorf("%d rows, %v", rows, err)
	}
	if n, err := c.exec("DELETE FROM a WHERE x = ?", "two"); err != nil || n != 1 {
		t.Errorf("afterwards %d rows are deleted, %v", n, err)
	}
	// Nor does a statement that cannot be begun keep others from it.
	for range 2 {
		if _, err := c.exec("NONSENSE"); err == nil || strings.Contains(err.Error(), "within another") {
			t.Errorf("the error is %v", err)
		}
	}
}
