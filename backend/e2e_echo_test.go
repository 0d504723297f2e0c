package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const podTable = `[{"PodName":"pod-101","PodImage":"nginx:1.18","PodNode":"node1"},{"PodName":"pod-76xs","PodImage":"alpine:3.12","PodNode":"node2"},{"PodName":"pod-F#ff3","PodImage":"tomcat:8","PodNode":"node3"}]`

// push asks /sendall, and shows that it went well.
func (h *house) push(query string) {
	h.t.Helper()
	if r := h.call("GET", "/sendall"+query, ""); r.status != 200 || r.text != "OK" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
		h.t.Fatalf("/sendall%s: %d %q %v", query, r.status, r.text, r.header)
	}
}

func TestOrigin4_1(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/echo", editorPage), h.plain("/echo")
	a.say("i am user-a")
	a.hears("i am user-a")
	h.push("?msg=abc")
	h.push("?msg=%E8%8C%B6+a%26b%20c")
	h.call("POST", "/sendall", `{"msg":"posted"}`).want(t, 200, "")
	a.hears("abc", "茶 a&amp;b c", "posted")
	b.hears("abc", "茶 a&b c", "posted")
}

func TestOrigin4_2(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/echo", editorPage), h.plain("/echo")
	h.push("")
	h.call("POST", "/sendall", `{}`).want(t, 200, "")
	for _, v := range []*voice{a, b} {
		v.hears(podTable, podTable)
	}
}

func TestOrigin4_3(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := h.plain("/echo"), h.plain("/echo", editorPage)
	for _, size := range []int{0, 1, 125, 126, 32 << 10, 65535, 65536, 250 << 10} {
		for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			body := bytes.Repeat([]byte{'<'}, size)
			a.frame(kind, body)
			if k, text := a.read(); k != kind || text != string(body) {
				t.Fatalf("%d bytes: a frame of kind %d with %d bytes came back", size, k, len(text))
			}
		}
	}
	w, err := a.ws.NextWriter(websocket.BinaryMessage)
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Repeat([]byte{0xFF}, 20000)
	for part := range slices.Chunk(whole, 4096) { // a fragment each
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close()
	if kind, text := a.read(); kind != websocket.BinaryMessage || text != string(whole) {
		t.Errorf("kind %d, %d bytes", kind, len(text))
	}
	b.say("mine")
	b.hears("mine")
	a.bye(1000)
}

func TestOrigin4_4(t *testing.T) {
	t.Parallel()
	h := open(t)
	silent, greeted := h.plain("/echo"), h.plain("/echo?mode=hello")
	began := time.Now()
	greeted.hears("hello")
	if took := time.Since(began); took > time.Second {
		t.Errorf("the first hello took %s", took)
	}
	greeted.say("nobody listens")
	h.push("?msg=pushed")
	greeted.hears("pushed", "hello", "hello")
	if took := time.Since(began); took < 3900*time.Millisecond {
		t.Errorf("three hellos within %s", took)
	}
	silent.say("x")
	silent.hears("pushed", "x")
	greeted.bye(1000)
}

func TestOrigin4_5(t *testing.T) {
	t.Parallel()
	h := open(t)
	file := h.plain("/echo", "Origin: null")
	file.say("from a file")
	file.hears("from a file")
	h.push("?msg=<b>")
	file.hears("&lt;b&gt;")
	for _, path := range []string{"/ws", "/ws?mode=echo", "/websocket", "/todo"} {
		h.refusedPlain(path, 403, "forbidden", "Origin: null")
	}
	wide := open(t, "HOST=0.0.0.0")
	if r := wide.raw("GET", "/echo", plainUpgrade+"Origin: null\r\nHost: chat.example\r\n"); r.status != 403 {
		t.Errorf("Origin null at another host: %d", r.status)
	}
}

func TestOrigin4_6(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, program := h.plain("/echo", editorPage), h.plain("/echo")
	stalled := h.plain("/echo") // reads nothing
	var all sync.WaitGroup
	began := time.Now()
	for n := range 300 {
		all.Go(func() { h.push(fmt.Sprint("?msg=", n)) })
	}
	all.Wait()
	took := time.Since(began)
	for _, v := range []*voice{page, program} {
		var heard []string
		for range 300 {
			heard = append(heard, v.hear())
		}
		slices.Sort(heard)
		if n := len(slices.Compact(heard)); n != 300 {
			t.Errorf("%d different of 300", n)
		}
	}
	t.Logf("300 pushes took %s", took)
	// With its socket full, others are pushed to as fast.
	large := "?msg=" + strings.Repeat("x", 8000)
	for range 600 { // more than the sockets of one who does not read hold
		h.push(large)
		program.hears(large[5:])
		page.hears(large[5:])
	}
	stalled.closedWith(1013) // as soon as it reads
	for _, refused := range []string{"Sec-Fetch-Site: cross-site", "Origin: http://evil.example", "Origin: null", "X-Forwarded-For: 192.0.2.1", "Via: 1.1 proxy", "Forwarded: for=192.0.2.1", "Host: chat.example"} {
		for _, method := range []string{"GET", "POST"} {
			if r := h.call(method, "/sendall?msg=refused", "{}", refused); r.status != 403 && (refused != "Host: chat.example" || r.status != 421) {
				t.Errorf("%s with %s: %d %s", method, refused, r.status, r.text)
			}
		}
	}
	h.push("?msg=<script>%26")
	program.hears("<script>&")
	page.hears("&lt;script&gt;&amp;")
	broken := h.plain("/echo")
	broken.frame(websocket.TextMessage, []byte("\xFF"))
	broken.closedWith(1007)
	for _, bad := range []string{"?msg=", "?msg=%FF", "?msg=%00", "?msg=%zz", "?msg=" + strings.Repeat("x", 25<<10) + "&pad=" + strings.Repeat("x", 100)} {
		status := 400
		if len(bad) > 20000 {
			status = 200 // within the limit, whatever else comes along
		}
		if r := h.call("GET", "/sendall"+bad, ""); r.status != status {
			t.Errorf("%.20s: %d %s", bad, r.status, r.text)
		}
	}
	h.call("POST", "/sendall", `{"msg":"`+strings.Repeat("x", 32769)+`"}`).want(t, 400, "invalid")
	h.call("POST", "/sendall", `{"msg":7}`).want(t, 400, "invalid")
	h.call("POST", "/sendall", `[]`).want(t, 400, "bad_json")
	head, err := http.Head("http://" + h.addr + "/sendall?msg=no")
	if err != nil {
		t.Fatal(err)
	}
	if _ = head.Body.Close(); head.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("HEAD: %s", head.Status)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		if r := h.call(method, "/sendall?msg=no", ""); r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d", method, r.status)
		}
	}
	program.hears(strings.Repeat("x", 25<<10))
	h.push("?msg=end")
	program.hears("end")
}

func TestSendallWithAToken(t *testing.T) {
	t.Parallel()
	const token = "Lapsang-Souchong-secret" // which no log may hold
	h := open(t, "ADMIN_TOKEN="+token, "HOST=0.0.0.0")
	v := h.plain("/echo")
	for _, header := range []string{"X: none", "Authorization: Bearer", "Authorization: Bearer " + token + "x", "Authorization: Basic " + token, "Authorization: " + token} {
		r := h.call("GET", "/sendall?msg=no", "", header).want(t, 401, "unauthenticated")
		if r.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %v", header, r.header)
		}
	}
	h.call("GET", "/sendall?msg=no&token="+token, "").want(t, 401, "unauthenticated")
	bearer := "Authorization: Bearer " + token
	h.call("GET", "/sendall?msg=no", "", bearer, "Sec-Fetch-Site: cross-site").want(t, 403, "forbidden")
	h.call("GET", "/sendall?msg=yes", "", bearer, "Host: chat.example", "X-Forwarded-For: 192.0.2.1").want(t, 200, "")
	v.hears("yes")
}
