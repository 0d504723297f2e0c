package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

func TestOrigin2_1(t *testing.T) {
	t.Parallel()
	h := open(t)
	bob, eve := h.plain("/websocket"), h.plain("/websocket", h.own())
	for said, heard := range map[string]string{
		`{"username":"bob","text":"hi"}`:                                    spoken("bob", "hi"),
		`{"text":"other order","x":[1,{"y":null}],"username":"  bob  b "}`:  spoken("bob b", "other order"),
		` {"username":"茶","text":"a\nb \"q\" \ud83e\uded6","text2":false} `: spoken("茶", "a\nb \"q\" 🫖"),
	} {
		bob.say(said)
		bob.hears(heard)
		eve.hears(heard)
	}
}

func TestOrigin2_2(t *testing.T) {
	t.Parallel()
	h := open(t)
	bob := h.plain("/websocket")
	var past []string
	for n := range 60 {
		past = append(past, spoken("bob", fmt.Sprint("message ", n)))
		bob.say(past[n])
	}
	bob.hears(past...)
	// Who comes and goes, and what is no message, is not told here.
	h.react().bye(1001)
	v1 := h.visit()
	ok := v1.send("general", "to be changed")
	v1.ok(cmd{"op": "edit", "room": "general", "message": ok.Message, "body": "changed"})
	gone := v1.send("general", "to be deleted")
	v1.ok(cmd{"op": "delete", "room": "general", "message": gone.Message})
	name := v1.hello.User.Name
	bob.hears(spoken(name, "to be changed"), spoken(name, "to be deleted"))
	later := h.plain("/websocket")
	later.hears(past...)
	later.hears(spoken(name, "changed")) // read, it is shown as it stands
	bob.say(spoken("bob", "live"))
	later.hears(spoken("bob", "live"))
	bob.hears(spoken("bob", "live"))
}

func TestOrigin2_3(t *testing.T) {
	t.Parallel()
	h := open(t)
	stays := h.plain("/websocket")
	for _, bad := range []string{
		"not json", "[1]", "7", `{"username":7,"text":"x"}`, `{"username":"a","text":["x"]}`, `{"username":"a","username":"b","text":"x"}`,
		`{"username":"a","text":"x"} {}`, `{"username":"a","text":"\ud800"}`, `{"username":"a","text":"\u0000"}`,
		`{"username":"` + strings.Repeat("a", 41) + `","text":"x"}`, `{"username":"a\u202eb","text":"x"}`, `{"username":" ","text":"x"}`, "",
	} {
		v := h.plain("/websocket")
		v.say(bad)
		v.closedWith(1007)
	}
	v := h.plain("/websocket")
	v.frame(websocket.BinaryMessage, []byte(spoken("a", "x")))
	v.closedWith(1003)
	stays.say(spoken("bob", "still here"))
	stays.hears(spoken("bob", "still here"))
}

func TestOrigin2_4(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first := openAt(t, data)
	bob := first.plain("/websocket")
	bob.say(spoken("bob", "remember"))
	bob.say(spoken("", "a nameless one"))
	bob.hears(spoken("bob", "remember"))
	kept := bob.hear() // with the guest's name
	first.stop()
	second := openAt(t, data)
	second.plain("/websocket").hears(spoken("bob", "remember"), kept)
}

func TestOrigin2_5(t *testing.T) {
	t.Parallel()
	h := open(t)
	bob, line, object, v1 := h.plain("/websocket"), h.plain("/ws"), h.react(), h.visit()
	v1.join("general")
	bob.say(spoken("bob", "hi"))
	line.hears("bob: hi")
	object.bodies("bob: hi")
	bob.hears(spoken("bob", "hi"))
	e := v1.event("general")
	if e.Body != "hi" || !strings.Contains(e.raw, `"as":"bob"`) || e.User.Name == "bob" {
		t.Errorf("%s", e.raw)
	}
	line.say("from a line")
	heard := v1.event("general")
	bob.hears(spoken(heard.User.Name, "from a line"))
	if !strings.HasPrefix(heard.User.Name, "Guest ") {
		t.Errorf("%s", heard.raw)
	}
	v1.join("general")
	if page := v1.join("general"); len(page.Events) != 2 || !strings.Contains(string(page.Events[0]), `"as":"bob"`) {
		t.Errorf("%s", page.raw)
	}
}

func TestOrigin2_6(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, program, line, object := h.plain("/websocket", h.own()), h.plain("/websocket"), h.plain("/ws"), h.react()
	page.say(spoken("<i>bob</i>", `<img src=x onerror="a('&amp;')">`))
	page.hears(spoken("&lt;i&gt;bob&lt;/i&gt;", `&lt;img src=x onerror="a('&amp;amp;')"&gt;`))
	program.hears(spoken("<i>bob</i>", `<img src=x onerror="a('&amp;')">`))
	line.hears(`<i>bob</i>: <img src=x onerror="a('&amp;')">`)
	object.bodies(`<i>bob</i>: <img src=x onerror="a('&amp;')">`)
	h.plain("/websocket", reactPage).hears(spoken("&lt;i&gt;bob&lt;/i&gt;", `&lt;img src=x onerror="a('&amp;amp;')"&gt;`))
}

func TestOrigin2_7(t *testing.T) {
	t.Parallel()
	h := open(t, "RATE_LIMITS=off")
	bob := h.plain("/websocket")
	// More than is shown of the past; in between what is not shown.
	const before = 700
	for n := range before {
		bob.say(spoken("bob", fmt.Sprint(n)))
		if n%100 == 0 {
			bob.say(spoken("bob", "")) // blank: dropped
		}
	}
	for n := range before {
		bob.hears(spoken("bob", fmt.Sprint(n)))
	}
	// Many come while somebody talks: each is shown the newest 500, and all that
	// comes after, once and in order.
	const live, joins = 600, 40
	var all sync.WaitGroup
	all.Go(func() {
		for n := range live {
			_ = bob.ws.WriteMessage(websocket.TextMessage, []byte(spoken("bob", fmt.Sprint(before+n)))) // shows in what is heard
		}
	})
	for range joins {
		all.Go(func() {
			ws, err := h.plainDial("/websocket")
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = ws.Close() }()
			next := -1
			for heard := 0; next < before+live; heard++ {
				_, text, err := ws.ReadMessage()
				if err != nil {
					t.Errorf("after %d messages, at %d: %v", heard, next, err)
					return
				}
				if next < 0 {
					_, _ = fmt.Sscanf(string(text), `{"username":"bob","text":"%d"}`, &next)
					if next < before-500 {
						t.Errorf("the past begins with %s", text)
					}
				}
				if want := spoken("bob", fmt.Sprint(next)); string(text) != want {
					t.Errorf("heard %s, want %s", text, want)
					return
				}
				next++
			}
		})
	}
	all.Wait()
	quiet := h.plain("/websocket")
	for n := before + live - 500; n < before+live; n++ {
		quiet.hears(spoken("bob", fmt.Sprint(n)))
	}
	// Many come and go.
	for range 8 {
		for range 30 {
			all.Go(func() {
				ws, err := h.plainDial("/websocket")
				if err != nil {
					t.Error(err)
					return
				}
				_ = ws.Close()
			})
		}
		all.Wait()
	}
	bob.say(spoken("bob", "end"))
	quiet.hears(spoken("bob", "end"))
}
