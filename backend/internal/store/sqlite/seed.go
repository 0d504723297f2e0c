package sqlite

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// seed writes what every database has from the start: its identity, its
// secret, and the room to which everybody belongs.
func seed(c *conn) error {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	if err := c.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, kv := range []struct {
		key   string
		value []byte
	}{{"id", []byte(token(16))}, {"digest_key", key}, {"checked", []byte{}}} {
		if _, err := c.exec(`INSERT INTO meta (key, value) VALUES (?, ?)`, kv.key, kv.value); err != nil {
			return err
		}
	}
	if _, err := c.exec(insertGeneral, string(chat.General), token(10)); err != nil {
		return err
	}
	return c.script("COMMIT")
}

const insertGeneral = `INSERT INTO rooms (id, name, topic, head, epoch, created)
	VALUES (?, 'General', '', 0, ?, unixepoch() * 1000) ON CONFLICT DO NOTHING`

// token is n random bytes in hexadecimal.
func token(n int) string {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck,gosec // never fails, by its contract
	return hex.EncodeToString(b)
}
