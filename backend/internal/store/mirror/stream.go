package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// conflict is an event in Redis that is not of this database.
type conflict struct {
	room chat.RoomID
	seq  uint64
	live bool // it was found while the server ran
}

func (c *conflict) Error() string {
	if c.live {
		return fmt.Sprintf("another server writes to the same Redis (REDIS_URL): the room %s has an event %d there that is not of this server. This one stops, so that nobody is told two histories; let one server run, or give each a Redis database of its own", c.room, c.seq)
	}
	return fmt.Sprintf("the room %s has an event %d in Redis that is not in the database", c.room, c.seq)
}

// entry is one of a stream.
type entry struct {
	seq  uint64
	json string
}

// event is the id of the event; 0 where the entry cannot be read.
func (e *entry) event() chat.EventID {
	var v struct {
		ID chat.EventID `json:"id"`
	}
	if json.Unmarshal([]byte(e.json), &v) != nil {
		return 0
	}
	return v.ID
}

// entries reads a room's stream.
func (m *Mirror) entries(ctx context.Context, timeout time.Duration, room chat.RoomID, from, to string, count int) ([]entry, error) {
	command := []string{"XRANGE", roomKey(whatLog, room), from, to, "COUNT", strconv.Itoa(count)}
	answer, err := m.do(ctx, timeout, command...)
	if err != nil {
		return nil, err
	}
	list, err := answer.AsXRange()
	if err != nil {
		return nil, fmt.Errorf("the log of %s: %w", room, err)
	}
	entries := make([]entry, len(list))
	for i, e := range list {
		entries[i] = entry{entrySeq(e.ID), e.FieldValues[entryField]}
	}
	return entries, nil
}

// ends is where a room's stream begins and ends.
type ends struct {
	first, last entry
	torn        bool // it had events behind last, which are gone
}

func (m *Mirror) ends(ctx context.Context, room chat.RoomID) (e ends, err error) {
	answer, err := m.do(ctx, askTimeout, "XINFO", "STREAM", roomKey(whatLog, room))
	if said, ok := rueidis.IsRedisErr(errors.Unwrap(err)); ok && strings.Contains(said.Error(), "no such key") {
		return e, nil
	}
	if err != nil {
		return e, err
	}
	about, err := answer.AsMap()
	if err != nil {
		return e, fmt.Errorf("the log of %s: %w", room, err)
	}
	for name, to := range map[string]*entry{"first-entry": &e.first, "last-entry": &e.last} {
		message := about[name]
		if message.IsNil() {
			continue
		}
		there, err := message.AsXRangeEntry()
		if err != nil {
			return e, fmt.Errorf("the log of %s: %w", room, err)
		}
		*to = entry{entrySeq(there.ID), there.FieldValues[entryField]}
	}
	message := about["last-generated-id"]
	newest, err := message.ToString()
	e.torn = err == nil && entrySeq(newest) > e.last.seq
	return e, err
}
