package chat

import (
	"strings"
	"time"
	"unicode/utf8"
)

// UserID is the opaque id of a user, "u_…".
type UserID string

// Role is what a user is in this installation.
type Role string

// Guest is a user without an account.
const Guest Role = "guest"

// MaxUserName is the longest display name, in code points.
const MaxUserName = 40

// User is somebody who may read or write.
type User struct {
	ID   UserID
	Name string
	Role Role
	// Given: the server made the name up; the user chose none.
	Given bool
	// Stored: the store knows the user. A guest without a cookie is not
	// stored before the first durable command.
	Stored bool
}

// Session is a signed-in device. Only a hash of its token is kept.
type Session struct {
	Hash    [32]byte // SHA-256 of the token
	User    User
	Seen    time.Time // when it was last renewed
	Expires time.Time // after this it is dead
}

// CleanUserName returns a display name as it is kept, or an Invalid error.
func CleanUserName(name string) (string, error) {
	clean, err := cleanLine("name", name, MaxUserName)
	if err != nil {
		return "", err
	}
	if blank(clean) {
		return "", InvalidField("name", "a name needs at least one visible character")
	}
	return clean, nil
}

// NameKey is what two names share when they count as the same.
func NameKey(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return strings.ToLower(strings.ToUpper(name))
		}
	}
	return strings.ToLower(name)
}

// clipName shortens name to at most n code points.
func clipName(name string, n int) string {
	for utf8.RuneCountInString(name) > n {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimSpace(name)
}
