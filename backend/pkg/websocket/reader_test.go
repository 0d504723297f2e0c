package websocket_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
)

// reader is the client's side of the model: what it believes, from what it has
// read alone.
type reader struct {
	*peer
	h        *house
	random   *rand.Rand
	name     string            // of this life
	at       map[string]uint64 // rooms that it follows, and up to where
	asked    []string          // pings and orders that are answered in order, and are not yet
	answered map[string]bool   // what it said, and was told ok
	said     int
	lags     int
	events   int
	skipped  uint64 // of lossy rooms
}

// read takes one frame of the stream, and checks it.
func (r *reader) read() error {
	opcode, body, err := r.next()
	switch {
	case err != nil:
		return err
	case opcode == opPing:
		return nil
	case opcode == opPong:
		return r.answer("pong " + string(body))
	case opcode != opText:
		return fmt.Errorf("a frame of opcode %d, % x", opcode, body)
	}
	got := string(body)
	what, rest, _ := strings.Cut(got, " ")
	switch what {
	case "noted", "left", "ok":
		err = r.answer(got)
		if what == "left" {
			delete(r.at, rest)
		}
		return err
	case "joined":
		var room string
		var seq uint64
		if _, err := fmt.Sscan(rest, &room, &seq); err != nil {
			return fmt.Errorf("%.40q: %w", got, err)
		}
		r.at[room] = seq
		return r.answer("joined " + room)
	case "lagged":
		return r.lagged(rest)
	case "event":
		return r.event(got)
	}
	return fmt.Errorf("%.40q", got)
}

// answer checks that this is what must be answered next.
func (r *reader) answer(got string) error {
	if len(r.asked) == 0 || r.asked[0] != got {
		return fmt.Errorf("answered %q of %q", got, r.asked)
	}
	r.asked = r.asked[1:]
	if id, ok := strings.CutPrefix(got, "ok "); ok {
		r.answered[id] = true
	}
	return nil
}

func (r *reader) lagged(room string) error {
	r.lags++
	if _, follows := r.at[room]; !follows || r.h.rooms[room].lossy {
		return fmt.Errorf("lagged in %s, which it does not follow, or not strictly", room)
	}
	delete(r.at, room)
	return r.ask("join "+room, "joined "+room)
}

func (r *reader) event(got string) error {
	var what, room, id string
	var seq uint64
	if _, err := fmt.Sscan(got, &what, &room, &seq, &id); err != nil {
		return fmt.Errorf("%.40q: %w", got, err)
	}
	at, follows := r.at[room]
	switch lossy := r.h.rooms[room].lossy; {
	case !follows:
		return fmt.Errorf("%.40q, and it does not follow", got)
	case seq <= at, seq != at+1 && !lossy:
		return fmt.Errorf("%.40q came after %d", got, at)
	case strings.HasPrefix(id, r.name+"/") && !r.answered[id]:
		return fmt.Errorf("%.40q came before its answer", got)
	}
	r.skipped += seq - at - 1
	r.at[room] = seq
	r.events++
	return nil
}

// ask sends an order, to which the answer must be this.
func (r *reader) ask(order, answer string) error {
	r.asked = append(r.asked, answer)
	return r.write(masked(fin|opText, []byte(order)))
}

// write sends in one piece, in two, or byte by byte.
func (r *reader) write(b []byte) error {
	for len(b) > 0 {
		n := len(b)
		switch r.random.IntN(8) {
		case 0:
			n = 1
		case 1:
			n = 1 + r.random.IntN(n)
		}
		if n == 1 && len(b) < 100 { // the rest too
			for ; len(b) > 1; b = b[1:] {
				if _, err := r.conn.Write(b[:1]); err != nil {
					return err
				}
			}
		}
		if _, err := r.conn.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// flood sends pings and orders without waiting for an answer.
func (r *reader) flood() error {
	var all []byte
	for n := range r.random.IntN(400) {
		if r.random.IntN(2) == 0 {
			r.asked = append(r.asked, fmt.Sprint("pong ", n))
			all = append(all, masked(fin|opPing, []byte(fmt.Sprint(n)))...)
			continue
		}
		r.asked = append(r.asked, fmt.Sprint("noted ", n))
		note := fmt.Sprint("note ", n)
		all = append(all, masked(opText, []byte(note[:3]))...)
		all = append(all, masked(fin|opContinuation, []byte(note[3:]))...)
	}
	return r.write(all)
}

// act does something at random now and then.
func (r *reader) act(rooms []string) error {
	room := rooms[r.random.IntN(len(rooms))]
	switch n := r.random.IntN(1000); {
	case n < 15:
		return r.ask("join "+room, "joined "+room)
	case n < 20:
		other := busyRooms[0] // so that it always has something to read
		if room == other {
			other = busyRooms[1]
		}
		return errors.Join(r.ask("leave "+room, "left "+room), r.ask("join "+other, "joined "+other))
	case n < 60:
		r.said++
		id := fmt.Sprintf("%s/%d", r.name, r.said)
		return r.ask(fmt.Sprintf("say %s %s", room, id), "ok "+id)
	case n < 63:
		return r.flood()
	case n < 67:
		r.h.await(r.random.IntN(4000)) // stall
	}
	return nil
}

var errDied = errors.New("died")

// live is a client's life: it joins, reads and does things until nothing more
// is published, and then reads to the end. A mortal may die before.
func (r *reader) live(rooms []string, mortal bool) error {
	for _, room := range rooms {
		if err := r.ask("join "+room, "joined "+room); err != nil {
			return err
		}
	}
	for !r.h.isOver() {
		if err := r.read(); err != nil {
			return err
		}
		if err := r.act(rooms); err != nil {
			return err
		}
		if mortal && r.random.IntN(1000) == 0 {
			return errDied
		}
	}
	// What has been published arrives without anybody's doing more.
	for _, room := range rooms {
		head := r.h.head(room)
		for at, follows := r.at[room]; follows && at < head && !r.h.rooms[room].lossy; at, follows = r.at[room] {
			if err := r.read(); err != nil {
				return err
			}
		}
	}
	// All that it said and asked is answered.
	for len(r.asked) > 0 {
		if err := r.read(); err != nil {
			return err
		}
	}
	return nil
}

// die ends the connection rudely, in one of several ways.
func (r *reader) die() {
	half := masked(fin|opText, []byte("note that I am"))
	if r.random.IntN(2) == 0 {
		_, _ = r.conn.Write(half[:1+r.random.IntN(len(half)-1)]) // it may be gone already
	}
	if r.random.IntN(2) == 0 {
		_ = r.conn.(interface{ CloseWrite() error }).CloseWrite()
		for r.read() == nil {
			continue // what was on its way
		}
		_ = r.conn.Close()
		return
	}
	r.reset()
}
