package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// RoomID is a room's short, immutable slug, such as "general".
type RoomID string

// General is the room that always exists and to which everybody belongs.
const General RoomID = "general"

// Limits on a room's texts, in code points, and on its id, in bytes.
const (
	MaxRoomID    = 63
	MaxRoomName  = 80
	MaxRoomTopic = 250
)

// Room is a place to talk, and the position of its log.
type Room struct {
	ID    RoomID
	Name  string
	Topic string
	Head  uint64 // seq of the newest event; 0 while the log is empty
	Epoch string // changes when the log was rolled back
}

// Listing is a room as one user sees it in a list.
type Listing struct {
	Room
	Member  bool // the user belongs to it
	Members int  // how many belong to it; 0 for general, to which all belong
}

// Belonging is a room that a user belongs to and how far it was read.
type Belonging struct {
	Room
	Read   uint64 // seq up to which the user has read
	Unread int    // counting events of others after Read, at most UnreadCap
}

// UnreadCap is where counting stops: 1,000 means that or more.
const UnreadCap = 1000

// UnreadReach is how many counting events after the read position are looked
// at, the user's own among them. What others wrote beyond is not counted.
const UnreadReach = 20_000

// ValidRoomID says whether id has the form of a room's slug.
func ValidRoomID(id string) bool {
	if id == "" || len(id) > MaxRoomID || id[0] == '-' {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// slug makes a room id from a name: lower-case ASCII letters and digits, all
// else a dash. It is empty where nothing of the name can be kept.
func slug(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
		if b.Len() >= MaxRoomID-1 {
			break
		}
	}
	return strings.TrimRight(b.String(), "-")
}

// cleanLine is a one-line text as it is kept: white space at the ends gone and
// inside collapsed to single blanks. It is refused with Invalid when it is
// longer than limit code points, or holds control characters or those that
// reorder the text around them.
func cleanLine(field, s string, limit int) (string, error) {
	if !utf8.ValidString(s) {
		return "", InvalidField(field, "%s is not well-formed text", field)
	}
	if utf8.RuneCountInString(s) > 4*limit {
		return "", InvalidField(field, "%s may have at most %d characters", field, limit)
	}
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > limit {
		return "", InvalidField(field, "%s may have at most %d characters", field, limit)
	}
	for _, r := range s {
		if unicode.IsControl(r) || isBidiControl(r) {
			return "", InvalidField(field, "%s may not hold control characters", field)
		}
	}
	return s, nil
}

// isBidiControl: U+202A..E and U+2066..9 turn the text around a name round.
func isBidiControl(r rune) bool {
	return (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069)
}

// blank says whether nothing in s can be seen: white space, format characters
// and the letters of Unicode that are drawn as nothing.
func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) && !drawnEmpty(r) {
			return false
		}
	}
	return true
}

func drawnEmpty(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}
