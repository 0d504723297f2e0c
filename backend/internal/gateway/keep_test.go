package gateway_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ws "github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/auth"
	"github.com/teahouse-chat/teahouse/backend/internal/broker/memory"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/gateway"
	"github.com/teahouse-chat/teahouse/backend/internal/limit"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// counted is the real store, and how often its log was read.
type counted struct {
	chat.Store

	reads     atomic.Int64
	stuck     chan struct{}          // where it is set, looking up a session says so, and takes for ever
	meanwhile atomic.Pointer[func()] // happens once, before the next page that was read is handed over
	full      atomic.Bool            // nothing can be written
	blind     atomic.Bool            // no page can be read
	patient   atomic.Bool            // who reads waits a moment for others to read too
	reading   atomic.Int32           // how many do
	crowd     chan struct{}          // is closed when three do at once
	crowded   sync.Once
}

// linger makes one who reads wait for a third, where that is asked for.
func (c *counted) linger() (end func()) {
	if !c.patient.Load() {
		return func() {}
	}
	if c.reading.Add(1) == 3 {
		c.crowded.Do(func() { close(c.crowd) })
	}
	select {
	case <-c.crowd:
	case <-time.After(20 * time.Millisecond):
	}
	return func() { c.reading.Add(-1) }
}

func (c *counted) Listed(ctx context.Context, room chat.RoomID) (chat.Page, error) {
	defer c.linger()()
	return c.Store.Listed(ctx, room)
}

func (c *counted) InRoom(room chat.RoomID, rule chat.Rule, done func(chat.Outcome, error)) {
	if c.full.Load() {
		rule = func(chat.Tx) error { return chat.ErrUnavailable }
	}
	c.Store.InRoom(room, rule, done)
}

func (c *counted) After(ctx context.Context, room chat.RoomID, after uint64, limit, bytes int) (chat.Page, error) {
	c.reads.Add(1)
	if c.blind.Load() {
		return chat.Page{}, chat.ErrUnavailable
	}
	defer c.linger()()
	return c.Store.After(ctx, room, after, limit, bytes)
}

func (c *counted) Before(ctx context.Context, room chat.RoomID, before uint64, limit, bytes int) (chat.Page, error) {
	c.reads.Add(1)
	if c.blind.Load() {
		return chat.Page{}, chat.ErrUnavailable
	}
	defer c.linger()()
	p, err := c.Store.Before(ctx, room, before, limit, bytes)
	if happens := c.meanwhile.Swap(nil); happens != nil {
		(*happens)()
	}
	return p, err
}

func (c *counted) Session(ctx context.Context, hash [32]byte, now time.Time) (chat.Session, error) {
	if c.stuck == nil {
		return c.Store.Session(ctx, hash, now)
	}
	close(c.stuck)
	<-ctx.Done()
	return chat.Session{}, ctx.Err()
}

type clock struct{}

func (clock) Now() time.Time  { return time.Now() }
func (clock) Random(b []byte) { _, _ = rand.Read(b) }

// node is a hub with everything real behind it.
type node struct {
	t      *testing.T
	store  *counted
	broker *memory.Broker
	chat   *chat.Service
	hub    *gateway.Hub
	url    string

	stirred chat.EventID // see stirs
}

func start(t *testing.T) *node {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	file, err := sqlite.Open(t.TempDir(), log)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, store: &counted{Store: file, crowd: make(chan struct{})}, broker: memory.New()}
	service := chat.New(n.store, n.broker, clock{}, chat.Limits{Body: 1000, MaxRooms: 10, Guests: true, GuestRooms: true, SessionTTL: time.Hour})
	pool := websocket.NewPool(websocket.Options{})
	hub := gateway.NewHub(service, n.broker, auth.NewGuard(nil, nil, nil, true), pool, log, gateway.Options{
		SocketRooms: 10, SessionSockets: 10, MaxSockets: 1000,
		Sends:  limit.New[chat.UserID](1, 1, false),
		Memory: limit.NewMemory(math.MaxInt64),
	})
	server := httptest.NewServer(hub.Handler(func(w http.ResponseWriter, _ *http.Request, _ int, e *chat.Error) {
		http.Error(w, e.Detail, http.StatusTeapot)
	}))
	n.chat, n.hub = service, hub
	n.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		hub.Close(context.WithoutCancel(t.Context()))
		server.Close()
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// answer is what a test looks at of a frame.
type answer struct {
	Op, ID, Code string
	Message      string
	Seq          uint64
	Reset        bool
	Events       []struct{ Seq uint64 }
}

func (n *node) connect() *ws.Conn {
	n.t.Helper()
	d := ws.Dialer{Subprotocols: []string{"teahouse.v1"}}
	c, response, err := d.DialContext(n.t.Context(), n.url, nil)
	if err != nil {
		if response != nil {
			_ = response.Body.Close()
		}
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = c.Close() })
	return c
}

// ask sends a command and returns its answer.
func (n *node) ask(c *ws.Conn, format string, args ...any) answer {
	n.t.Helper()
	if err := c.WriteMessage(ws.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		n.t.Fatal(err)
	}
	for {
		if a := n.frame(c); a.Op == "ok" || a.Op == "error" {
			return a
		}
	}
}

// frame is the next frame.
func (n *node) frame(c *ws.Conn) answer {
	n.t.Helper()
	_, text, err := c.ReadMessage()
	if err != nil {
		n.t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		n.t.Fatal(err)
	}
	return a
}

// heard waits for an event of a room that the connection has joined. From then
// on it is kept: whoever was answered may join a moment before that.
func (n *node) heard(c *ws.Conn, seq uint64) {
	n.t.Helper()
	for {
		if a := n.frame(c); a.Op == "event" && a.Seq == seq {
			return
		}
	}
}

// resumes joins after a seq, checks the answer, and how often the log was read.
func (n *node) resumes(c *ws.Conn, after, head uint64, reads int64) {
	n.t.Helper()
	before := n.store.reads.Load()
	a := n.ask(c, `{"op":"join","id":"j","room":"general","after":%d}`, after)
	if a.Op != "ok" || a.Reset || a.Seq != head || uint64(len(a.Events)) != head-after || (after < head && a.Events[0].Seq != after+1) {
		n.t.Errorf("after %d: %+v", after, a)
	}
	if got := n.store.reads.Load() - before; got != reads {
		n.t.Errorf("after %d the log was read %d times, want %d", after, got, reads)
	}
}

// change appends an event that changes how an earlier one is shown.
func (n *node) change(seq uint64) {
	n.t.Helper()
	done := make(chan error)
	n.store.InRoom(chat.General, func(tx chat.Tx) error {
		tx.Append(chat.Event{Kind: "edit", User: "u_1", Name: "Ada", ID: chat.EventID(1000 + seq), Changes: seq})
		return nil
	}, func(o chat.Outcome, err error) {
		if err == nil && o.Event.Changes != seq {
			err = errors.New("the store forgets what an event changes")
		}
		if err == nil {
			n.broker.Publish(o.Event)
		}
		done <- err
	})
	if err := <-done; err != nil {
		n.t.Fatal(err)
	}
}

func TestTheStoreIsReadOnceForManyJoins(t *testing.T) {
	t.Parallel()
	n := start(t)
	talker, reader := n.connect(), n.connect()
	for i := range 20 {
		n.ask(talker, `{"op":"send","id":"%d","room":"general","body":"leaf"}`, i)
	}
	reads := n.store.reads.Load()
	var all sync.WaitGroup
	for range 30 {
		c := n.connect()
		all.Go(func() {
			if a := n.ask(c, `{"op":"join","id":"j","room":"general"}`); len(a.Events) != 20 {
				t.Errorf("a join brings %+v", a)
			}
		})
	}
	all.Wait()
	if got := n.store.reads.Load() - reads; got > 1 {
		t.Errorf("the log was read %d times", got)
	}
	n.ask(reader, `{"op":"join","id":"j","room":"general"}`)
	n.ask(talker, `{"op":"send","id":"20","room":"general","body":"leaf"}`)
	n.heard(reader, 21)
	n.resumes(reader, 0, 21, 0)
	n.resumes(reader, 10, 21, 0)
	n.resumes(reader, 21, 21, 0)
	before := n.store.reads.Load()
	if a := n.ask(reader, `{"op":"join","id":"j","room":"general","after":22}`); !a.Reset || a.Seq != 21 || len(a.Events) != 21 {
		t.Errorf("after what is not there: %+v", a)
	}
	if n.store.reads.Load() == before {
		t.Error("a reset was said without asking the store")
	}
}

// What is kept is not shown any more where a later event changed it: the store
// shows how it stands. What begins behind it is.
func TestWhatWasChangedIsReadAnew(t *testing.T) {
	t.Parallel()
	n := start(t)
	talker, reader := n.connect(), n.connect()
	for i := range 20 {
		n.ask(talker, `{"op":"send","id":"%d","room":"general","body":"leaf"}`, i)
	}
	n.ask(reader, `{"op":"join","id":"j","room":"general"}`)
	n.resumes(reader, 5, 20, 0)
	n.change(15)
	n.resumes(reader, 15, 21, 0)
	n.resumes(reader, 14, 21, 1)
	n.resumes(reader, 14, 21, 0) // as it was read after the change
	n.resumes(reader, 2, 21, 0)
	n.change(3)
	n.change(18)
	n.resumes(reader, 18, 23, 0)
	n.resumes(reader, 17, 23, 1)
	n.resumes(reader, 0, 23, 0)
}

// A change that comes while the store is read makes it be read once more, for all:
// in a busy room it would else be read for each of those who wait.
func TestWhatIsChangedMeanwhileIsReadAnew(t *testing.T) {
	t.Parallel()
	n := start(t)
	talker, reader := n.connect(), n.connect()
	for i := range 20 {
		n.ask(talker, `{"op":"send","id":"%d","room":"general","body":"leaf"}`, i)
	}
	n.ask(reader, `{"op":"join","id":"j","room":"general"}`)
	n.change(15)
	happens := func() { n.change(16) }
	n.store.meanwhile.Store(&happens)
	n.resumes(reader, 14, 22, 2)
	n.resumes(reader, 14, 22, 0)
	n.resumes(reader, 2, 22, 0)
}

// Each kind of change makes the store be asked again by those who begin at what
// it changed or before: for a deletion that is the last edit too, which has
// lost its text.
func TestEachChangeIsReadAnew(t *testing.T) {
	t.Parallel()
	n := start(t)
	talker, reader := n.connect(), n.connect()
	var ids []string
	for i := range 5 {
		ids = append(ids, n.ask(talker, `{"op":"send","id":"%d","room":"general","body":"leaf"}`, i).Message)
	}
	n.ask(reader, `{"op":"join","id":"j","room":"general"}`)
	edit := `{"op":"edit","id":"e%d","room":"general","message":"%s","body":"new"}`
	n.ask(talker, edit, 1, ids[1]) // 6 changes 2
	n.heard(reader, 6)
	n.resumes(reader, 2, 6, 0)
	n.resumes(reader, 1, 6, 1)
	n.resumes(reader, 0, 6, 0)
	n.ask(talker, `{"op":"react","id":"r","room":"general","message":"%s","emoji":"👍","on":true}`, ids[3]) // 7 changes 4
	n.heard(reader, 7)
	n.resumes(reader, 4, 7, 0)
	n.resumes(reader, 3, 7, 1)
	n.ask(talker, edit, 2, ids[1])                                                    // 8 changes 2
	n.ask(talker, `{"op":"delete","id":"d","room":"general","message":"%s"}`, ids[1]) // 9 changes 8
	n.heard(reader, 9)
	n.resumes(reader, 8, 9, 0)
	n.resumes(reader, 7, 9, 1)
	n.resumes(reader, 0, 9, 0)
	n.ask(talker, `{"op":"send","id":"x","room":"general","body":"leaf"}`)
	n.heard(reader, 10)
	n.resumes(reader, 0, 10, 0)
}
