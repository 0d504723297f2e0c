package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestMain makes this test binary a little server when it is asked to be one:
// the harness needs a process that it can kill.
func TestMain(m *testing.M) {
	if bug := os.Getenv("CHAOS_FAKE"); bug != "" {
		if err := fakeServer(bug); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// fake keeps its promises by one lock and one file that it appends to, unless a
// bug is asked for: "early" acknowledges before it writes, "forgetful" knows no
// command again, "skips" resumes one event too late, "stale" shows messages as
// they were first. "synced" is no bug: only then what it wrote survives a power
// cut.
type fake struct {
	bug string

	mu    sync.Mutex
	file  *os.File
	late  [][]byte // not written yet, with the bug "early"
	users map[string]user
	logs  map[string][]event
	subs  map[*websocket.Conn]map[string]bool
}

type event struct {
	Op   string `json:"op"`
	Room string `json:"room"`
	Seq  uint64 `json:"seq"`
	Kind string `json:"kind"`
	ID   string `json:"id"`
	User user   `json:"user"`
	At   int64  `json:"at"`
	Body string `json:"body,omitempty"`
	Ref  string `json:"ref"`

	Message   string            `json:"message,omitempty"`
	Emoji     string            `json:"emoji,omitempty"`
	On        bool              `json:"on,omitempty"`
	Edited    uint64            `json:"edited,omitempty"`
	Deleted   bool              `json:"deleted,omitempty"`
	Reactions map[string][]user `json:"reactions,omitempty"`
}

// entry is one line of the file: a user, a room or an event.
type entry struct {
	User  *user  `json:"user,omitempty"`
	Room  string `json:"room,omitempty"`
	Event *event `json:"event,omitempty"`
}

func fakeServer(bug string) error {
	flags := flag.NewFlagSet("fake", flag.ContinueOnError)
	addr, data := flags.String("addr", "", ""), flags.String("data", "", "")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	if err := os.MkdirAll(*data, 0o700); err != nil {
		return err
	}
	path := filepath.Join(*data, "log")
	f := &fake{bug: bug, users: map[string]user{}, logs: map[string][]event{}, subs: map[*websocket.Conn]map[string]bool{}}
	if err := f.load(path); err != nil {
		return err
	}
	var err error
	if f.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	if err := syncFolder(*data, filepath.Dir(*data)); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { reply(w, map[string]string{"status": "ready"}) })
	mux.HandleFunc("GET /api/session", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/session", f.session)
	mux.HandleFunc("POST /api/rooms", f.room)
	mux.HandleFunc("PUT /api/rooms/{room}/members/me", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /api/rooms/{room}/events", f.page)
	mux.HandleFunc("GET /ws", f.socket)
	if bug == "early" {
		go f.writeLate()
	}
	return (&http.Server{Addr: *addr, Handler: mux, ReadHeaderTimeout: time.Second}).ListenAndServe()
}

// syncFolder makes the names in folders survive.
func syncFolder(paths ...string) error {
	for _, path := range paths {
		dir, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
			return err
		}
	}
	return nil
}

func reply(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func (f *fake) load(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for line := range bytes.Lines(raw) {
		var e entry
		if json.Unmarshal(line, &e) == nil { // the last line may be half a one
			f.apply(e)
		}
	}
	return nil
}

func (f *fake) apply(e entry) {
	switch {
	case e.User != nil:
		f.users[e.User.ID] = *e.User
	case e.Event != nil:
		f.logs[e.Event.Room] = append(f.logs[e.Event.Room], *e.Event)
	default:
		f.logs[e.Room] = nil
	}
}

// keep writes and applies an entry; the caller holds the lock.
func (f *fake) keep(e entry) {
	line, _ := json.Marshal(e)
	line = append(line, '\n')
	if f.bug == "early" && e.Event != nil {
		f.late = append(f.late, line)
	} else if _, err := f.file.Write(line); err != nil {
		panic(err)
	}
	if f.bug == "synced" {
		if err := f.file.Sync(); err != nil {
			panic(err)
		}
	}
	f.apply(e)
}

func (f *fake) writeLate() {
	for range time.Tick(40 * time.Millisecond) {
		f.mu.Lock()
		for _, line := range f.late {
			if _, err := f.file.Write(line); err != nil {
				panic(err)
			}
		}
		f.late = nil
		f.mu.Unlock()
	}
}

func (f *fake) session(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var u user
	_ = json.NewDecoder(r.Body).Decode(&u)
	u.ID = fmt.Sprintf("u_%d", len(f.users)+1)
	f.keep(entry{User: &u})
	http.SetCookie(w, &http.Cookie{Name: "session", Value: u.ID})
	w.WriteHeader(http.StatusCreated)
	reply(w, map[string]user{"user": u})
}

func (f *fake) room(_ http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var in struct {
		ID string `json:"id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	f.keep(entry{Room: in.ID})
}

func (f *fake) page(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.stands(r.PathValue("room"))
	head := uint64(len(all))
	if before, err := strconv.ParseUint(r.FormValue("before"), 10, 64); err == nil {
		all = all[:before-1]
	}
	from := max(0, len(all)-200)
	reply(w, map[string]any{"events": all[from:], "more": from > 0, "seq": head, "epoch": "e1"})
}

func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie("session")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil || f.users[cookie.Value].ID == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	ws, err := (&websocket.Upgrader{Subprotocols: []string{subprotocol}}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	f.subs[ws] = map[string]bool{}
	me := f.users[cookie.Value]
	_ = ws.WriteJSON(map[string]any{"op": "hello", "protocol": subprotocol, "user": me})
	go func() {
		for {
			var in command
			err := ws.ReadJSON(&in)
			f.mu.Lock()
			if err != nil {
				delete(f.subs, ws)
				f.mu.Unlock()
				return
			}
			switch in.Op {
			case "join":
				f.join(ws, in)
			case "send", "edit", "delete", "react":
				f.send(ws, me, in)
			}
			f.mu.Unlock()
		}
	}()
}

func (f *fake) join(ws *websocket.Conn, in command) {
	f.subs[ws][in.Room] = true
	all := f.stands(in.Room)
	from, reset := max(0, len(all)-50), false
	if in.After != nil {
		if n := int(*in.After); n > len(all) || len(all)-n > 1000 {
			reset = true
		} else if from = n; f.bug == "skips" && n < len(all) {
			from++
		}
	}
	_ = ws.WriteJSON(map[string]any{
		"op": "ok", "id": in.ID, "room": in.Room, "seq": len(all), "epoch": "e1",
		"events": append([]event{}, all[from:]...), "more": from > 0, "reset": reset,
	})
}

func (f *fake) send(ws *websocket.Conn, me user, in command) {
	all := f.logs[in.Room]
	if f.bug != "forgetful" {
		for _, e := range all {
			if e.User.ID == me.ID && e.Ref == in.ID {
				f.acknowledge(ws, e)
				return
			}
		}
	}
	e := event{
		Op: "event", Room: in.Room, Seq: uint64(len(all)) + 1, Kind: "message", ID: fmt.Sprintf("m_%s_%d", in.Room, len(all)+1),
		User: me, At: time.Now().UnixMilli(), Body: in.Body, Ref: in.ID,
	}
	if in.Op != "send" {
		e.Kind, e.Message, e.Emoji, e.On = in.Op, in.Message, in.Emoji, in.On
		for _, other := range all {
			if other.Kind == "delete" && other.Message == in.Message {
				_ = ws.WriteJSON(map[string]any{"op": "error", "id": in.ID, "code": "not_found", "detail": "it is deleted"})
				return
			}
		}
	}
	f.keep(entry{Event: &e})
	f.acknowledge(ws, e)
	raw, _ := json.Marshal(e)
	for ws, rooms := range f.subs {
		if rooms[in.Room] {
			_ = ws.WriteMessage(websocket.TextMessage, raw)
		}
	}
}

func (f *fake) acknowledge(ws *websocket.Conn, e event) {
	answer := map[string]any{"op": "ok", "id": e.Ref, "room": e.Room, "seq": e.Seq, "at": e.At}
	if e.Kind == "message" {
		answer["message"] = e.ID
	}
	_ = ws.WriteJSON(answer)
}

// stands is a room's log, its messages as they stand.
func (f *fake) stands(room string) []event {
	all := slices.Clone(f.logs[room])
	if f.bug == "stale" {
		return all
	}
	at := map[string]*event{}
	texts := map[string][]*event{}
	for i := range all {
		e := &all[i]
		m := at[e.Message]
		if m == nil && e.Kind != "message" {
			continue // its message was lost, with the bug "early"
		}
		switch e.Kind {
		case "message":
			at[e.ID] = e
		case "edit":
			m.Body, m.Edited = e.Body, e.Seq
			texts[m.ID] = append(texts[m.ID], e)
		case "delete":
			m.Body, m.Edited, m.Deleted, m.Reactions = "", 0, true, nil
			for _, edit := range texts[m.ID] {
				edit.Body = ""
			}
		case "react":
			if m.Reactions == nil {
				m.Reactions = map[string][]user{}
			}
			by := slices.DeleteFunc(m.Reactions[e.Emoji], func(u user) bool { return u.ID == e.User.ID })
			if e.On {
				by = append(by, e.User)
			}
			m.Reactions[e.Emoji] = by
		}
	}
	return all
}

// options of a small run against the fake.
func smallRun(t *testing.T, more ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append(strings.Fields("-kills 5 -clients 6 -window 4 -rooms 2 -seed 7 -server"), append([]string{self, "-data", t.TempDir()}, more...)...)
}
