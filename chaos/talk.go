package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/chaos/history"
)

// One in repeatEvery answers has a message of old sent once more with the same
// id, though it was answered long ago: the answer must be the same. A client
// keeps a few of them, one in keepEvery, and they grow old with the run.
const (
	repeatEvery = 40
	keepEvery   = 100
	keepMost    = 32
)

func (c *client) join(ws *websocket.Conn, room string) error {
	c.mu.Lock()
	p := c.place[room]
	cmd := command{Op: "join", ID: fmt.Sprintf("join %d %s %d", c.conn, room, c.clock()), Room: room}
	if p.epoch != "" {
		after := p.after
		cmd.After, cmd.Epoch = &after, p.epoch
	}
	p.asked, p.joined = c.clock(), false
	c.mu.Unlock()
	return c.write(ws, cmd)
}

// send notes the attempt before its first byte can reach the server.
func (c *client) send(ws *websocket.Conn, cmd command) error {
	c.note(cmd.record())
	return c.write(ws, cmd)
}

func (c *client) topUp(ws *websocket.Conn) error {
	if c.again != nil {
		cmd := *c.again
		c.again = nil
		if err := c.send(ws, cmd); err != nil {
			return err
		}
	}
	for c.talk.Load() && len(c.pending) < c.window {
		cmd := c.next()
		c.made++
		c.pending = append(c.pending, cmd)
		c.counted()
		if err := c.send(ws, cmd); err != nil {
			return err
		}
	}
	return nil
}

// One in changeEvery commands changes a message: one of the newest that the
// client has seen, or of the newest of its own.
const (
	changeEvery = 3
	seenMost    = 40
)

// seen is what a client remembers of a room's messages: the newest last.
type seen struct{ all, own []string }

func (s *seen) add(id string, own bool) {
	s.all = append(s.all[max(0, len(s.all)-seenMost):], id)
	if own {
		s.own = append(s.own[max(0, len(s.own)-seenMost):], id)
	}
}

// next is something new to say.
func (c *client) next() command {
	room := c.rooms[c.rng.IntN(len(c.rooms))]
	cmd := command{Op: "send", Room: room, ID: fmt.Sprintf("%03d-%07d-%08x", c.n, c.made, c.rng.Uint32())}
	known := c.seen[room]
	switch n := c.rng.IntN(4 * changeEvery); {
	case n < 2 && len(known.all) > 0:
		cmd.Op, cmd.Message = "react", known.all[c.rng.IntN(len(known.all))]
		cmd.Emoji, cmd.On = []string{"👍", "🍵", "❤️"}[c.rng.IntN(3)], c.rng.IntN(3) > 0
	case n == 2 && len(known.own) > 0:
		cmd.Op, cmd.Message, cmd.Body = "edit", known.own[c.rng.IntN(len(known.own))], c.body()
	case n == 3 && len(known.own) > 0:
		cmd.Op, cmd.Message = "delete", known.own[c.rng.IntN(len(known.own))]
		if c.rng.IntN(2) == 0 {
			cmd.Op, cmd.Body = "edit", c.body()
		}
	default:
		cmd.Body = c.body()
	}
	return cmd
}

var syllables = []string{"tea", "leaf", "茶", " ", "\n", "🍵", "é", "\"", "\\", "<b>", "ש", "steam ", "cup ", "\u200d", "\t"}

// body is some text: mostly a line, now and then some kilobytes.
func (c *client) body() string {
	n := 1 + c.rng.IntN(24)
	if c.rng.IntN(50) == 0 {
		n = 500 + c.rng.IntN(1000)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d.%d ", c.n, c.made)
	for range n {
		b.WriteString(syllables[c.rng.IntN(len(syllables))])
	}
	return b.String()
}

// take is what the client makes of one frame.
func (c *client) take(ctx context.Context, ws *websocket.Conn, f frame, raw []byte) error {
	switch f.Op {
	case "ok":
		if strings.HasPrefix(f.ID, "join ") {
			return c.joined(f)
		}
		c.note(history.Record{Kind: history.OK, ID: f.ID, Room: f.Room, Seq: f.Seq, Message: f.Message, At: f.At})
		c.answered(f.ID, true)
	case "error":
		c.note(history.Record{Kind: history.Fail, ID: f.ID, Code: f.Code})
		c.answered(f.ID, false)
		if strings.HasPrefix(f.ID, "join ") {
			return fmt.Errorf("join: %s: %s", f.Code, f.Detail)
		}
		if f.Code == "unavailable" {
			newBackoff(c.rng).pause(ctx) // a server that cannot write now is not pressed
		}
	case "event":
		c.event(f, rawDigest(raw))
	case "resync":
		c.note(history.Record{Kind: history.Resync, Room: f.Room, Seq: f.Seq})
		return c.join(ws, f.Room)
	}
	return nil // all else is not durable, or newer than this program
}

func (c *client) joined(f frame) error {
	c.mu.Lock()
	p := c.place[f.Room]
	if p == nil {
		c.mu.Unlock()
		return fmt.Errorf("joined %q, which was not asked for", f.Room)
	}
	c.note(history.Record{
		Kind: history.Resume, ID: f.ID, Room: f.Room, Seq: f.Seq, Since: p.asked,
		After: p.after, Asked: p.epoch != "", Old: p.epoch, Epoch: f.Epoch, Reset: f.Reset,
	})
	if f.Reset {
		p.after = 0
	}
	p.epoch, p.joined = f.Epoch, true
	c.mu.Unlock()
	for _, raw := range f.Events {
		var e frame
		if err := json.Unmarshal(raw, &e); err != nil {
			return fmt.Errorf("decode %q: %w", raw, err)
		}
		c.event(e, "")
	}
	return nil
}

func (c *client) event(f frame, raw string) {
	r := f.record(history.Recv)
	r.Raw = raw
	c.note(r)
	if f.Kind == "message" {
		c.seen[f.Room].add(f.ID, f.User.ID == c.self.ID)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.place[f.Room]; p != nil {
		p.after = f.Seq
	}
}

func (c *client) answered(id string, ok bool) {
	i := slices.IndexFunc(c.pending, func(cmd command) bool { return cmd.ID == id })
	if i < 0 {
		return
	}
	if ok && len(c.kept) < keepMost && (len(c.kept) == 0 || c.rng.IntN(keepEvery) == 0) {
		c.kept = append(c.kept, c.pending[i])
	}
	if ok && c.rng.IntN(repeatEvery) == 0 {
		c.again = &c.kept[c.rng.IntN(len(c.kept))]
	}
	c.pending = slices.Delete(c.pending, i, i+1)
	c.counted()
}

func (c *client) counted() {
	c.mu.Lock()
	c.open = len(c.pending)
	c.mu.Unlock()
}

// backoff waits longer each time, with full jitter, from milliseconds up to a
// fiftieth of a second: the point is to be there while the server lives.
type backoff struct {
	rng interface{ Int64N(n int64) int64 }
	max time.Duration
}

const (
	backoffFirst = 4 * time.Millisecond
	backoffMost  = 20 * time.Millisecond
)

func newBackoff(rng interface{ Int64N(n int64) int64 }) *backoff {
	return &backoff{rng: rng, max: backoffFirst}
}

func (b *backoff) reset() { b.max = backoffFirst }

func (b *backoff) pause(ctx context.Context) {
	wait(ctx, time.Millisecond+time.Duration(b.rng.Int64N(int64(b.max))))
	b.max = min(2*b.max, backoffMost)
}

// wait ends early when ctx does.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
