package main

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
)

// lister is a client of /todo, as that of the tutorial is.
type lister struct {
	t  testing.TB
	ws *websocket.Conn
}

// lists connects to path. origin is "" for a program.
func (h *house) lists(path, origin string) *lister {
	h.t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	return h.listsAs(path, header)
}

func (h *house) listsAs(path string, header http.Header) *lister {
	h.t.Helper()
	d := websocket.Dialer{HandshakeTimeout: patience}
	ws, answer, err := d.DialContext(h.t.Context(), "ws://"+h.addr+path, header)
	if answer != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		h.t.Fatalf("%s: %v", path, err)
	}
	h.t.Cleanup(func() { _ = ws.Close() })
	return &lister{h.t, ws}
}

func (l *lister) write(kind int, text string) {
	l.t.Helper()
	_ = l.ws.SetWriteDeadline(time.Now().Add(patience))
	if err := l.ws.WriteMessage(kind, []byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lister) say(command string) {
	l.t.Helper()
	l.write(websocket.TextMessage, command)
}

func (l *lister) answer() string {
	l.t.Helper()
	_ = l.ws.SetReadDeadline(time.Now().Add(patience))
	kind, text, err := l.ws.ReadMessage()
	if err != nil || kind != websocket.TextMessage {
		l.t.Fatalf("a frame of kind %d: %v", kind, err)
	}
	return string(text)
}

// ask sends a command and checks that the answer is the list of these items.
func (l *lister) ask(command string, want ...string) {
	l.t.Helper()
	l.say(command)
	if got := l.answer(); got != todoList(want...) {
		l.t.Errorf("%.80q is answered with %.300q, want %q", command, got, want)
	}
}

// closedWith reads the close frame, and nothing before it.
func (l *lister) closedWith(code int) {
	l.t.Helper()
	_ = l.ws.SetReadDeadline(time.Now().Add(patience))
	_, text, err := l.ws.ReadMessage()
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != code {
		l.t.Errorf("%.80q, %v, want to be closed with %d", text, err, code)
	}
}

// todoList is how the tutorial's server spells a list.
func todoList(items ...string) string {
	var b strings.Builder
	b.WriteString("Current Todos: \n")
	for _, item := range items {
		b.WriteString("\n - " + item + "\n")
	}
	b.WriteString("\n----------------------------------------")
	return b.String()
}

func TestOrigin1_1(t *testing.T) {
	t.Parallel()
	h := open(t)
	var items []string
	for _, origin := range []string{"", "http://" + h.addr, "http://localhost:3000"} {
		l := h.lists("/todo", origin)
		l.ask("list", items...)
		items = append(items, "X"+fmt.Sprint(len(items)))
		l.ask("add "+items[len(items)-1], items...)
	}
}

func TestOrigin1_2(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, other := h.lists("/todo", ""), h.lists("/todo", "http://"+h.addr)
	one.ask("add tea", "tea")
	one.ask("add milk", "tea", "milk")
	other.ask("list", "tea", "milk")
	other.ask("done tea", "milk")
	for _, command := range []string{"", "hello", "ADD x", "added x", "done", "done ", "done nothing", "add", "done MILK", "\n", "addmilk"} {
		one.ask(command, "milk")
	}
	other.ask("done milk")
	one.ask("list")
}

func TestOrigin1_3(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	p := launch(t, data)
	l := p.lists("/todo", "")
	l.ask("add 茶 🍵", "茶 🍵")
	l.ask("add x", "茶 🍵", "x")
	l.ask("add x", "茶 🍵", "x", "x")
	l.ask("add y", "茶 🍵", "x", "x", "y")
	l.ask("done x", "茶 🍵", "y")
	l.ask("add z", "茶 🍵", "y", "z")
	if err := l.ws.Close(); err != nil {
		t.Error(err)
	}
	p.lists("/todo", "").ask("list", "茶 🍵", "y", "z")
	if err := p.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.end()
	p = launch(t, data)
	p.lists("/todo", "").ask("done 茶 🍵", "y", "z")

	d := websocket.Dialer{HandshakeTimeout: patience}
	_, answer, err := d.DialContext(t.Context(), "ws://"+p.addr+"/todo", http.Header{"Origin": {"http://evil.example"}})
	if err == nil || answer == nil {
		t.Fatalf("a page of evil.example: %v", err)
	}
	read(t, answer).want(t, http.StatusForbidden, "forbidden")
	r := p.call("GET", "/todo", "").want(t, http.StatusUpgradeRequired, "invalid")
	if r.header.Get("Upgrade") != "websocket" || r.header.Get("Sec-WebSocket-Version") != "13" {
		t.Error(r.header)
	}
	p.lists("/todo", "").ask("list", "y", "z")
}

func TestOrigin1_4(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := h.lists("/todo", "")
	l.ask("add buy milk", "buy milk")
	l.ask("add   buy\t bread ", "buy milk", "buy bread")
	l.ask("done  buy milk\n", "buy bread")
	for _, nothing := range []string{"add", "add ", "add \n\t ", "add \u200b", "add \u3164", "add\n"} {
		l.ask(nothing, "buy bread")
	}
	forged := "x - forged"
	for _, end := range []string{"\n\n", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "\x1b"} {
		l.ask("add x"+end+"- forged", "buy bread", forged)
		l.ask("done "+forged, "buy bread")
	}
}

func TestOrigin1_5(t *testing.T) {
	t.Parallel()
	h := open(t)
	const markup, escaped = `<img/src="x"onerror='alert(1)'>&amp;`, `&lt;img/src="x"onerror='alert(1)'&gt;&amp;amp;`
	page, program := h.lists("/todo", "http://"+h.addr), h.lists("/todo", "")
	other := h.lists("/todo", "http://localhost:3000")
	page.ask("add "+markup, escaped)
	program.ask("add <b>", markup, "<b>")
	other.ask("list", escaped, "&lt;b&gt;")
	if r := h.call("GET", "/api/rooms/general/todos", ""); !strings.Contains(r.text, `"body":"<b>"`) {
		t.Errorf("it is stored as %s", r.text)
	}
	other.ask("done &lt;b&gt;", escaped, "&lt;b&gt;")
	other.ask("done <b>", escaped)
	program.ask("done " + markup)
}

func TestOrigin1_6(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all sync.WaitGroup
	for n := range 8 {
		l := h.lists("/todo", []string{"", "http://localhost:3000"}[n%2])
		all.Go(func() {
			for i := range 25 { // all at once, and then the answers, in order
				if l.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, "add %d.%d", n, i)) != nil {
					t.Error("it was closed")
				}
			}
			_ = l.ws.SetReadDeadline(time.Now().Add(patience))
			for i := range 25 {
				_, text, err := l.ws.ReadMessage()
				if err != nil || !strings.Contains(string(text), fmt.Sprintf("\n - %d.%d\n", n, i)) {
					t.Errorf("answer %d to %d: %v %.100q", i, n, err, text)
				}
			}
		})
	}
	all.Wait()
	l := h.lists("/todo", "")
	l.say("list")
	before := l.answer()
	if n := strings.Count(before, "\n - "); n != 200 {
		t.Errorf("there are %d items", n)
	}
	for name, harm := range map[string]struct {
		kind int
		text string
		code int
	}{
		"5 MB":           {websocket.TextMessage, "add " + strings.Repeat("x", 5<<20), websocket.CloseMessageTooBig},
		"a long item":    {websocket.TextMessage, "add " + strings.Repeat("茶", 1001), websocket.CloseMessageTooBig},
		"invalid UTF-8":  {websocket.TextMessage, "add \xff\xfe", websocket.CloseInvalidFramePayloadData},
		"a binary frame": {websocket.BinaryMessage, "add x", websocket.CloseUnsupportedData},
		"U+0000":         {websocket.TextMessage, "add x\x00y", websocket.CloseInvalidFramePayloadData},
	} {
		bad := h.lists("/todo", "")
		bad.write(harm.kind, harm.text)
		bad.closedWith(harm.code)
		l.say("list")
		if l.answer() != before {
			t.Errorf("%s changed the list", name)
		}
	}
	l.say("add " + strings.Repeat("茶", 1000))
	if got := l.answer(); !strings.HasSuffix(got, todoList(strings.Repeat("茶", 1000))[len("Current Todos: \n"):]) {
		t.Errorf("a long item is shown as %.100q", got[len(before)-40:])
	}
}

// 300 items are no trouble, and 1,000 are as many as there may be.
func TestOrigin1_6_300Items(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := h.lists("/todo", "")
	var items []string
	for n := range 300 {
		items = append(items, fmt.Sprint("item ", n))
		l.say("add " + items[n])
		if got := l.answer(); n%99 == 0 && got != todoList(items...) {
			t.Errorf("%d items are %.100q", n+1, got)
		}
	}
	l.ask("done item 150", slices.Delete(items, 150, 151)...)
	stored := make(chan error, chat.MaxListed)
	for n := range chat.MaxListed - 299 {
		h.store.InRoom(chat.General, func(tx chat.Tx) error {
			tx.Append(chat.Event{Kind: chat.KindTodo, ID: chat.EventID(n + 1), User: "u_1", Body: "more", On: true})
			tx.List(tx.Room().Head+1, true)
			return nil
		}, func(_ chat.Outcome, err error) { stored <- err })
	}
	for range chat.MaxListed - 299 {
		if err := <-stored; err != nil {
			t.Fatal(err)
		}
	}
	l.say("list")
	if n := strings.Count(l.answer(), "\n - "); n != chat.MaxListed {
		t.Errorf("there are %d items", n)
	}
	other := h.lists("/todo", "")
	other.say("add one more")
	other.closedWith(websocket.ClosePolicyViolation)
	l.ask("done more", items[:299]...)
	l.ask("add one more", append(items[:299], "one more")...)
}
