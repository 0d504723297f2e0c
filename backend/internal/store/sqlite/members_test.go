package sqlite

import (
	"path/filepath"
	"testing"
)

// TestMembersCounted: the rooms of a database from before the count get theirs.
func TestMembersCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	c := dialTest(t, path)
	if err := migrate(c, path, migrations[:1]); err != nil {
		t.Fatal(err)
	}
	if err := c.script(`
		INSERT INTO rooms (num, id, name, topic, head, epoch, created) VALUES (1, 'general', '', '', 0, '', 0), (2, 'tea', '', '', 0, '', 0), (5, 'cake', '', '', 0, '', 0);
		INSERT INTO members (room, user, since) VALUES (2, 'u_1', 1), (5, 'u_1', 1), (5, 'u_2', 1)`); err != nil {
		t.Fatal(err)
	}
	if err := migrate(c, path, migrations); err != nil {
		t.Fatal(err)
	}
	for num, want := range map[int64]int64{1: 0, 2: 1, 5: 2} {
		var got int64
		if _, err := c.one("SELECT members FROM rooms WHERE num = ?", []any{num}, &got); err != nil || got != want {
			t.Errorf("room %d has %d members, want %d, %v", num, got, want, err)
		}
	}
}
